package collect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// makePair makes a certificate around the instant at, and its key, PEM.
func makePair(t testing.TB) (certificate, key string) { return makePairUntil(t, at.Add(time.Hour)) }

func makePairUntil(t testing.TB, end time.Time) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "auditor"}, DNSNames: []string{"example.com"},
		NotBefore: end.Add(-2 * time.Hour), NotAfter: end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", pkcs8)
}

func derOf(t testing.TB, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

func TestSecretKeepsCertificatesOnly(t *testing.T) {
	certificate, key := makePair(t)
	mislabelled := strings.ReplaceAll(key, "PRIVATE KEY", "CERTIFICATE")
	empty := "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
	headed := strings.Replace(certificate, "-----\n", "-----\nNote: hunter2\n\n", 1)
	for _, test := range []struct{ name, bundle, want, malformed string }{
		{"one", certificate, certificate, ""},
		{"windows", strings.ReplaceAll(certificate, "\n", "\r\n"), certificate, ""},
		{"text around", "subject=hunter2\n" + certificate + "hunter2\n", certificate, ""},
		{"headers", headed, certificate, ""},
		{"key beside it", key + certificate + key, certificate, ""},
		{"key under a wrong label", certificate + mislabelled, certificate + empty, ""},
		{"cut off", certificate + certificate[:200], certificate + empty, ""},
		{"garbled first", strings.Replace(certificate, "\nMII", "\n!!!", 1) + certificate, empty + certificate, ""},
		{"nothing", " \n", "", "tls.crt is missing or empty"},
		{"key only", key, "", "tls.crt holds no CERTIFICATE block"},
		{"no PEM", "hunter2", "", "tls.crt holds no CERTIFICATE block"},
		{"DER", string(derOf(t, certificate)), "", "tls.crt holds a certificate in DER, where servers expect PEM"},
		{"DER of a key", string(derOf(t, key)), "", "tls.crt holds no CERTIFICATE block"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, malformed := certificates([]byte(test.bundle))
			if got != test.want || malformed != test.malformed {
				t.Errorf("kept\n%s%q, want\n%s%q", got, malformed, test.want, test.malformed)
			}
		})
	}
}

func TestFilesSecrets(t *testing.T) {
	certificate, key := makePair(t)
	s := manifestsOf(t, `
apiVersion: v1
kind: Secret
metadata: {name: a, annotations: {note: hunter2}}
type: kubernetes.io/tls
data: {tls.crt: `+encoded(certificate)+`, tls.key: `+encoded(key)+`, other: [hunter2]}
---
apiVersion: v1
kind: Secret
metadata: {name: b}
stringData:
  password: hunter2
  tls.crt: |
    `+strings.ReplaceAll(certificate, "\n", "\n    ")+`
---
apiVersion: v1
kind: Secret
metadata: {name: c}
data: {password: aHVudGVyMg==}
`)
	for i, want := range []struct{ kind, malformed string }{
		{"kubernetes.io/tls", ""}, {"Opaque", ""}, {"Opaque", "tls.crt is missing or empty"},
	} {
		got := s.Secrets[i]
		if got.Type != want.kind || got.Malformed != want.malformed || want.malformed == "" && got.Certificates != certificate {
			t.Errorf("Secret %s is %+v", got.Name, got)
		}
	}
	text := written(t, s)
	for _, secret := range []string{"hunter2", "aHVudGVyMg", "PRIVATE", strings.Split(key, "\n")[1][:20]} {
		if strings.Contains(text, secret) {
			t.Errorf("the snapshot holds %q", secret)
		}
	}
}
