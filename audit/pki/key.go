package pki

import (
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// Defects of public keys.
const (
	RSAShort         Code = "rsa_lt_2048"           // a modulus of less than 2048 bits
	RSABelowProfile  Code = "rsa_lt_3000"           // less than 3000 bits; only under a profile that asks
	RSAOddSize       Code = "rsa_bits_not_octets"   // a modulus whose bits aren't a multiple of 8
	RSAExponentEven  Code = "rsa_exponent_even"     // an even exponent: no private key can exist
	RSAExponentTiny  Code = "rsa_exponent_lt_3"     // an exponent of 1 or 2
	RSAExponentSmall Code = "rsa_exponent_lt_65537" // less than 65537, those above among them
	CurveUnapproved  Code = "ec_curve_unapproved"   // a curve other than P-256, P-384 and P-521
	DSAKey           Code = "dsa_key"               // DSA, which TLS 1.3 and the CA/Browser Forum dropped
	KeyUnknown       Code = "key_unknown"           // an algorithm that crypto/x509 doesn't know: can't be judged
)

// A PublicKey describes a certificate's key.
type PublicKey struct {
	Algorithm string `json:"algorithm"`       // RSA, ECDSA, Ed25519, DSA or unknown
	Bits      int    `json:"bits,omitempty"`  // size of the modulus, field or key; 0 where unknown
	Curve     string `json:"curve,omitempty"` // P-256 and so on, of ECDSA keys
	Digest    string `json:"digest"`          // SHA-256 of the SubjectPublicKeyInfo, lower-case hex
}

// String returns RSA 2048, ECDSA P-256, Ed25519 and the like.
func (k PublicKey) String() string {
	switch k.Algorithm {
	case "ECDSA":
		return k.Algorithm + " " + k.Curve
	case "RSA", "DSA":
		return fmt.Sprintf("%s %d", k.Algorithm, k.Bits)
	}
	return k.Algorithm
}

func describeKey(x *x509.Certificate) PublicKey {
	k := PublicKey{Algorithm: "unknown", Digest: digest(x.RawSubjectPublicKeyInfo)}
	switch key := x.PublicKey.(type) {
	case *rsa.PublicKey:
		k.Algorithm, k.Bits = "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		params := key.Curve.Params()
		k.Algorithm, k.Bits, k.Curve = "ECDSA", params.BitSize, params.Name
	case ed25519.PublicKey:
		k.Algorithm, k.Bits = "Ed25519", 256
	case *dsa.PublicKey:
		k.Algorithm, k.Bits = "DSA", key.P.BitLen()
	}
	return k
}

// A Profile says how strong keys must be beyond what every profile asks.
type Profile int

const (
	// Baseline asks what the CA/Browser Forum's Baseline Requirements ask (6.1.5 and 6.1.6).
	Baseline Profile = iota
	// BSI also asks for RSA moduli of 3000 bits, as BSI TR-02102-1 has done since 2024.
	BSI
)

// Key returns the defects of a certificate's public key that its size, curve and exponent show.
func Key(c *Certificate, profile Profile) []Defect {
	var defects []Defect
	report := func(code Code, format string, values ...any) {
		defects = append(defects, Defect{code, fmt.Sprintf(format, values...)})
	}
	switch key := c.x509.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := c.PublicKey.Bits
		if bits < 2048 {
			report(RSAShort, "RSA modulus of %d bits, less than 2048", bits)
		} else if profile == BSI && bits < 3000 {
			report(RSABelowProfile, "RSA modulus of %d bits, less than 3000", bits)
		}
		if bits%8 != 0 {
			report(RSAOddSize, "RSA modulus of %d bits, not a multiple of 8", bits)
		}
		if key.E%2 == 0 {
			report(RSAExponentEven, "RSA exponent %d is even", key.E)
		}
		if key.E < 3 {
			report(RSAExponentTiny, "RSA exponent %d, less than 3", key.E)
		}
		if key.E < 65537 {
			report(RSAExponentSmall, "RSA exponent %d, less than 65537", key.E)
		}
	case *ecdsa.PublicKey:
		switch curve := c.PublicKey.Curve; curve {
		case "P-256", "P-384", "P-521":
		default:
			report(CurveUnapproved, "curve %s, not P-256, P-384 or P-521", curve)
		}
	case ed25519.PublicKey:
	case *dsa.PublicKey:
		report(DSAKey, "DSA key of %d bits", c.PublicKey.Bits)
	default:
		report(KeyUnknown, "key algorithm that this build can't read")
	}
	return defects
}
