package checks

import (
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateRenewedOnTime = audit.Check{
	ID:       "CRT-02",
	Title:    "Every Certificate is renewed before time runs short",
	Expected: "notAfter lies ahead; renewal, due at status.renewalTime or else a third of its life before notAfter, is overdue by at most 24 hours or a 12th of its life, whichever is less",
	Doc: "cert-manager renews a certificate at its renewal time, by default after two thirds of its life. One that is past it and was not renewed is on its way to expire. " +
		"There is no fixed number of days: certificates of 45 days or 160 hours are healthy.",
	Logic: "L is notAfter minus notBefore; R is status.renewalTime, or notAfter minus L/3; the grace is 24 hours or L/12, whichever is less. " +
		"Now at or past notAfter: fail, of critical severity where the check’s is high, whatever Ready says. Past R plus grace: fail where less than L/6 is left, else warning.",
	Fix: "kubectl describe certificate NAME -n NAMESPACE says why renewal doesn't come about; once mended, cmctl renew NAME -n NAMESPACE tries at once. " +
		"Where many are late, see whether cert-manager works (CM-01).",
	Controls:    keyManagement("Keys and certificates are renewed within their lifetime."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        issuerKinds,
	Run:         func(f *audit.Facts) []audit.Finding { return eachCertificate(f, judgeRenewal) },
}

func judgeRenewal(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	byIssuer(f, j, c)
	status := &c.Status
	if status.NotAfter == nil {
		if audit.Ready(c) == nil || audit.IsReady(c) {
			j.NotAssessed(audit.Unknown, "its status doesn't say when its certificate ends")
			return
		}
		j.NotApplicable("it has no certificate yet that could be renewed")
		return
	}
	end := status.NotAfter.Time
	j.Evidence("status.notAfter", instant(end), audit.Issued)
	if !f.At.Before(end) {
		j.FailAs(audit.Critical, "its certificate ended on %s", instant(end))
		return
	}
	due, grace, known := renewalOf(status)
	if status.RenewalTime != nil {
		j.Evidence("status.renewalTime", instant(due), audit.Issued)
	}
	remaining := end.Sub(f.At)
	switch late := f.At.Sub(due.Add(grace)); {
	case !known && late > 0:
		j.NotAssessed(audit.Unknown, "its status doesn't say when its certificate began, so whether renewal is late can't be told; it ends on %s", instant(end))
	case late <= 0 && f.At.After(due):
		j.Pass("ends on %s, renewal was due on %s and has %s of grace", instant(end), instant(due), lasting(grace))
	case late <= 0:
		j.Pass("ends on %s, renewal is due on %s", instant(end), instant(due))
	case remaining < end.Sub(status.NotBefore.Time)/6:
		j.Fail("renewal was due on %s; %s are left until %s, less than a sixth of its life", instant(due), lasting(remaining), instant(end))
	default:
		j.Warn("renewal was due on %s; %s are left until %s", instant(due), lasting(remaining), instant(end))
	}
}

// renewalOf returns when renewal is due and how long it may be late. Without a sensible
// beginning of the certificate's life nothing but a given renewal time is known.
func renewalOf(status *cmv1.CertificateStatus) (due time.Time, grace time.Duration, known bool) {
	if status.RenewalTime != nil {
		due = status.RenewalTime.Time
	}
	if status.NotBefore == nil || !status.NotBefore.Time.Before(status.NotAfter.Time) {
		return due, 0, false
	}
	life := status.NotAfter.Sub(status.NotBefore.Time)
	if due.IsZero() {
		due = status.NotAfter.Add(-life / 3)
	}
	return due, min(day, life/12), true
}
