package checks

import (
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateNames = audit.Check{
	ID:       "SEC-04",
	Title:    "Certificates name their hosts as subject alternative names",
	Expected: "a DNS name or an IP address is among its SANs, and so is its common name where that looks like a host",
	Doc: "Clients compare the host with the subject alternative names (SANs) alone and ignore the common name (RFC 9525, 2 and appendix A). " +
		"A certificate without SANs is refused for every host.",
	Logic: "No DNS name and no IP address among the SANs: fail. A common name that looks like a host and isn't among the SANs: warning. " +
		"A Certificate that nothing presents and that is for a CA, or for anything but servers, needs no host: not applicable. " +
		"Where the certificate itself isn't known, the names of a Ready Certificate's spec count.",
	Fix: "Put every host into spec.dnsNames (addresses into spec.ipAddresses) of the Certificate, or into spec.tls[].hosts of the Ingress that cert-manager serves; " +
		"order a new certificate where it is managed by hand.",
	Controls: refs(
		cryptography("A certificate authenticates a service only for the names that clients compare."),
		services("Users can tell the service from an impostor only where its name is certified."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         func(f *audit.Facts) []audit.Finding { return eachPresentation(f, ofServers(judgeNames)) },
}

func judgeNames(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	leaf, settled := leafBehind(j, t)
	if leaf == nil {
		if !settled && !judgeSpecNames(f, j, t) {
			unknownCertificate(f, j, t)
		}
		return
	}
	switch defects := pki.Names(leaf); {
	case len(defects) == 0:
		j.Pass("%s: its hosts are subject alternative names", certificateText(t))
	case slices.ContainsFunc(defects, func(d pki.Defect) bool { return d.Code != pki.CNNotInSAN }):
		j.Fail("%s: %s", certificateText(t), details(defects))
	default:
		j.Warn("%s: %s", certificateText(t), details(defects))
	}
}

// judgeSpecNames judges by the spec of a Ready Certificate, where that leaves nothing
// open, and reports whether it did. A common name that isn't among the names does: some
// issuers add it to them.
func judgeSpecNames(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) bool {
	c := specBehind(f, t)
	if c == nil || len(c.Spec.DNSNames)+len(c.Spec.IPAddresses) == 0 || c.Spec.LiteralSubject != "" {
		return false
	}
	if c.Spec.CommonName != "" && !slices.Contains(c.Spec.DNSNames, c.Spec.CommonName) {
		return false
	}
	defer j.By(audit.CertificateSubject(c).Command())()
	path := "Certificate " + c.Namespace + "/" + c.Name + ": spec."
	for _, name := range c.Spec.DNSNames {
		j.Evidence(path+"dnsNames", name, audit.Issued)
	}
	for _, address := range c.Spec.IPAddresses {
		j.Evidence(path+"ipAddresses", address, audit.Issued)
	}
	j.Pass("%s: Certificate %s/%s is Ready and asks for hosts as subject alternative names", secretText(t), c.Namespace, c.Name)
	return true
}

// forServers reports whether a Certificate may be meant for a TLS server: it isn't for a
// CA, and its usages, where they name a purpose, name servers. The default usages name
// none (cert-manager API, CertificateSpec.usages).
func forServers(c *cmv1.Certificate) bool {
	purposes := 0
	for _, usage := range c.Spec.Usages {
		switch usage {
		case cmv1.UsageServerAuth, cmv1.UsageAny:
			return !c.Spec.IsCA
		case cmv1.UsageClientAuth, cmv1.UsageCodeSigning, cmv1.UsageEmailProtection, cmv1.UsageSMIME,
			cmv1.UsageIPsecEndSystem, cmv1.UsageIPsecTunnel, cmv1.UsageIPsecUser, cmv1.UsageTimestamping, cmv1.UsageOCSPSigning:
			purposes++
		}
	}
	return !c.Spec.IsCA && purposes == 0
}
