package checks

import (
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateTrusted = audit.Check{
	ID:       "SEC-12",
	Title:    "Exposed hosts present certificates that somebody vouches for",
	Expected: "where an Ingress or a Gateway presents it, it is neither self-signed nor issued by a staging environment",
	Doc: "A self-signed certificate, or one of a CA’s staging environment, tells clients nothing about who they talk to: " +
		"they have to switch verification off, and then anybody can stand in between.",
	Logic: "Self-signed, or issued by a staging environment, and presented by an Ingress or a Gateway: fail; presented by nothing: pass, which says so. " +
		"A private CA’s: pass, which says so, and whether the organization names it (keys.authorities). Public is what chains to one of Mozilla’s roots, which this build embeds and dates.",
	Fix:         "Set issuerRef (on an Ingress cert-manager.io/cluster-issuer) to an issuer with a CA that the users’ clients trust, then cmctl renew NAME -n NAMESPACE.",
	Controls:    refs(cryptography("Users can tell the service from somebody who poses as it."), services("The service proves its identity to its users.")),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeTrust),
}

var judgeTrust = known(func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	text, exposed := certificateText(t), j.Subject().Kind != cmv1.CertificateKind
	deviates := j.Pass
	if exposed {
		deviates = j.Fail
	}
	switch f.Trust(t) {
	case pki.TrustSelf:
		deviates("%s: self-signed, nobody vouches for it", text)
	case pki.TrustStaging:
		deviates("%s: issued by a staging environment (%s), which no client trusts", text, leaf.Issuer)
	case pki.TrustPublic:
		j.Pass("%s: issued by a public CA, %s", text, leaf.Issuer)
	case pki.TrustNamed:
		j.Pass("%s: issued by a CA that the organization names, %s", text, leaf.Issuer)
	case pki.TrustClaimed:
		j.Pass("%s: it says that a public CA issued it (%s), but brings no chain to one of the embedded roots", text, leaf.Issuer)
	default:
		j.Pass("%s: issued by a private CA, %s: its users’ clients have to trust that", text, leaf.Issuer)
	}
})
