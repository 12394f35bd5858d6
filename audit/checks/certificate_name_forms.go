package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateNameForms = audit.Check{
	ID:       "SEC-10",
	Title:    "The names in certificates are well-formed and narrow",
	Expected: "each SAN is a valid host name or address, internal and reserved ones only in private certificates; a wildcard is the whole left-most label, not directly under a public suffix",
	Doc: "A wildcard for a whole public suffix would cover other people’s domains; a malformed name covers nothing, or what a lenient client makes of it. " +
		"Internal names in a public certificate are nobody’s in particular, and CAs must not certify them.",
	Logic: "A wildcard that is alone, not all of the left-most label or directly under a public suffix, a label that is no host name’s, an underscore: fail. " +
		"An internal or reserved name or address: fail of a public certificate (CA/B BR 7.1.2.7.12), pass of a private one, which says so.",
	Fix:         "Take the name out of spec.dnsNames (on an Ingress, out of tls.hosts), or write it as users ask for it, and have the certificate issued again.",
	Controls:    refs(cryptography("A certificate vouches for exactly the names of its service."), services("Users know the service by names that only it has.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeNameForms),
}

var judgeNameForms = known(func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	text, public := certificateText(t), f.Trust(t).Public()
	var wrong, internal []pki.Defect
	for _, d := range pki.NameForms(leaf) {
		if !public && (d.Code == pki.InternalName || d.Code == pki.ReservedIP) {
			internal = append(internal, d)
		} else {
			wrong = append(wrong, d)
		}
	}
	switch {
	case len(wrong) > 0:
		j.Fail("%s: %s", text, details(wrong))
	case len(internal) > 0:
		j.Pass("%s: a private certificate: %s", text, details(internal))
	default:
		j.Pass("%s: its names are well-formed", text)
	}
})
