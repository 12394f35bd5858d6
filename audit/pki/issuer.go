package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// Defects of who signed a certificate.
const (
	SelfSignedLeaf  Code = "self_signed"
	IssuerLEStaging Code = "issuer_le_staging"
)

// Issuer returns what is wrong with who signed a certificate, as far as it tells by itself.
func (r *Roots) Issuer(c *Certificate) []Defect {
	var defects []Defect
	if name := r.stagingIssuer(c); name != "" {
		defects = append(defects, Defect{IssuerLEStaging, fmt.Sprintf("issued by %q, for tests only", name)})
	}
	if SelfSigned(c) {
		defects = append(defects, Defect{SelfSignedLeaf, "it is self-signed"})
	}
	return defects
}

// stagingIssuer returns the issuer's name where it begins as those of CAs for trials do.
func (r *Roots) stagingIssuer(c *Certificate) string {
	for _, attribute := range c.x509.Issuer.Names {
		name, _ := attribute.Value.(string)
		for _, prefix := range r.staging {
			if strings.HasPrefix(name, prefix) {
				return name
			}
		}
	}
	return ""
}

// SelfSigned reports whether a certificate's own key signed it. Where that can't be verified (MD5, DSA, RSA of
// less than 1024 bits), its names decide.
func SelfSigned(c *Certificate) bool {
	return bytes.Equal(c.x509.RawIssuer, c.x509.RawSubject) && signed(c, c) != signedNot
}

// A signedBy says whether one certificate's key signed another.
type signedBy int

const (
	signedNot     signedBy = iota
	signedUnknown          // can't be verified
	signedYes
)

// signed verifies child's signature with parent's key. It doesn't compare names.
func signed(parent, child *Certificate) signedBy {
	of, by := child.x509.AuthorityKeyId, parent.x509.SubjectKeyId
	if len(of) > 0 && len(by) > 0 && !bytes.Equal(of, by) {
		return signedNot // RFC 5280, 4.2.1.1; the rest costs more
	}
	if !verifiable(parent) {
		return signedUnknown
	}
	if known := child.signer.Load(); known != nil && *known == parent.PublicKey.Digest {
		return signedYes
	}
	x := child.x509
	err := parent.x509.CheckSignature(x.SignatureAlgorithm, x.RawTBSCertificate, x.Signature)
	var insecure x509.InsecureAlgorithmError
	switch {
	case err == nil:
		child.signer.Store(&parent.PublicKey.Digest)
		return signedYes
	case errors.Is(err, x509.ErrUnsupportedAlgorithm), errors.As(err, &insecure):
		return signedUnknown
	}
	return signedNot
}

// verifiable reports whether what a key signed can be verified, in a time that is worth it: crypto/rsa refuses
// keys of less than 1024 bits, crypto/tls those of more than 8192.
func verifiable(c *Certificate) bool {
	key, isRSA := c.x509.PublicKey.(*rsa.PublicKey)
	return !isRSA || 1024 <= key.N.BitLen() && key.N.BitLen() <= 8192 && key.E%2 == 1 && key.E > 1
}

// names reports whether parent bears the name of child's issuer. A certificate without a name issues nothing
// (RFC 5280, 4.1.2.6).
func names(parent, child *Certificate) bool {
	const emptyName = 2 // octets of an empty SEQUENCE
	return len(parent.x509.RawSubject) > emptyName && bytes.Equal(parent.x509.RawSubject, child.x509.RawIssuer)
}
