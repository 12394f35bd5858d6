package checks

import (
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateIssuerExists = audit.Check{
	ID:       "CRT-08",
	Title:    "The issuer that a Certificate refers to exists",
	Expected: "the Issuer (of its namespace) or ClusterIssuer in spec.issuerRef exists; with one of another group the Certificate is Ready",
	Doc: "A Certificate whose issuer is missing is never issued, or, where its issuer went away later, never renewed: " +
		"nothing shows until it expires.",
	Logic: "spec.issuerRef, with kind Issuer and group cert-manager.io where nothing else stands: no such Issuer in its namespace, or no such ClusterIssuer: fail; " +
		"found: pass. An issuer of another group isn't read: pass, with that information, where the Certificate is Ready, else not assessed.",
	Fix: "kubectl get clusterissuers, kubectl get issuers -n NAMESPACE: put the name and kind of one that exists into spec.issuerRef, " +
		"or have the administrator create the one that is meant.",
	Controls:    keyManagement("Certificates come from an authority that is known and there."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        []audit.Resource{audit.Issuers, audit.ClusterIssuers},
	Run:         func(f *audit.Facts) []audit.Finding { return eachCertificate(f, judgeIssuerExists) },
}

func judgeIssuerExists(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	ref := audit.IssuerRefOf(c)
	j.Evidence("spec.issuerRef", ref.String(), audit.Configured)
	defer j.By(issuerCommand(f, ref))()
	switch {
	case ref.External() && audit.IsReady(c):
		j.Pass("%s is another project's, which isn't read here; it did issue: the Certificate is Ready", ref)
	case ref.External():
		j.NotAssessed(audit.Unknown, "%s is another project's, which isn't read here, and the Certificate isn't Ready", ref)
	case ref.Resource() == "":
		j.Fail("kind %q is no issuer of cert-manager's: Issuer and ClusterIssuer are", ref.Kind)
	case f.Issuance.Find(ref) != nil:
		j.Pass("%s exists", ref)
	case unread(f, j, ref.Resource(), ref.Namespace, "whether "+ref.String()+" exists isn't known"):
	default:
		j.Fail("%s", missingIssuer(f, ref))
	}
}

// missingIssuer says that an issuer doesn't exist, and which one of its name does: the
// reference is then mostly of the wrong kind.
func missingIssuer(f *audit.Facts, ref audit.IssuerRef) string {
	text := ref.String() + " doesn't exist"
	if others := f.Issuance.Namesakes(ref); len(others) > 0 {
		text += ", but " + several(subjectNames(others)) + " does"
	}
	return text
}
