package pki

import (
	"fmt"
	"time"
)

// Defects of a certificate's life.
const (
	Expired          Code = "expired"
	NotYetValid      Code = "not_yet_valid"
	ValidityInverted Code = "validity_inverted" // it ends before it begins: valid at no instant
)

// Validity returns what is wrong with a certificate's life at an instant: nothing, or one defect. Both its ends
// belong to it (RFC 5280, 4.1.2.5).
func Validity(c *Certificate, at time.Time) []Defect {
	switch {
	case c.NotAfter.Before(c.NotBefore):
		return []Defect{{ValidityInverted, fmt.Sprintf("not before %s, but not after %s", day(c.NotBefore), day(c.NotAfter))}}
	case at.Before(c.NotBefore):
		return []Defect{{NotYetValid, "not valid before " + day(c.NotBefore)}}
	case at.After(c.NotAfter):
		return []Defect{{Expired, "expired on " + day(c.NotAfter)}}
	}
	return nil
}

func day(t time.Time) string { return t.Format(time.RFC3339) }
