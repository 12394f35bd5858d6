package report

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kubevidence/kubevidence/report/chart"
)

// timelineMax is how many certificates the timeline shows.
const timelineMax = 40

// A timeline is when certificates end and are renewed, the first to end first.
type timeline struct {
	At      time.Time // the record's instant
	Shown   []Certificate
	Left    int // end later than those that are shown
	Unknown int // of which nothing says when they end
}

func newTimeline(r *Record) *timeline {
	t := &timeline{At: r.Metadata.GeneratedAt}
	var known []Certificate
	for _, c := range r.Inventory.Certificates {
		if c.NotAfter.IsZero() {
			t.Unknown++
			continue
		}
		known = append(known, c)
	}
	slices.SortStableFunc(known, func(a, b Certificate) int { return a.NotAfter.Compare(b.NotAfter) })
	t.Shown, t.Left = capped(known, timelineMax, nil)
	return t
}

// days is how far an instant is from the record's.
func (t *timeline) days(at time.Time) float64 { return at.Sub(t.At).Hours() / 24 }

// picture lays the timeline out: 400 days ahead at most, and of what has passed
// a sixth of that, at least a month.
func (t *timeline) picture() chart.Picture {
	ahead := 60.0
	spans := make([]chart.Span, 0, len(t.Shown))
	for i := range t.Shown {
		c := &t.Shown[i]
		ahead = math.Max(ahead, math.Min(t.days(c.NotAfter)*1.05, 400))
		from := c.NotBefore
		if from.IsZero() {
			from = t.At.Add(-time.Hour * 24 * 400)
		}
		spans = append(spans, chart.Span{
			Label: visible(c.Namespace + "/" + c.Secret), Note: t.note(c),
			From: t.days(from), Renew: t.days(c.RenewalTime), To: t.days(c.NotAfter), Renewed: !c.RenewalTime.IsZero(),
		})
	}
	past := -math.Max(ahead/6, 30)
	return chart.Timeline(spans, t.ticks(past, ahead), past, ahead)
}

// ticks are the first days of months, as many as have room.
func (t *timeline) ticks(from, to float64) []chart.Tick {
	step := 1
	for (to-from)/(30*float64(step)) > 5 {
		step++
	}
	year, month, _ := t.At.AddDate(0, 0, int(from)).UTC().Date()
	var ticks []chart.Tick
	for n := 1; ; n += step {
		at := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if t.days(at) > to {
			return ticks
		}
		ticks = append(ticks, chart.Tick{At: t.days(at), Text: at.Format("Jan 2006")})
	}
}

// note says when a certificate ends, and how far that is.
func (t *timeline) note(c *Certificate) string {
	return day(c.NotAfter) + ", " + t.Distance(c.NotAfter)
}

// Distance words how far an instant is from the record's: "in 3 days", "12 days ago".
func (t *timeline) Distance(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	switch d := t.days(at); {
	case d < 0:
		return counted(int(math.Ceil(-d)), "day") + " ago"
	case d < 1:
		return "within a day"
	default:
		return "in " + counted(int(d), "day")
	}
}

// State says in a word or two where in its life a certificate is.
func (t *timeline) State(c Certificate) string {
	switch {
	case c.NotAfter.Before(t.At):
		return "expired"
	case !c.NotBefore.IsZero() && c.NotBefore.After(t.At):
		return "not yet valid"
	case c.RenewalOff:
		return "valid, renewal off"
	case c.RenewalTime.IsZero():
		return "valid, renewal not known"
	case c.RenewalTime.Before(t.At):
		return "renewal overdue"
	}
	return "valid, not due"
}

// Renewal says when cert-manager renews a certificate: a day, a dash where nothing says it.
func (c *Certificate) Renewal() string {
	if c.RenewalOff {
		return "off"
	}
	return day(c.RenewalTime)
}

// Words say how to read the timeline and what it leaves out.
func (t *timeline) Words() string {
	words := fmt.Sprintf("Each certificate from its beginning to its end, the first to end first, seen from %s: cert-manager renews at the stroke, and nobody where renewal is off. Lives are cut off where the picture ends.", day(t.At))
	if t.Left > 0 {
		words += fmt.Sprintf(" %s that end later are left out.", counted(t.Left, "certificate"))
	}
	if t.Unknown > 0 {
		words += fmt.Sprintf(" Of %s nothing that was read says when they end.", counted(t.Unknown, "certificate"))
	}
	return words
}
