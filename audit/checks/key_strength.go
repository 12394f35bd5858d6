package checks

import (
	"cmp"
	"fmt"
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var keyStrength = audit.Check{
	ID:       "SEC-05",
	Title:    "The public keys of certificates are strong enough",
	Expected: "RSA of 2048 bits or more (keyProfile bsi: 3000), a multiple of 8, its exponent odd and at least 65537; ECDSA on P-256, P-384 or P-521; Ed25519 only of a private CA",
	Doc: "Whoever can compute a private key from its public one can pose as the service and read its traffic. " +
		"The bounds are those of the CA/Browser Forum's Baseline Requirements, 6.1.5 and 6.1.6.",
	Logic: "RSA of less than 2048 bits or of a size that isn't a multiple of 8, an RSA exponent that is even or less than 3, DSA, " +
		"a curve other than P-256, P-384 and P-521, Ed25519 in a public certificate: fail. RSA exponent below 65537: warning. Ed25519 in a private one passes. " +
		"Under thresholds.keyProfile bsi, RSA of less than 3000 bits: warning (BSI TR-02102-1). " +
		"Where the certificate itself isn't known, the algorithm and size of a Ready Certificate's spec count: cert-manager compares the key with them. Ed25519 then passes where the issuer is a private CA or self-signed.",
	Fix: "Set spec.privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always} on the Certificate (annotations " +
		"cert-manager.io/private-key-algorithm and -size on an Ingress), and renew it; order a new certificate with a new key where it is managed by hand.",
	Controls:    keyManagement("Keys are generated with a strength that withstands attack for their lifetime."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        slices.Concat(certificateSources, []audit.Resource{audit.Issuers, audit.ClusterIssuers}),
	Run:         func(f *audit.Facts) []audit.Finding { return eachPresentation(f, judgeKey) },
}

func judgeKey(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	profile := pki.Baseline
	if f.Config.Thresholds.KeyProfile == "bsi" {
		profile = pki.BSI
	}
	leaf, settled := leafBehind(j, t)
	if leaf == nil {
		if !settled && !judgeSpecKey(f, j, t, profile) {
			unknownCertificate(f, j, t)
		}
		return
	}
	text := certificateText(t)
	switch defects := pki.Key(leaf, profile); {
	case leaf.PublicKey.Algorithm == "Ed25519" && f.Trust(t).Public():
		j.Fail("%s: Ed25519, which public certificates may not have (CA/B BR 6.1.5)", text)
	case len(defects) == 0:
		j.Pass("%s: %s", text, leaf.PublicKey)
	case defects[0].Code == pki.KeyUnknown:
		j.NotAssessed(audit.Unknown, "%s: %s", text, details(defects))
	case slices.ContainsFunc(defects, func(d pki.Defect) bool { return d.Code != pki.RSAExponentSmall && d.Code != pki.RSABelowProfile }):
		j.Fail("%s: %s", text, details(defects))
	default:
		j.Warn("%s: %s", text, details(defects))
	}
}

// judgeSpecKey judges by the spec of a Ready Certificate, with cert-manager's defaults
// (API, CertificatePrivateKey: RSA 2048, ECDSA 256), and reports whether it did.
func judgeSpecKey(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, profile pki.Profile) bool {
	c := specBehind(f, t)
	if c == nil {
		return false
	}
	defer j.By(audit.CertificateSubject(c).Command())()
	var wanted cmv1.CertificatePrivateKey
	if c.Spec.PrivateKey != nil {
		wanted = *c.Spec.PrivateKey
	}
	text := fmt.Sprintf("%s: Certificate %s/%s is Ready with a key of", secretText(t), c.Namespace, c.Name)
	switch algorithm := cmp.Or(wanted.Algorithm, cmv1.RSAKeyAlgorithm); algorithm {
	case cmv1.RSAKeyAlgorithm:
		switch size := cmp.Or(wanted.Size, 2048); {
		case size < 2048 || size%8 != 0:
			j.Fail("%s RSA %d, less than 2048 bits or not a multiple of 8", text, size)
		case profile == pki.BSI && size < 3000:
			j.Warn("%s RSA %d, less than 3000 bits", text, size)
		default:
			j.Pass("%s RSA %d", text, size)
		}
	case cmv1.ECDSAKeyAlgorithm:
		j.Pass("%s ECDSA P-%d", text, cmp.Or(wanted.Size, 256))
	case cmv1.Ed25519KeyAlgorithm:
		if !issuedPrivately(f, c) {
			return false
		}
		j.Pass("%s Ed25519", text)
	default:
		return false
	}
	j.Evidence("Certificate "+c.Namespace+"/"+c.Name+": spec.privateKey",
		fmt.Sprintf("algorithm %q, size %d", wanted.Algorithm, wanted.Size), audit.Issued)
	return true
}

// issuedPrivately reports whether the issuer of a Certificate is known to be no public CA.
func issuedPrivately(f *audit.Facts, c *cmv1.Certificate) bool {
	issuer := f.Issuance.Find(audit.IssuerRefOf(c))
	return issuer != nil && (issuer.GetSpec().CA != nil || issuer.GetSpec().SelfSigned != nil)
}
