package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var ingressCertificateCoversHost = audit.Check{
	ID:    "ING-04",
	Title: "The certificate of an Ingress covers every host of its rules",
	Doc: "Clients refuse a certificate that doesn't name the host they asked for: users get \"Your connection is not private\". " +
		"Only subject alternative names (SANs) count, a wildcard stands for exactly one label (RFC 9525, 6.3).",
	Logic: "Each host of spec.rules: a SAN of the certificate in the Secret of the TLS block that names the host matches: pass; none does: fail. " +
		"A host that is a wildcard needs the identical SAN. A host that no block names: the certificate of any block of the Ingress has to match, as controllers choose by SAN. " +
		"Where the Secret wasn't read: the CertificateRequest in force, else the names in the spec of a Ready Certificate. " +
		"TLS passed through to the workload or ended by a load balancer: not assessed.",
	Fix: "Add the host to spec.tls[].hosts of the Ingress where cert-manager serves it, to spec.dnsNames of the Certificate where that is kept by hand, " +
		"or order a certificate with it.",
	Controls: refs(
		cryptography("A certificate authenticates the service only for the hosts that it names."),
		services("Users of each host can tell the service from an impostor."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.Secrets, audit.Certificates, audit.CertificateRequests, audit.IngressClasses},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeCoverage) },
}

func judgeCoverage(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	hosts := ruleHosts(e.Ingress)
	switch {
	case e.TLSEnds == audit.AtWorkload || e.TLSEnds == audit.AtBalancer:
		j.NotAssessed(audit.Unknown, "which certificate users meet isn't known: %s", e.Why)
		return
	case len(e.Spec.TLS) == 0 && e.TLSEnds != audit.AtController:
		j.NotAssessed(audit.Unknown, "which certificate users meet isn't known: no spec.tls, but %s", e.Why)
		return
	case len(e.Spec.TLS) == 0:
		j.NotApplicable("it has no spec.tls that would name a certificate")
		return
	case len(hosts) == 0:
		j.NotApplicable("its rules name no host")
		return
	}
	for _, host := range hosts {
		how, _ := heldBy(e.Ingress, host)
		var seen []coverage
		for b := range e.Spec.TLS {
			if held, _ := blockHolds(&e.Spec.TLS[b], host); how != byName || held == byName {
				seen = append(seen, coverageBy(f, j, e, b, host))
			}
		}
		if how != byName {
			// No block names the host: controllers choose by SAN, so one match suffices.
			slices.SortStableFunc(seen, func(a, b coverage) int { return betterCoverage[a.status] - betterCoverage[b.status] })
			if seen[0].status != audit.Fail {
				seen = seen[:1]
			} else if how == notAtAll {
				j.Cause("ING-02", e.Subject)
			}
		}
		for _, c := range seen {
			c.note(j)
		}
	}
}

// betterCoverage orders what several certificates say of one host, best first.
var betterCoverage = map[audit.Status]int{audit.Pass: 0, audit.NotAssessed: 1, audit.Fail: 2}

// A coverage is what one TLS block's certificate says of a host.
type coverage struct {
	status audit.Status // Pass, Fail or NotAssessed
	reason audit.Reason
	text   string
}

func (c coverage) note(j *audit.Judgement) {
	switch c.status {
	case audit.Pass:
		j.Pass("%s", c.text)
	case audit.Fail:
		j.Fail("%s", c.text)
	default:
		j.NotAssessed(c.reason, "%s", c.text)
	}
}

// coverageBy judges a host against the certificate of one TLS block, and adds what it
// read to the evidence.
func coverageBy(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, block int, host string) coverage {
	name := e.Spec.TLS[block].SecretName
	if name == "" {
		return coverage{reason: audit.Unknown, text: fmt.Sprintf("%s: spec.tls[%d] names no Secret, and the controller's default certificate isn't read", host, block)}
	}
	t := f.TLS.Secret(e.Namespace, name)
	if leaf := t.Leaf(); leaf != nil {
		return coverageByLeaf(j, t, leaf, host)
	}
	switch {
	case t.Malformed != "":
		return coverage{reason: audit.Unknown, text: fmt.Sprintf("%s: the certificate in %s can't be understood: %s", host, secretText(t), t.Malformed)}
	case t.Presence == audit.Absent:
		j.Cause("ING-03", e.Subject)
		return coverage{reason: audit.Unknown, text: fmt.Sprintf("%s: %s doesn't exist, so there is no certificate to judge", host, secretText(t))}
	}
	return coverageBySpec(f, j, t, host)
}

func coverageByLeaf(j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate, host string) coverage {
	names := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	j.Evidence(secretText(t)+": certificate SHA-256 "+leaf.Fingerprint+": subject alternative names", strings.Join(names, ", "), t.Level)
	switch covered := pki.Covers(leaf, host); {
	case !covered:
		return coverage{status: audit.Fail, text: fmt.Sprintf("%s isn't covered by %s, which names %s", host, certificateText(t), orNone(names))}
	case t.Malformed != "":
		return coverage{reason: audit.Unknown, text: fmt.Sprintf("%s is covered by %s, but what follows in the Secret can't be understood: %s", host, certificateText(t), t.Malformed)}
	}
	return coverage{status: audit.Pass, text: fmt.Sprintf("%s is covered by %s", host, certificateText(t))}
}

// coverageBySpec judges a host by a Ready Certificate whose certificate isn't at hand.
// Without the request cert-manager compares the names of the certificate itself with the
// spec, common name included, and finds more names as bad as fewer
// (pkg/util/pki, FuzzyX509AltNamesMatchSpec).
func coverageBySpec(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, host string) coverage {
	c := readyOwner(t)
	if c == nil {
		return unknownCoverage(f, t, host)
	}
	names := slices.Concat(c.Spec.DNSNames, c.Spec.IPAddresses)
	certificate := "Certificate " + c.Namespace + "/" + c.Name
	j.Evidence(certificate+": spec.dnsNames", strings.Join(names, ", "), audit.Issued)
	if slices.ContainsFunc(names, func(name string) bool { return pki.HostMatches(name, host) }) {
		return coverage{status: audit.Pass, text: fmt.Sprintf("%s is covered by %s: %s is Ready and names it", host, secretText(t), certificate)}
	}
	if _, missing := f.Unread(audit.CertificateRequests, t.Namespace); missing || c.Spec.LiteralSubject != "" || pki.HostMatches(c.Spec.CommonName, host) {
		return unknownCoverage(f, t, host)
	}
	return coverage{status: audit.Fail, text: fmt.Sprintf("%s isn't covered by %s: %s is Ready and names %s", host, secretText(t), certificate, orNone(names))}
}

func unknownCoverage(f *audit.Facts, t *audit.TLSSecret, host string) coverage {
	reason, why := unknownBecause(f, t)
	return coverage{reason: reason, text: fmt.Sprintf("%s: the certificate in %s isn't known: %s", host, secretText(t), why)}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no host"
	}
	return several(names)
}
