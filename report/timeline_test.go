package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTimelineStates(t *testing.T) {
	at := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	in := func(days int) time.Time { return at.AddDate(0, 0, days) }
	r := &Record{Metadata: Metadata{GeneratedAt: at}}
	r.Inventory.Certificates = []Certificate{
		{Secret: "late", NotBefore: in(-10), RenewalTime: in(50), NotAfter: in(80)},
		{Secret: "unknown"},
		{Secret: "expired", NotBefore: in(-90), RenewalTime: in(-40), NotAfter: in(-12)},
		{Secret: "overdue", NotBefore: in(-80), RenewalTime: in(-2), NotAfter: in(10)},
		{Secret: "unmanaged", NotBefore: in(-80), NotAfter: in(11)},
		{Secret: "coming", NotBefore: in(1), RenewalTime: in(60), NotAfter: in(90)},
		{Secret: "today", NotBefore: in(-80), RenewalTime: in(-20), NotAfter: at.Add(time.Hour)},
	}
	l := newTimeline(r)
	var got [][3]string
	for _, c := range l.Shown {
		got = append(got, [3]string{c.Secret, l.State(c), l.Distance(c.NotAfter)})
	}
	want := [][3]string{
		{"expired", "expired", "12 days ago"},
		{"today", "renewal overdue", "within a day"},
		{"overdue", "renewal overdue", "in 10 days"},
		{"unmanaged", "valid, renewal not known", "in 11 days"},
		{"late", "valid, not due", "in 80 days"},
		{"coming", "not yet valid", "in 90 days"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if l.Unknown != 1 || l.Left != 0 {
		t.Errorf("%d unknown, %d left out; want 1 and 0", l.Unknown, l.Left)
	}
}
