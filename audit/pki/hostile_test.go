package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"testing"
)

// TestHostileBundles: whoever may write a Secret decides what its tls.crt holds. None may keep a scan busy.
func TestHostileBundles(t *testing.T) {
	encode := func(c *Certificate) []byte { return pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: c.x509.Raw}) }
	many := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("host-%d.example.com", i))
		}
		return names
	}
	namesakes := func(n int) []byte {
		var all bytes.Buffer
		a := parsed(t, authority("A"), testKey)
		for range n {
			all.Write(encode(issued(t, a, authority("A"))))
		}
		return all.Bytes()
	}
	attributes := func(n int) (name pkix.Name) {
		for i := range n {
			name.ExtraNames = append(name.ExtraNames, pkix.AttributeTypeAndValue{Type: oidCommonName, Value: fmt.Sprintf("host-%d.example.org", i)})
		}
		return name
	}
	large := new(big.Int).Add(power(1<<20), big.NewInt(1)) // a modulus of a million bits
	largeKey, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: large, E: 1<<31 - 1})
	if err != nil {
		t.Fatal(err)
	}
	x := *parsed(t, authority("A"), testKey).x509
	key, err := x509.ParsePKIXPublicKey(largeKey)
	if err != nil {
		t.Fatal(err)
	}
	x.PublicKey, x.PublicKeyAlgorithm, x.SignatureAlgorithm = key, x509.RSA, x509.SHA256WithRSA
	x.Signature = large.Bytes()

	roots := testRoots(t)
	judge := func(certificates []*Certificate) int {
		roots.Trust(certificates)
		return len(Defects(certificates, start, roots))
	}
	if judge([]*Certificate{describe(&x), describe(&x)}) == 0 {
		t.Error("a key of a million bits has no defect")
	}
	// What takes a power of a bundle's length doesn't end within the time of a test run.
	for name, test := range map[string]struct {
		bundle []byte
		count  int
		code   Code
	}{
		"1,000 names":       {issue(t, x509.Certificate{DNSNames: many(1000)}, testKey), 1, ""},
		"20,000 names":      {issue(t, x509.Certificate{DNSNames: many(20_000), Subject: attributes(10_000)}, testKey), 1, ""},
		"1,000 namesakes":   {namesakes(1000), 1000, ""},
		"2 MB of a block":   {bytes.Repeat(issue(t, x509.Certificate{}, testKey), 4000), 4000, ""},
		"2 MB of beginning": {bytes.Repeat([]byte(marker+"\n"), 72_000), 0, NotPEM},
		"2 MB of dashes":    {bytes.Repeat([]byte("-"), 2<<20), 0, NotPEM},
		"2 MB of DER":       {bytes.Repeat([]byte{0x30, 0x80}, 1<<20), 0, NotPEM},
		"2 MB of keys":      {bytes.Repeat(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}), 30_000), 0, NoCertificate},
	} {
		certificates, err := Parse(test.bundle)
		var refusal *ParseError
		switch {
		case len(certificates) != test.count:
			t.Errorf("%s: %d certificates, want %d", name, len(certificates), test.count)
		case test.code == "" && err != nil, test.code != "" && (!errors.As(err, &refusal) || refusal.Code != test.code):
			t.Errorf("%s: error %v, want code %q", name, err, test.code)
		}
		judge(certificates)
	}
}
