package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var issuerFits = audit.Check{
	ID:       "ISS-08",
	Title:    "What is exposed isn’t issued by a self-signed issuer",
	Expected: "spec.selfSigned isn’t set, or no Ingress or Gateway presents what it issues",
	Doc: "A SelfSigned issuer signs each certificate with its own key: nobody vouches for it, and clients that accept it accept anybody’s. " +
		"It is there to begin a private CA with.",
	Logic: "spec.selfSigned, and an Ingress or a Gateway presents what it issues, by a Certificate or by annotation and a TLS block or listener that names a Secret: fail. Else pass, as for the certificate that a private CA begins with, which nothing presents; of a private CA, or another issuer than ACME for exposed hosts, " +
		"the message says so. Where it isn’t known who uses the issuer: not assessed.",
	Fix: "Name an ACME or CA issuer in cert-manager.io/cluster-issuer (spec.issuerRef of the Certificate), then cmctl renew NAME -n NAMESPACE. " +
		"A private CA: a SelfSigned issuer makes the CA’s own certificate (isCA: true), a CA issuer with its Secret the others.",
	Controls:    keyManagement("Keys are certified by an authority that fits their use."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers},
	Uses:        slices.Concat([]audit.Resource{audit.Certificates, audit.Ingresses, audit.Gateways}, defaultSources),
	Run: func(f *audit.Facts) []audit.Finding {
		return eachIssuer(f, func(*audit.Issuer) bool { return true }, judgeFits)
	},
}

func judgeFits(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	kind := issuerKind(i)
	j.Evidence("spec", kind, audit.Configured)
	var by []string
	for _, use := range i.References {
		presented := slices.DeleteFunc(slices.Clone(use.Presented), func(s audit.Subject) bool { return !f.InScope(s.Namespace) })
		if len(presented) > 0 {
			by = append(by, several(subjectNames(presented)))
		}
	}
	slices.Sort(by)
	by = slices.Compact(by)
	switch {
	case kind == "ACME":
		j.Pass("an ACME issuer")
	case len(by) > 0 && kind == "self-signed":
		j.Fail("self-signed, and what is exposed presents what it issues: %s", several(by))
	case len(by) > 0:
		j.Pass("%s, not ACME, for what is exposed: %s: its users’ clients have to trust that CA", kind, several(by))
	default:
		if kind != "self-signed" || !usersUnknown(f, j, i, "it is self-signed, and who uses it isn't known") {
			j.Pass("%s, and nothing in scope that is exposed uses it", kind)
		}
	}
}

// issuerKind words the type of an issuer.
func issuerKind(i *audit.Issuer) string {
	switch s := i.GetSpec(); {
	case s.ACME != nil:
		return "ACME"
	case s.SelfSigned != nil:
		return "self-signed"
	case s.CA != nil:
		return "a private CA"
	case s.Vault != nil:
		return "Vault"
	case s.Venafi != nil:
		return "Venafi"
	}
	return "of a type that this build doesn’t know"
}
