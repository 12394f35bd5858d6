package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"
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
	judge := func(name string, certificates []*Certificate) {
		began := time.Now()
		Defects(certificates, start, roots)
		roots.Trust(certificates)
		// The bound is a hundred times what it takes: it tells a power from a factor on any machine.
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: judging takes %s", name, took)
		}
	}
	judge("a key of a million bits", []*Certificate{describe(&x), describe(&x)})
	for name, bundle := range map[string][]byte{
		"1,000 names":       issue(t, x509.Certificate{DNSNames: many(1000)}, testKey),
		"20,000 names":      issue(t, x509.Certificate{DNSNames: many(20_000), Subject: attributes(10_000)}, testKey),
		"1,000 namesakes":   namesakes(1000),
		"2 MB of a block":   bytes.Repeat(issue(t, x509.Certificate{}, testKey), 4000),
		"2 MB of beginning": bytes.Repeat([]byte(marker+"\n"), 72_000),
		"2 MB of dashes":    bytes.Repeat([]byte("-"), 2<<20),
		"2 MB of DER":       bytes.Repeat([]byte{0x30, 0x80}, 1<<20),
		"2 MB of keys":      bytes.Repeat(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}), 30_000),
	} {
		began := time.Now()
		certificates, _ := Parse(bundle)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: parsing takes %s", name, took)
		}
		judge(name, certificates)
		t.Logf("%s: %d certificates, %s", name, len(certificates), time.Since(began))
	}
}
