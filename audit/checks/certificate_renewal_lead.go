package checks

import (
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateRenewalLead = audit.Check{
	ID:       "CRT-04",
	Title:    "Renewal begins early enough to be mended when it fails",
	Expected: "renewal is due at least a sixth of its life (notAfter - notBefore) before notAfter, and spec.renewBefore, where given, is less than its life",
	Doc: "The lead is what is left of a certificate’s life when its renewal is due. A failing issuer, a wrong DNS record or a spent rate limit take people " +
		"to mend; with a short lead they have no time before users meet an expired certificate.",
	Logic: "L is notAfter − notBefore, the lead notAfter − status.renewalTime. Lead < L/6: warning. spec.renewBefore ≥ L: warning, cert-manager ignores it " +
		"(pki.RenewalTime falls back to L/3), whether or not the status says a renewal time. No certificate, no renewal time yet, or renewal switched off (CRT-03): not applicable.",
	Fix:         "Take spec.renewBefore out, which leaves a third of the life, or set spec.renewBeforePercentage: 33 on the Certificate (kubectl edit certificate NAME -n NAMESPACE).",
	Controls:    keyManagement("Keys are renewed in time, failures included."),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Certificates},
	Run:         func(f *audit.Facts) []audit.Finding { return eachCertificate(f, judgeLead) },
}

func judgeLead(_ *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	s := &c.Status
	dated := s.NotAfter != nil && s.NotBefore != nil && s.NotBefore.Time.Before(s.NotAfter.Time)
	if !dated || s.RenewalTime == nil && renewalOff(c) {
		j.NotApplicable("its status has no certificate with a renewal time")
		return
	}
	life := s.NotAfter.Sub(s.NotBefore.Time)
	ignored := c.Spec.RenewBefore != nil && c.Spec.RenewBefore.Duration >= life
	if ignored {
		j.Evidence("spec.renewBefore", c.Spec.RenewBefore.Duration.String(), audit.Configured)
		j.Warn("renewBefore %s isn't less than its life, %s: cert-manager ignores it", c.Spec.RenewBefore.Duration, lasting(life))
	}
	if s.RenewalTime == nil {
		if !ignored {
			j.NotApplicable("its status has no renewal time yet")
		}
		return
	}
	j.Evidence("status.renewalTime", instant(s.RenewalTime.Time), audit.Issued)
	switch lead := s.NotAfter.Sub(s.RenewalTime.Time); {
	case lead <= 0:
		j.Warn("renewal is due on %s, not before its end on %s", instant(s.RenewalTime.Time), instant(s.NotAfter.Time))
	case lead < life/6:
		j.Warn("renewal is due %s before the end of a life of %s, less than a sixth", lasting(lead), lasting(life))
	default:
		j.Pass("renewal is due %s before the end of a life of %s", lasting(lead), lasting(life))
	}
}
