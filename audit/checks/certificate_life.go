package checks

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateLife = audit.Check{
	ID:       "SEC-09",
	Title:    "Certificates don't live too long",
	Expected: "a public certificate lives at most 398 days, or 200, 100 or 47 where it begins on or after 2026-03-15, 2027-03-15 or 2029-03-15; a private one at most 398 (or as configured)",
	Doc: "How long a certificate lives is how long a stolen key is of use, since few clients check revocation. Public CAs may give ever less; " +
		"what lives longer is refused by clients.",
	Logic: "Of a public certificate notAfter − notBefore + 1 s: more than 398 days; issued from 2026-03-15 on 200, from 2027-03-15 on 100, from 2029-03-15 on 47 days: fail " +
		"(CA/B BR 6.3.2). Of another more than thresholds.privateLifetimeDays (398): warning. The certificate of a CA that nothing presents: not applicable.",
	Fix:         "spec.duration: 2160h and spec.renewBefore: 720h on the Certificate; by hand: order a shorter one, and let cert-manager renew it.",
	Controls:    cryptography("A key that is lost without anybody noticing is of use for a limited time."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(butCAs(judgeLife)),
}

var judgeLife = known(func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	text, limit := certificateText(t), time.Duration(f.Config.Thresholds.PrivateLifetimeDays)*day
	switch life := leaf.Lifetime() + time.Second; {
	case leaf.NotAfter.Before(leaf.NotBefore):
		j.NotAssessed(audit.Unknown, "%s: it ends before it begins, so it has no length", text)
	case f.Trust(t).Public():
		conclude(j, text, pki.Lifetime(leaf), "lives "+lasting(leaf.Lifetime())+", no longer than a public certificate may")
	case life > limit:
		j.Warn("%s: lives from %s to %s, more than %d days", text, instant(leaf.NotBefore), instant(leaf.NotAfter), f.Config.Thresholds.PrivateLifetimeDays)
	default:
		j.Pass("%s: lives %s", text, lasting(leaf.Lifetime()))
	}
})
