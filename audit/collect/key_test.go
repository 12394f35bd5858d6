package collect

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

func pemBlock(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// certify signs a certificate for a key with the key itself.
func certify(t *testing.T, private crypto.Signer) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: at}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return pemBlock("CERTIFICATE", der)
}

func pkcs8(t *testing.T, private any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemBlock("PRIVATE KEY", der)
}

// newKeys makes a key of each kind.
func newKeys(t *testing.T, curve elliptic.Curve) (*ecdsa.PrivateKey, *rsa.PrivateKey, ed25519.PrivateKey) {
	t.Helper()
	ec, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ec, rsaKey, edwards
}

func TestCompareKey(t *testing.T) {
	ec, rsaKey, edwards := newKeys(t, elliptic.P384())
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	ofEC, ofRSA, ofEdwards := certify(t, ec), certify(t, rsaKey), certify(t, edwards)
	pkcs1 := pemBlock("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	for _, test := range []struct{ name, key, certificates, want string }{
		{"ecdsa", pkcs8(t, ec), ofEC + ofRSA, audit.KeyMatches},
		{"ecdsa with its parameters before it", pemBlock("EC PARAMETERS", []byte{6, 5, 43, 129, 4, 0, 34}) + pemBlock("EC PRIVATE KEY", sec1), ofEC, audit.KeyMatches},
		{"rsa", pkcs1, ofRSA, audit.KeyMatches},
		{"rsa, windows", strings.ReplaceAll(pkcs8(t, rsaKey), "\n", "\r\n"), ofRSA, audit.KeyMatches},
		{"ed25519", pkcs8(t, edwards), ofEdwards, audit.KeyMatches},
		{"certificate before the key", ofRSA + pkcs1, ofRSA, audit.KeyMatches},
		{"of the second certificate", pkcs1, ofEC + ofRSA, audit.KeyDiffers},
		{"another kind", pkcs8(t, edwards), ofEC, audit.KeyDiffers},
		{"the first key counts", pkcs8(t, edwards) + pkcs1, ofRSA, audit.KeyDiffers},
		{"empty", "", ofEC, audit.KeyAbsent},
		{"blank", " \n", ofEC, audit.KeyAbsent},
		{"redacted", "REDACTED: private keys are not part of this set\n", ofEC, audit.KeyUnreadable},
		{"encrypted", pemBlock("ENCRYPTED PRIVATE KEY", []byte{48, 0}), ofEC, audit.KeyUnreadable},
		{"cut off", pkcs1[:len(pkcs1)/2], ofRSA, audit.KeyUnreadable},
		{"a certificate", ofRSA, ofRSA, audit.KeyUnreadable},
		{"damaged", pemBlock("PRIVATE KEY", []byte("hunter2")), ofRSA, audit.KeyUnreadable},
		{"no certificate", pkcs1, "", ""},
		{"a certificate that nobody can read", pkcs1, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" + ofRSA, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			key := []byte(test.key)
			if got := compareKey(key, test.certificates); got != test.want {
				t.Errorf("it %q, want %q", got, test.want)
			}
			if len(bytes.Trim(key, "\x00")) > 0 {
				t.Error("the key's text is still there")
			}
		})
	}
}

func TestSecretKeyIsCompared(t *testing.T) {
	certificate, key := makePair(t)
	_, other := makePair(t)
	s := manifestsOf(t, `
apiVersion: v1
kind: Secret
metadata: {name: a}
data: {tls.crt: `+encoded(certificate)+`, tls.key: `+encoded(key)+`}
---
apiVersion: v1
kind: Secret
metadata: {name: b}
data: {tls.crt: `+encoded(certificate)+`, tls.key: `+encoded(key)+`}
stringData:
  tls.key: |
    `+strings.ReplaceAll(other, "\n", "\n    ")+`
---
apiVersion: v1
kind: Secret
metadata: {name: c}
data: {tls.crt: `+encoded(certificate)+`}
`)
	for i, want := range []string{audit.KeyMatches, audit.KeyDiffers, audit.KeyAbsent} {
		if got := s.Secrets[i]; got.Key != want {
			t.Errorf("the key of Secret %s %q, want %q", got.Name, got.Key, want)
		}
	}
}
