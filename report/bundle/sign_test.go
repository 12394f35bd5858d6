package bundle_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// keyFrom is a key that is always the same.
func keyFrom(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte((seed + strings.Repeat("-", ed25519.SeedSize))[:ed25519.SeedSize]))
}

func publicOf(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// written is a bundle of three files, signed where there is a key.
func written(t *testing.T, key ed25519.PrivateKey) string {
	t.Helper()
	c := content("prod", []bundle.File{
		{Name: "record.json", Write: text("{}\n")},
		{Name: "report.html", Write: text("<p>evidence")},
		{Name: "findings.csv", Write: text("id\r\n")},
	})
	c.Key = key
	folder, err := bundle.Write(t.TempDir(), c)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// verifier lets the independent library verify with a public key.
type verifier struct{ key ed25519.PublicKey }

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(v.key, data, sig) {
		return errors.New("it doesn't hold")
	}
	return nil
}
func (v verifier) KeyID() (string, error)   { return bundle.Fingerprint(v.key), nil }
func (v verifier) Public() crypto.PublicKey { return v.key }

// The library of the specification's authors reads and verifies what was signed.
func TestSignatureIsDSSE(t *testing.T) {
	key := keyFrom("auditor")
	folder := written(t, key)
	text, err := os.ReadFile(filepath.Join(folder, bundle.SignatureFile))
	if err != nil {
		t.Fatal(err)
	}
	var envelope dsse.Envelope
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	independent, err := dsse.NewEnvelopeVerifier(verifier{publicOf(key)})
	if err != nil {
		t.Fatal(err)
	}
	_, payload, err := independent.VerifyAndDecode(t.Context(), &envelope)
	if err != nil {
		t.Fatalf("the independent library refuses the signature: %v", err)
	}
	if envelope.PayloadType != "application/vnd.in-toto+json" {
		t.Errorf("payload type %q", envelope.PayloadType)
	}
	// in-toto's Statement v1, by the names of its specification.
	var statement map[string]any
	if err := json.Unmarshal(payload, &statement); err != nil {
		t.Fatal(err)
	}
	var subjects []any
	for _, name := range []string{"MANIFEST.json", "SHA256SUMS", "findings.csv", "record.json", "report.html"} {
		subjects = append(subjects, map[string]any{"name": name, "digest": map[string]any{"sha256": sum(tree(t, folder)[name])}})
	}
	want := map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       subjects,
		"predicateType": bundle.PredicateType,
		"predicate": map[string]any{
			"record": map[string]any{"uid": "6b3e", "sha256": "c0ffee"},
			"tool":   map[string]any{"name": "kubevidence", "version": "v0.1.0", "commit": "9e95d4b"},
		},
	}
	if diff := cmp.Diff(want, statement); diff != "" {
		t.Errorf("statement (-want +got):\n%s", diff)
	}
	other, err := dsse.NewEnvelopeVerifier(verifier{publicOf(keyFrom("stranger"))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Verify(t.Context(), &envelope); err == nil {
		t.Error("the independent library accepts the signature of another key")
	}
}

// Signing later gives the bytes that signing at once does, and leaves the files alone.
func TestSignLater(t *testing.T) {
	key := keyFrom("auditor")
	folder := written(t, nil)
	before := tree(t, folder)
	path, err := bundle.Sign(folder, key)
	if err != nil {
		t.Fatal(err)
	}
	after := tree(t, folder)
	if diff := cmp.Diff(tree(t, written(t, key)), after); diff != "" {
		t.Errorf("(-signed at once +signed later):\n%s", diff)
	}
	delete(after, filepath.Base(path))
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("signing changed a file (-before +after):\n%s", diff)
	}
	if _, err := bundle.Sign(folder, keyFrom("stranger")); err == nil || !strings.Contains(err.Error(), "nothing is ever overwritten") {
		t.Errorf("signed again: %v; want a refusal", err)
	}
}

func TestSignRefusesWhatIsNotWhole(t *testing.T) {
	folder := written(t, nil)
	if err := os.WriteFile(filepath.Join(folder, "report.html"), []byte("<p>evidencE"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Sign(folder, keyFrom("auditor"))
	problem := bundle.Problem{}
	if !errors.As(err, &problem) || problem.Kind != bundle.Changed {
		t.Errorf("got %v; want the problem", err)
	}
	if _, err := os.Lstat(filepath.Join(folder, bundle.SignatureFile)); err == nil {
		t.Error("it was signed")
	}
}

func TestKeysSurviveEncoding(t *testing.T) {
	key := keyFrom("auditor")
	private, err := bundle.EncodePrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := bundle.EncodePublicKey(publicOf(key))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := bundle.ParsePrivateKey(private); err != nil || !again.Equal(key) {
		t.Errorf("private key: %v", err)
	}
	if again, err := bundle.ParsePublicKey(public); err != nil || !again.Equal(publicOf(key)) {
		t.Errorf("public key: %v", err)
	}
	if raw, err := hex.DecodeString(bundle.Fingerprint(publicOf(key))); err != nil || len(raw) != 32 {
		t.Errorf("fingerprint %q", bundle.Fingerprint(publicOf(key)))
	}
	if _, err := bundle.ParsePublicKey(private); err == nil || !strings.Contains(err.Error(), "holds the private key") {
		t.Errorf("a private key for a public one: %v", err)
	}
	if _, err := bundle.ParsePrivateKey(public); err == nil || !strings.Contains(err.Error(), "holds the public key") {
		t.Errorf("a public key for a private one: %v", err)
	}
}

// What isn't the key that is asked for is refused, and it is said what it is.
func TestKeysThatAreNone(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(curve.Public())
	if err != nil {
		t.Fatal(err)
	}
	labelled := func(label string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}) }
	for _, c := range []struct {
		name          string
		text          []byte
		signs, checks string // what is said of it as a private and as a public key
	}{
		{"empty", nil, "no PEM block", "no PEM block"},
		{"another kind, private", labelled("PRIVATE KEY", private), "private key of another kind", "holds the private key"},
		{"another kind, public", labelled("PUBLIC KEY", public), "holds the public key", "public key of another kind"},
		{"cut short, private", labelled("PRIVATE KEY", private[:20]), "no private key in PKCS#8", "holds the private key"},
		{"cut short, public", labelled("PUBLIC KEY", public[:20]), "holds the public key", "no public key in PKIX form"},
		{"a certificate", labelled("CERTIFICATE", public), `"CERTIFICATE", not "PRIVATE KEY"`, `"CERTIFICATE", not "PUBLIC KEY"`},
		{"OpenSSH's", labelled("OPENSSH PRIVATE KEY", private), `"OPENSSH PRIVATE KEY", not`, `"OPENSSH PRIVATE KEY", not`},
		{"encrypted", labelled("ENCRYPTED PRIVATE KEY", private), "is encrypted", "is encrypted"},
	} {
		if _, err := bundle.ParsePrivateKey(c.text); err == nil || !strings.Contains(err.Error(), c.signs) {
			t.Errorf("%s: as a private key: %v, want %q", c.name, err, c.signs)
		}
		if _, err := bundle.ParsePublicKey(c.text); err == nil || !strings.Contains(err.Error(), c.checks) {
			t.Errorf("%s: as a public key: %v, want %q", c.name, err, c.checks)
		}
	}
}

// An envelope in the other alphabet of base64, and with a stranger's signature before the
// right one, is one all the same.
func TestVerifyTakesEveryEnvelope(t *testing.T) {
	key := keyFrom("auditor")
	folder := written(t, key)
	path := filepath.Join(folder, bundle.SignatureFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var envelope bundle.Envelope
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	urlSafe := strings.NewReplacer("+", "-", "/", "_")
	envelope.Payload = urlSafe.Replace(envelope.Payload)
	envelope.Signatures[0].Sig = urlSafe.Replace(envelope.Signatures[0].Sig)
	if !strings.ContainsAny(envelope.Payload+envelope.Signatures[0].Sig, "-_") {
		t.Fatal("both alphabets are the same for this signature: the case shows nothing")
	}
	envelope.Signatures = append([]bundle.Signature{{KeyID: "stranger", Sig: "AAAA"}}, envelope.Signatures...)
	if text, err = json.Marshal(envelope); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := bundle.Find(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // it was read only
	signed, err := found.Signed()
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.Verify(publicOf(key)); err != nil {
		t.Error(err)
	}
	manifest, problems := found.Inspect()
	if problems = append(problems, signed.Compare(found, manifest)...); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	if err := signed.Verify(publicOf(keyFrom("stranger"))); err == nil {
		t.Error("the stranger's key verifies it")
	}
}

// A full disk while signing leaves neither a bundle nor a half of one.
func TestWriteSignedLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	c := content("prod", []bundle.File{{Name: "a", Write: func(io.Writer) error { return errors.New("no space left on device") }}})
	c.Key = keyFrom("auditor")
	if _, err := bundle.Write(dir, c); err == nil {
		t.Error("no error")
	}
	if got := tree(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}
