package checks

import (
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateOneSecret = audit.Check{
	ID:       "CRT-07",
	Title:    "Every Certificate has a Secret of its own",
	Expected: "no other Certificate of its namespace has the same spec.secretName",
	Doc: "Two Certificates that write one Secret overwrite each other’s key and certificate without end: users meet either, " +
		"and an ACME account spends its rate limit on it (cert-manager reports reason DuplicateSecretName).",
	Logic:       "Another Certificate of the namespace with the same spec.secretName: fail, on each of them.",
	Fix:         "Give each its own spec.secretName, or delete the one that nobody means: kubectl get certificates -n NAMESPACE -o custom-columns=NAME:.metadata.name,SECRET:.spec.secretName.",
	Controls:    keyManagement("A key belongs to one certificate and one purpose."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachCertificate(f, func(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
			var others []string
			if t := f.TLS.Secret(c.Namespace, c.Spec.SecretName); t != nil {
				for _, other := range t.Certificates {
					if other != c {
						others = append(others, other.Name)
					}
				}
			}
			j.Command("%s", ownersCommand(c.Namespace))
			j.Evidence("spec.secretName", c.Spec.SecretName, audit.Configured)
			if len(others) > 0 {
				j.Fail("Secret %s is also that of Certificate %s: they overwrite each other", c.Spec.SecretName, several(others))
				return
			}
			j.Pass("no other Certificate has Secret %s", c.Spec.SecretName)
		})
	},
}
