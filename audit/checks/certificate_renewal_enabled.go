package checks

import (
	"cmp"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateRenewalEnabled = audit.Check{
	ID:       "CRT-03",
	Title:    "Renewal is on for every Certificate",
	Expected: "spec.renewal.policy isn't Disabled",
	Doc: "With renewal policy Disabled cert-manager issues a certificate once and lets it expire. " +
		"Renewal by hand depends on somebody remembering.",
	Logic:       "spec.renewal.policy Disabled: fail. RenewBefore, or none given: pass.",
	Fix:         "kubectl patch certificate NAME -n NAMESPACE --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/renewal/policy\"}]'",
	Controls:    keyManagement("Keys have an activation and a deactivation date, and their successors come in time."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachCertificate(f, func(_ *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
			policy := ""
			if c.Spec.Renewal != nil {
				policy = string(c.Spec.Renewal.Policy)
			}
			j.Evidence("spec.renewal.policy", cmp.Or(policy, "absent"), audit.Configured)
			if !renewalOff(c) {
				j.Pass("cert-manager renews it")
				return
			}
			j.Fail("renewal is switched off: its certificate will end and stay so")
		})
	},
}

// renewalOff reports whether cert-manager is told to let a certificate end.
func renewalOff(c *cmv1.Certificate) bool {
	return c.Spec.Renewal != nil && c.Spec.Renewal.Policy == cmv1.CertificateRenewalPolicyDisabled
}
