package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

// Defects of signatures, by the hash that was signed.
const (
	SigMD5          Code = "sig_md5" // MD5, or MD2 before it
	SigSHA1         Code = "sig_sha1"
	SigUnknown      Code = "sig_unknown" // an algorithm that crypto/x509 doesn't know: can't be judged
	ChainSigMD5     Code = "chain_sig_md5"
	ChainSigSHA1    Code = "chain_sig_sha1"
	ChainSigUnknown Code = "chain_sig_unknown"
)

// Signature returns what is wrong with the signature on a server's certificate: nothing, or one defect.
func Signature(c *Certificate) []Defect {
	switch hash := signedHash(c.x509); hash {
	case "":
		return []Defect{{SigUnknown, "signature algorithm that this build can't read"}}
	case "MD2", "MD5":
		return []Defect{{SigMD5, "signed with " + hash}}
	case "SHA-1":
		return []Defect{{SigSHA1, "signed with SHA-1"}}
	}
	return nil
}

// ChainSignatures returns what is wrong with the signatures on a bundle's certificates other than the server's
// own. That of a self-signed one proves nothing and doesn't count: clients trust a root for its key.
func ChainSignatures(bundle []*Certificate) []Defect {
	var defects []Defect
	leaf := EndEntity(bundle)
	for _, c := range distinct(bundle) {
		if c.Fingerprint == leaf.Fingerprint || SelfSigned(c) {
			continue
		}
		for _, d := range Signature(c) {
			code := map[Code]Code{SigMD5: ChainSigMD5, SigSHA1: ChainSigSHA1, SigUnknown: ChainSigUnknown}[d.Code]
			defects = append(defects, Defect{code, fmt.Sprintf("intermediate %q: %s", c.Subject, d.Detail)})
		}
	}
	return defects
}

// signedHash names the hash function of a certificate's signature; "other" for one without known weaknesses,
// "" for one that isn't known.
func signedHash(x *x509.Certificate) string {
	switch x.SignatureAlgorithm {
	case x509.MD2WithRSA:
		return "MD2"
	case x509.MD5WithRSA:
		return "MD5"
	case x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return "SHA-1"
	case x509.UnknownSignatureAlgorithm:
		return hashOfPSS(x.Raw)
	}
	return "other"
}

var (
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMD5  = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}
	oidSHA1 = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
)

type algorithm struct {
	OID        asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

// hashOfPSS reads the hash of RSASSA-PSS, whose default is SHA-1 (RFC 4055, 3.1): crypto/x509 knows it with
// SHA-256, SHA-384 and SHA-512 only.
func hashOfPSS(der []byte) string {
	var certificate struct {
		TBS       asn1.RawValue
		Algorithm algorithm
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &certificate); err != nil || !certificate.Algorithm.OID.Equal(oidPSS) {
		return ""
	}
	var parameters struct {
		Hash algorithm     `asn1:"explicit,optional,tag:0"`
		MGF  asn1.RawValue `asn1:"optional,tag:1"`
		Salt asn1.RawValue `asn1:"optional,tag:2"`
		Tail asn1.RawValue `asn1:"optional,tag:3"`
	}
	if raw := certificate.Algorithm.Parameters.FullBytes; len(raw) > 0 {
		if _, err := asn1.Unmarshal(raw, &parameters); err != nil {
			return ""
		}
	}
	switch hash := parameters.Hash.OID; {
	case hash == nil, hash.Equal(oidSHA1):
		return "SHA-1"
	case hash.Equal(oidMD5):
		return "MD5"
	}
	return ""
}
