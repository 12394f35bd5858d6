package checks

import (
	"slices"
	"strings"

	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
)

var issuerSolvers = audit.Check{
	ID:       "ISS-06",
	Title:    "The issuer has a solver for every name that is asked of it",
	Expected: "a solver of its issuer takes each of its DNS names, a DNS-01 solver each wildcard; the class of an HTTP-01 solver’s Ingress is an IngressClass or a known controller’s",
	Doc: "An ACME issuer proves control of each name by the solver whose selector takes it. Without one the order fails, at the next renewal at the latest; " +
		"and HTTP-01 can’t prove a wildcard (letsencrypt.org/docs/challenge-types).",
	Logic: "Of each Certificate of an ACME issuer: a name of spec.dnsNames or spec.commonName that no solver’s selector takes, or a wildcard that only HTTP-01 solvers take: fail. " +
		"The solver that cert-manager would pick makes an Ingress of a class that no IngressClass has, and that no known controller serves by annotation: warning.",
	Fix: "Add a solver to spec.acme.solvers whose selector (dnsNames, dnsZones, matchLabels) takes the name, for a wildcard one with dns01: kubectl edit clusterissuer NAME (or issuer NAME -n NAMESPACE). " +
		"kubectl get ingressclasses lists the classes that http01.ingress.ingressClassName may name.",
	Controls:    keyManagement("Keys can be certified for the names that they are for."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        []audit.Resource{audit.ClusterIssuers, audit.Issuers, audit.IngressClasses},
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Certificates {
			c := &f.Certificates[i]
			j := audit.Judge(audit.CertificateSubject(c))
			if judgeSolvers(f, j, c) {
				findings = append(findings, j.Finding())
			}
		}
		return findings
	},
}

// judgeSolvers judges the solvers for the names of a Certificate, and reports whether it
// has to do with any: whether its issuer is one of ACME, or may be.
func judgeSolvers(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) bool {
	ref := audit.IssuerRefOf(c)
	issuer := f.Issuance.Find(ref)
	if issuer == nil {
		return ref.Resource() != "" && unread(f, j, ref.Resource(), ref.Namespace, "whether "+ref.String()+" has solvers isn't known")
	}
	acme := issuer.GetSpec().ACME
	if acme == nil {
		return false
	}
	defer j.By(j.Subject().Command(), issuer.Subject.Command())()
	names := audit.ACMENames(c)
	if len(names) == 0 {
		j.NotApplicable("it asks for no DNS name")
		return true
	}
	for _, name := range names {
		solver := audit.SolverFor(c, acme.Solvers, name)
		switch {
		case solver != nil:
			judgeSolverClass(f, j, c, solver)
		case strings.HasPrefix(name, "*.") && slices.ContainsFunc(acme.Solvers, func(s cmacme.ACMEChallengeSolver) bool { return s.DNS01 != nil }):
			j.Fail("%s: no DNS-01 solver of %s takes it, and nothing else proves a wildcard", name, issuer.Subject)
		case strings.HasPrefix(name, "*."):
			j.Fail("%s: %s has no DNS-01 solver, and nothing else proves a wildcard", name, issuer.Subject)
		default:
			j.Fail("%s: no solver of %s takes it", name, issuer.Subject)
		}
	}
	j.Evidence("spec.dnsNames", strings.Join(names, ", "), audit.Configured)
	j.Pass("%s has a solver for %s", issuer.Subject, several(names))
	return true
}

// judgeSolverClass warns of an Ingress that nothing would serve.
func judgeSolverClass(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate, s *cmacme.ACMEChallengeSolver) {
	class := audit.SolverClass(c, s)
	if class == "" || slices.ContainsFunc(f.IngressClasses, func(k networkingv1.IngressClass) bool { return k.Name == class }) {
		return
	}
	byAnnotation := s.HTTP01.Ingress.IngressClassName == nil && len(audit.IngressControllers.Valued(class)) > 0
	if !byAnnotation && !unread(f, j, audit.IngressClasses, "", "whether anything serves the solver's class "+class+" isn't known") {
		defer j.By(issuerCommand(f, audit.IssuerRefOf(c)), classesCommand)()
		j.Warn("the HTTP-01 solver makes Ingresses of class %q, which no IngressClass has", class)
	}
}
