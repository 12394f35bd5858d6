package pki

import (
	"fmt"
	"time"
)

// LifetimeExceeds is the defect of a life that is longer than public CAs may give.
const LifetimeExceeds Code = "lifetime_exceeds_cabf"

// lifetimeLimits are the CA/Browser Forum's (BR 2.2.6, 6.3.2), newest first.
var lifetimeLimits = []struct {
	from time.Time
	days int
}{
	{time.Date(2029, time.March, 15, 0, 0, 0, 0, time.UTC), 47},
	{time.Date(2027, time.March, 15, 0, 0, 0, 0, time.UTC), 100},
	{time.Date(2026, time.March, 15, 0, 0, 0, 0, time.UTC), 200},
}

// LifetimeLimit returns how many days a public certificate that begins at an instant may live. 398 days stand
// for what was issued before 2020-09-01 too, although more was allowed then: it has expired since.
func LifetimeLimit(notBefore time.Time) (days int) {
	for _, limit := range lifetimeLimits {
		if !notBefore.Before(limit.from) {
			return limit.days
		}
	}
	return 398
}

// Lifetime returns what is wrong with the length of a certificate's life: nothing, or one defect. Its last second
// counts (BR 6.3.2), and a day has 86,400.
func Lifetime(c *Certificate) []Defect {
	const day = 24 * time.Hour
	limit := LifetimeLimit(c.NotBefore)
	life := c.Lifetime()
	if life < time.Duration(limit)*day { // with its last second at most the limit: both are whole seconds
		return nil
	}
	return []Defect{{LifetimeExceeds, fmt.Sprintf("lives %.1f days, more than the %d that public CAs may give from %s on",
		life.Hours()/24, limit, c.NotBefore.Format(time.DateOnly))}}
}
