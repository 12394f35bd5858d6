package pki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var (
	start   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end     = start.Add(90 * 24 * time.Hour)
	testKey = func() *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return key
	}()
)

// issue returns the PEM of a certificate that signs itself.
func issue(t testing.TB, template x509.Certificate, key crypto.Signer) []byte {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(0xbeef)
	}
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = start, end
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der})
}

// parsed returns the certificate that template describes.
func parsed(t testing.TB, template x509.Certificate, key crypto.Signer) *Certificate {
	t.Helper()
	certificates, err := Parse(issue(t, template, key))
	if err != nil {
		t.Fatal(err)
	}
	return certificates[0]
}

func TestCertificate(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := parsed(t, x509.Certificate{
		Subject:     pkix.Name{CommonName: "a.example", Organization: []string{"Example"}},
		DNSNames:    []string{"a.example"},
		IPAddresses: []net.IP{net.ParseIP("10.0.0.1")},
	}, key)
	if c.Serial != "beef" || c.Subject != "CN=a.example,O=Example" || c.Issuer != c.Subject {
		t.Errorf("serial %s, subject %s, issuer %s", c.Serial, c.Subject, c.Issuer)
	}
	if len(c.Fingerprint) != 64 || len(c.PublicKey.Digest) != 64 || c.PublicKey.Digest == c.Fingerprint {
		t.Errorf("fingerprint %s, key digest %s", c.Fingerprint, c.PublicKey.Digest)
	}
	if c.CommonNames[0] != "a.example" || c.DNSNames[0] != "a.example" || c.IPAddresses[0] != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("names %v %v %v", c.CommonNames, c.DNSNames, c.IPAddresses)
	}
	if c.PublicKey.String() != "Ed25519" || c.Lifetime() != 90*24*time.Hour || c.Remaining(end.Add(time.Hour)) != -time.Hour {
		t.Errorf("%s, lifetime %s", c.PublicKey, c.Lifetime())
	}
}

func TestParse(t *testing.T) {
	good := issue(t, x509.Certificate{}, testKey)
	second := issue(t, x509.Certificate{SerialNumber: big.NewInt(2)}, testKey)
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")})
	garbage := pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: []byte("no DER")})
	cases := []struct {
		name   string
		bundle []byte
		count  int
		code   Code
		block  int
		words  string
	}{
		{"one", good, 1, "", 0, ""},
		{"in order", join(good, second), 2, "", 0, ""},
		{"CRLF", bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), 1, "", 0, ""},
		{"text between", join([]byte("subject=CN=a\n"), good, []byte("\n# next\n"), second), 2, "", 0, ""},
		{"a key is passed over", join(private, good), 1, "", 0, ""},
		{"empty", []byte(" \r\n"), 0, Empty, 0, "empty"},
		{"DER", []byte{0x30, 0x82, 0x01, 0x00}, 0, NotPEM, 0, "no PEM block"},
		{"only a key", private, 0, NoCertificate, 0, "no CERTIFICATE block"},
		{"cut off", good[:len(good)/2], 0, NotPEM, 1, "cut off"},
		{"cut off, then more", join(good[:len(good)/2], []byte("\n"), second), 0, NotPEM, 1, "cut off"},
		{"the second cut off", join(good, second[:len(second)/2]), 1, NotPEM, 2, "block 2"},
		{"refused", join(good, garbage), 1, ParseReject, 2, "block 2 is unparsable: x509: malformed certificate"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			certificates, err := Parse(c.bundle)
			if len(certificates) != c.count {
				t.Errorf("%d certificates, want %d", len(certificates), c.count)
			}
			if c.count > 0 && certificates[0].Serial != "beef" {
				t.Errorf("the first has serial %s", certificates[0].Serial)
			}
			var refusal *ParseError
			switch {
			case err == nil && c.code == "":
			case !errors.As(err, &refusal):
				t.Errorf("error %v, want %s", err, c.code)
			case refusal.Code != c.code || refusal.Block != c.block || !strings.Contains(err.Error(), c.words):
				t.Errorf("%s in block %d: %v", refusal.Code, refusal.Block, err)
			}
		})
	}
}

func TestEndEntity(t *testing.T) {
	leaf := parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: "leaf"}, SerialNumber: big.NewInt(1)}, testKey)
	root := parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: "root"}, SerialNumber: big.NewInt(2)}, testKey)
	leaf.x509.RawIssuer = root.x509.RawSubject
	for name, bundle := range map[string][]*Certificate{
		"in order": {leaf, root}, "reversed": {root, leaf}, "alone": {leaf}, "twice": {leaf, leaf, root},
	} {
		if EndEntity(bundle) != leaf {
			t.Errorf("%s: the end entity is %s", name, EndEntity(bundle).Subject)
		}
	}
	if EndEntity([]*Certificate{root}) != root || EndEntity(nil) != nil {
		t.Error("a root alone is its own end entity; nothing has none")
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
