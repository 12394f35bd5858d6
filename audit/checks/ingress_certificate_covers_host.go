package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var ingressCertificateCoversHost = audit.Check{
	ID:       "ING-04",
	Title:    "The certificate of an Ingress covers every host of its rules",
	Expected: "for each host of spec.rules the certificate of its TLS block (of any, where none names the host) has a SAN that matches, for a wildcard the identical one",
	Doc: "Clients refuse a certificate that doesn't name the host they asked for: users get \"Your connection is not private\". " +
		"Only subject alternative names (SANs) count, a wildcard stands for exactly one label (RFC 9525, 6.3).",
	Logic: "Each host of spec.rules: a SAN of the certificate in the Secret of the TLS block that names the host matches: pass; none does: fail. " +
		"A host that is a wildcard needs the identical SAN. Where no rule names a host, the hosts of spec.tls count. Of a block without secretName the controller's default certificate counts, where it is known. A host that no block names: the certificate of any block of the Ingress has to match, as controllers choose by SAN. " +
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
	Uses: []audit.Resource{
		audit.Secrets, audit.Certificates, audit.CertificateRequests, audit.IngressClasses,
		audit.Deployments, audit.DaemonSets, audit.Pods, audit.ConfigMaps,
	},
	Run: func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeCoverage) },
}

func judgeCoverage(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	if inherits(f, j, e) {
		return
	}
	hosts := ruleHosts(e.Ingress)
	if len(hosts) == 0 {
		hosts = tlsHosts(e.Ingress)
	}
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
		j.NotApplicable("neither its rules nor its TLS blocks name a host")
		return
	}
	var coverage byHost
	for _, host := range hosts {
		how, _ := heldBy(e.Ingress, host)
		var seen []hostVerdict
		for b := range e.Spec.TLS {
			if held, _ := blockHolds(&e.Spec.TLS[b], host); how != byName || held == byName {
				seen = append(seen, coverageBy(f, j, e, b, host))
			}
		}
		if how != byName {
			// No block names the host: controllers choose by SAN, so one match suffices.
			slices.SortStableFunc(seen, func(a, b hostVerdict) int { return bestFirst[a.status] - bestFirst[b.status] })
			if seen[0].status != audit.Fail {
				seen = seen[:1]
			} else if how == notAtAll {
				j.Cause("ING-02", e.Subject)
			}
		}
		for _, v := range seen {
			coverage.add(host, v)
		}
	}
	coverage.note(j)
}

// bestFirst orders what several certificates say of one host.
var bestFirst = map[audit.Status]int{audit.Pass: 0, audit.NotAssessed: 1, audit.Fail: 2}

// coverageBy judges a host against the certificate of one TLS block, and adds what it
// read to the evidence.
func coverageBy(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, block int, host string) hostVerdict {
	name := e.Spec.TLS[block].SecretName
	if name == "" {
		return coverageByDefault(f, j, e, block, host)
	}
	t := f.TLS.Secret(e.Namespace, name)
	if leaf := t.Leaf(); leaf != nil {
		return coverageByLeaf(j, t, leaf, host)
	}
	switch {
	case t.Malformed != "":
		return hostVerdict{command: certificateCommand(t), reason: audit.Unknown, text: fmt.Sprintf("the certificate in %s can't be understood: %s", secretText(t), t.Malformed)}
	case t.Presence == audit.Absent:
		j.Cause("ING-03", e.Subject)
		return hostVerdict{command: secretCommand(t), reason: audit.Unknown, text: secretText(t) + " doesn't exist, so there is no certificate to judge"}
	}
	return coverageBySpec(f, j, t, host)
}

// coverageByDefault judges a host of a block that names no Secret: by the default
// certificate of the controller, where that is known.
func coverageByDefault(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, block int, host string) hostVerdict {
	if namespace, name, named := strings.Cut(e.Default.Secret, "/"); named {
		if t := f.TLS.Secret(namespace, name); t != nil && t.Leaf() != nil {
			return coverageByLeaf(j, t, t.Leaf(), host)
		}
	}
	j.Cause("ING-03", e.Subject)
	return hostVerdict{reason: audit.Unknown, text: fmt.Sprintf("spec.tls[%d] names no Secret, and the controller's default certificate isn't known", block)}
}

func coverageByLeaf(j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate, host string) hostVerdict {
	names := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	j.Evidence(secretText(t)+": certificate SHA-256 "+leaf.Fingerprint+": subject alternative names", strings.Join(names, ", "), t.Level)
	command := certificateCommand(t)
	switch covered := pki.Covers(leaf, host); {
	case !covered:
		return hostVerdict{command: command, status: audit.Fail, text: fmt.Sprintf("not covered by %s, which names %s", certificateText(t), orNone(names))}
	case t.Malformed != "":
		return hostVerdict{command: command, reason: audit.Unknown, text: fmt.Sprintf("covered by %s, but what follows in the Secret can't be understood: %s", certificateText(t), t.Malformed)}
	}
	return hostVerdict{command: command, status: audit.Pass, text: "covered by " + certificateText(t)}
}

// coverageBySpec judges a host by a Ready Certificate whose certificate isn't at hand.
// Without the request cert-manager compares the names of the certificate itself with the
// spec, common name included, and finds more names as bad as fewer
// (pkg/util/pki, FuzzyX509AltNamesMatchSpec).
func coverageBySpec(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, host string) hostVerdict {
	c := specBehind(f, t)
	if c == nil {
		return unknownCoverage(f, t)
	}
	names := slices.Concat(c.Spec.DNSNames, c.Spec.IPAddresses)
	certificate, command := "Certificate "+c.Namespace+"/"+c.Name, audit.CertificateSubject(c).Command()
	j.Evidence(certificate+": spec.dnsNames", strings.Join(names, ", "), audit.Issued)
	if slices.ContainsFunc(names, func(name string) bool { return pki.HostMatches(name, host) }) {
		return hostVerdict{command: command, status: audit.Pass, text: fmt.Sprintf("covered by %s: %s is Ready and names it", secretText(t), certificate)}
	}
	if _, missing := f.Unread(audit.CertificateRequests, t.Namespace); missing || c.Spec.LiteralSubject != "" || pki.HostMatches(c.Spec.CommonName, host) {
		return unknownCoverage(f, t)
	}
	return hostVerdict{command: command, status: audit.Fail, text: fmt.Sprintf("not covered by %s: %s is Ready and names %s", secretText(t), certificate, orNone(names))}
}

func unknownCoverage(f *audit.Facts, t *audit.TLSSecret) hostVerdict {
	reason, why := unknownBecause(f, t)
	return hostVerdict{command: certificateCommand(t), reason: reason, text: fmt.Sprintf("the certificate in %s isn't known: %s", secretText(t), why)}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no host"
	}
	return several(names)
}
