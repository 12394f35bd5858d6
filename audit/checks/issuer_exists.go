package checks

import (
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var issuerExists = audit.Check{
	ID:       "ISS-01",
	Title:    "A ClusterIssuer exists, so that every namespace can have certificates",
	Expected: "at least 1 ClusterIssuer exists",
	Doc: "The administrator provides issuers; with a ClusterIssuer an application only names it. " +
		"Without one each team needs an Issuer, and its credentials, of its own.",
	Logic: "A ClusterIssuer: pass. Only namespaced Issuers: warning, on each. No issuer at all while cert-manager is installed (its API is served; in files: something of it, or an annotation for it, is there): fail, but not assessed where another project's issuers are referred to. " +
		"cert-manager not installed: not applicable.",
	Fix:         "Apply a ClusterIssuer (kubectl apply -f FILE) for your CA, such as ACME with Let's Encrypt (cert-manager.io/docs/configuration/acme), and tell the teams its name.",
	Controls:    keyManagement("Certificates are issued by an authority that the organization provides."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.ClusterIssuers},
	Uses:        []audit.Resource{audit.Issuers, audit.Certificates, audit.CertificateRequests, audit.Deployments, audit.Ingresses, audit.Gateways},
	Run: func(f *audit.Facts) []audit.Finding {
		if len(f.ClusterIssuers) == 0 {
			return judgeNoClusterIssuer(f)
		}
		var findings []audit.Finding
		for i := range f.Issuance.All {
			if issuer := &f.Issuance.All[i]; issuer.Subject.Kind == cmv1.ClusterIssuerKind {
				j := audit.Judge(issuer.Subject)
				j.Evidence("kind", cmv1.ClusterIssuerKind, audit.Configured)
				j.Pass("it can be used from every namespace")
				findings = append(findings, j.Finding())
			}
		}
		return findings
	},
}

func judgeNoClusterIssuer(f *audit.Facts) []audit.Finding {
	var findings []audit.Finding
	for i := range f.Issuance.All {
		j := audit.Judge(f.Issuance.All[i].Subject)
		j.Evidence("metadata.namespace", f.Issuance.All[i].Subject.Namespace, audit.Configured)
		j.Evidence("ClusterIssuers", "none", audit.Configured)
		j.Warn("it serves namespace %s alone, and there is no ClusterIssuer", f.Issuance.All[i].Subject.Namespace)
		findings = append(findings, j.Finding())
	}
	if len(findings) > 0 || f.Reading(audit.ClusterIssuers).State == audit.NotServed ||
		f.Collection.Source == audit.FromFiles && !certManagerInUse(f) {
		return findings
	}
	j := audit.Judge(audit.ClusterSubject())
	j.Command("kubectl get clusterissuers.cert-manager.io,issuers.cert-manager.io -A")
	if unread(f, j, audit.Issuers, "", "there is no ClusterIssuer, and whether there are Issuers isn't known") {
		return []audit.Finding{j.Finding()}
	}
	if external := externalIssuers(f); len(external) > 0 {
		j.NotAssessed(audit.Unknown, "there is no ClusterIssuer and no Issuer of cert-manager's own; what is referred to is another project's, which isn't read here: %s", several(external))
	} else {
		j.Evidence("ClusterIssuers", "none", audit.Configured)
		j.Evidence("Issuers of all namespaces", "none", audit.Configured)
		j.Fail("there is no ClusterIssuer and no Issuer: cert-manager can issue nothing")
	}
	return []audit.Finding{j.Finding()}
}

// externalIssuers names the issuers of other projects that Certificates, Ingresses and
// Gateways refer to.
func externalIssuers(f *audit.Facts) []string {
	var names []string
	note := func(ref audit.IssuerRef, refers bool) {
		if name := ref.String(); refers && ref.External() && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range f.Certificates {
		note(audit.IssuerRefOf(&f.Certificates[i]), true)
	}
	for i := range f.Ingresses {
		note(audit.AnnotatedIssuer(&f.Ingresses[i]))
	}
	for i := range f.Gateways {
		note(audit.AnnotatedIssuer(&f.Gateways[i]))
	}
	slices.Sort(names)
	return names
}
