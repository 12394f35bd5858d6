package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"
)

// A Certificate is what checks and reports say about an X.509 certificate. Only [Parse] makes one: what its JSON
// form holds is for reports, and is not enough to judge it again.
type Certificate struct {
	Fingerprint string `json:"fingerprint"` // SHA-256 of the DER encoding, lower-case hex
	Serial      string `json:"serial"`      // lower-case hex, without a sign or leading zeros
	Subject     string `json:"subject"`     // as RFC 2253 writes it
	Issuer      string `json:"issuer"`      // as RFC 2253 writes it

	CommonNames []string     `json:"commonNames,omitempty"` // of the subject, in its order; never used to match hosts
	DNSNames    []string     `json:"dnsNames,omitempty"`    // subject alternative names, as written
	IPAddresses []netip.Addr `json:"ipAddresses,omitempty"` // subject alternative names

	NotBefore time.Time `json:"notBefore"` // UTC; the first second of its life
	NotAfter  time.Time `json:"notAfter"`  // UTC; the last second of its life (RFC 5280, 4.1.2.5)

	PublicKey PublicKey `json:"publicKey"`

	x509   *x509.Certificate
	signer atomic.Pointer[string] // digest of the key that was found to have signed it: verifying is most of the work
}

// Lifetime is NotAfter − NotBefore. Requirements that count the last second, as the CA/Browser Forum's do, add
// it. It is negative where the two are inverted, and saturates at about 292 years.
func (c *Certificate) Lifetime() time.Duration { return c.NotAfter.Sub(c.NotBefore) }

// IsCA reports whether the certificate may sign others (RFC 5280, 4.2.1.9).
func (c *Certificate) IsCA() bool { return c.x509.IsCA }

// Remaining is what is left of the certificate's life at an instant; negative once it has expired.
func (c *Certificate) Remaining(at time.Time) time.Duration { return c.NotAfter.Sub(at) }

func describe(x *x509.Certificate) *Certificate {
	c := &Certificate{
		Fingerprint: digest(x.Raw),
		Serial:      x.SerialNumber.Text(16),
		Subject:     nameText(x.RawSubject, x.Subject),
		Issuer:      nameText(x.RawIssuer, x.Issuer),
		DNSNames:    x.DNSNames,
		NotBefore:   x.NotBefore.UTC(),
		NotAfter:    x.NotAfter.UTC(),
		PublicKey:   describeKey(x),
		x509:        x,
	}
	for _, attribute := range x.Subject.Names {
		if name, ok := attribute.Value.(string); ok && attribute.Type.Equal(oidCommonName) {
			c.CommonNames = append(c.CommonNames, name)
		}
	}
	for _, ip := range x.IPAddresses {
		if addr, ok := netip.AddrFromSlice(ip); ok {
			c.IPAddresses = append(c.IPAddresses, addr.Unmap())
		}
	}
	return c
}

// nameText writes a name as RFC 2253 has it. That takes the square of its length, so that a name of thousands of
// attributes, which nobody reads, is cut short to its size.
func nameText(raw []byte, name pkix.Name) string {
	if len(raw) > 16<<10 {
		return fmt.Sprintf("a name of %d octets", len(raw))
	}
	return name.String()
}

// oidCommonName is id-at-commonName (RFC 5280, appendix A.1).
var oidCommonName = []int{2, 5, 4, 3}

func digest(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
