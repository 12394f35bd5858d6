package audit

import (
	"cmp"
	"slices"
	"strings"

	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
)

// ACMENames returns the DNS names that a Certificate's order has to prove, in lower case,
// sorted: spec.dnsNames, and spec.commonName where it is another one.
func ACMENames(c *cmv1.Certificate) []string {
	var names []string
	for _, name := range append([]string{c.Spec.CommonName}, c.Spec.DNSNames...) {
		if name != "" {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SolverFor returns the solver that cert-manager picks to prove a name of a Certificate, nil
// where none matches and can prove it: a wildcard takes DNS-01 (RFC 8555 leaves it to the
// CA; no public one does otherwise). Of those that match the most specific stands: one that
// lists the name, then the longest zone, then the most labels, then the first
// (cert-manager, pkg/util/solverpicker).
func SolverFor(c *cmv1.Certificate, solvers []cmacme.ACMEChallengeSolver, name string) *cmacme.ACMEChallengeSolver {
	var picked *cmacme.ACMEChallengeSolver
	var best [3]int
	for i := range solvers {
		s := &solvers[i]
		if s.DNS01 == nil && (s.HTTP01 == nil || strings.HasPrefix(name, "*.")) {
			continue
		}
		score, matches := specificity(c, s.Selector, name)
		if matches && (picked == nil || slices.Compare(score[:], best[:]) > 0) {
			picked, best = s, score
		}
	}
	return picked
}

// specificity says whether a selector takes a name, and how closely: whether it lists the
// name, the labels of the longest zone, the number of labels that it asks for.
func specificity(c *cmv1.Certificate, s *cmacme.CertificateDNSNameSelector, name string) (score [3]int, matches bool) {
	if s == nil {
		return score, true
	}
	for key, value := range s.MatchLabels {
		if c.Labels[key] != value {
			return score, false
		}
	}
	score[2] = len(s.MatchLabels)
	if len(s.DNSNames) > 0 {
		if !slices.ContainsFunc(s.DNSNames, func(listed string) bool { return strings.EqualFold(listed, name) }) {
			return score, false
		}
		score[0] = 1
	}
	for _, zone := range s.DNSZones {
		zone = strings.ToLower(strings.TrimSuffix(zone, "."))
		if name == zone || strings.HasSuffix(name, "."+zone) {
			score[1] = max(score[1], 1+strings.Count(zone, "."))
		}
	}
	return score, len(s.DNSZones) == 0 || score[1] > 0
}

// SolverClass returns the IngressClass, or the value of annotation
// kubernetes.io/ingress.class, of the Ingress that a solver makes, "" where it names none or
// edits one that is there. Annotations of the Certificate override the solver's
// (cert-manager, pkg/controller/acmeorders/util.go).
func SolverClass(c *cmv1.Certificate, s *cmacme.ACMEChallengeSolver) string {
	if s.HTTP01 == nil || s.HTTP01.Ingress == nil {
		return ""
	}
	given := func(text *string) string {
		if text == nil {
			return ""
		}
		return *text
	}
	a := c.Annotations
	overridden := cmp.Or(a[cmacme.ACMECertificateHTTP01IngressClassNameOverride], a[cmacme.ACMECertificateHTTP01IngressClassOverride])
	if overridden != "" || a[cmacme.ACMECertificateHTTP01IngressNameOverride] != "" {
		return overridden
	}
	return cmp.Or(given(s.HTTP01.Ingress.IngressClassName), given(s.HTTP01.Ingress.Class))
}
