package report

import (
	"testing"
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
		{Secret: "off", NotBefore: in(-80), RenewalOff: true, NotAfter: in(12)},
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
		{"off", "valid, renewal off", "in 12 days"},
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

// TestRenewalOff: no renewal is promised where it is switched off, whatever a status still says.
func TestRenewalOff(t *testing.T) {
	at := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	owner := &cmv1.Certificate{Status: cmv1.CertificateStatus{RenewalTime: &metav1.Time{Time: at}, NotAfter: &metav1.Time{Time: at}}}
	secret := &audit.TLSSecret{Certificates: []*cmv1.Certificate{owner}}
	if c := certificate(secret); c.Renewal() != "2026-11-22" || c.RenewalOff {
		t.Errorf("renewal on: %q, %+v", c.Renewal(), c)
	}
	owner.Spec.Renewal = &cmv1.CertificateRenewal{Policy: cmv1.CertificateRenewalPolicyDisabled}
	if c := certificate(secret); c.Renewal() != "off" || !c.RenewalTime.IsZero() {
		t.Errorf("renewal off: %q, %+v", c.Renewal(), c)
	}
}
