package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// issued returns the certificate that template describes, signed by parent with testKey and for a key of its own.
func issued(t testing.TB, parent *Certificate, template x509.Certificate) *Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return issueFor(t, parent, template, &key.PublicKey)
}

var serials int64

// issueFor does so for a key that is given.
func issueFor(t testing.TB, parent *Certificate, template x509.Certificate, key *ecdsa.PublicKey) *Certificate {
	t.Helper()
	return signFor(t, parent, template, key, testKey)
}

func signFor(t testing.TB, parent *Certificate, template x509.Certificate, key crypto.PublicKey, signer crypto.Signer) *Certificate {
	t.Helper()
	serials++
	template.SerialNumber = big.NewInt(serials)
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = start, end
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent.x509, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	x, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return describe(x)
}

// authority describes a CA's certificate.
func authority(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
}

// A hierarchy is that of a public CA, whose keys are testKey's all.
type hierarchy struct {
	root, middle, cross, leaf, plain *Certificate // plain doesn't say that a public CA issued it
	roots                            *Roots
}

func newHierarchy(t testing.TB) hierarchy {
	var h hierarchy
	h.root = parsed(t, authority("Public Root"), testKey)
	h.middle = issueFor(t, h.root, authority("Public CA 1"), &testKey.PublicKey)
	other := parsed(t, authority("Removed Root"), testKey)
	h.cross = issueFor(t, other, authority("Public Root"), &testKey.PublicKey)
	h.leaf = issued(t, h.middle, x509.Certificate{
		DNSNames: []string{"a.example.com"}, Policies: []x509.OID{mustOID("2.23.140.1.2.1")},
		PolicyIdentifiers: []asn1.ObjectIdentifier{{2, 23, 140, 1, 2, 1}},
	})
	h.plain = issued(t, h.middle, x509.Certificate{DNSNames: []string{"a.example.com"}})
	h.roots = testRoots(t)
	h.roots.public = newAnchors()
	h.roots.public.add(h.root, nil)
	return h
}

func mustOID(text string) x509.OID {
	id, err := x509.ParseOID(text)
	if err != nil {
		panic(err)
	}
	return id
}

func TestChain(t *testing.T) {
	h := newHierarchy(t)
	old := authority("Public CA 1")
	old.NotBefore, old.NotAfter = start.AddDate(-1, 0, 0), start.Add(time.Hour)
	expired := issueFor(t, h.root, old, &testKey.PublicKey)
	stranger := parsed(t, authority("Stranger"), testKey)
	below := issueFor(t, h.middle, authority("Public CA 2"), &testKey.PublicKey)
	deep := issued(t, below, x509.Certificate{PolicyIdentifiers: h.leaf.x509.PolicyIdentifiers, Policies: h.leaf.x509.Policies})
	cases := []struct {
		name   string
		bundle []*Certificate
		want   []Code
	}{
		{"nothing", nil, []Code{}},
		{"whole", []*Certificate{h.leaf, h.middle}, []Code{}},
		{"with its root", []*Certificate{h.leaf, h.middle, h.root}, []Code{}},
		{"cross-signed", []*Certificate{h.leaf, h.middle, h.cross}, []Code{}},
		{"two of one name", []*Certificate{h.leaf, h.middle, expired}, []Code{ChainElementExpired}},
		{"alone", []*Certificate{h.leaf}, []Code{ChainIncomplete}},
		{"alone and of a private CA", []*Certificate{h.plain}, []Code{}},
		{"the middle is missing", []*Certificate{h.leaf, h.root}, []Code{ChainBroken, ChainIncomplete}},
		{"one of two intermediates is missing", []*Certificate{deep, below}, []Code{ChainIncomplete}},
		{"a stranger's", []*Certificate{h.plain, stranger}, []Code{ChainBroken}},
		{"a stranger's after it", []*Certificate{h.leaf, h.middle, stranger}, []Code{ChainBroken}},
		{"reversed", []*Certificate{h.middle, h.leaf}, []Code{ChainLeafNotFirst}},
		{"wholly reversed", []*Certificate{h.root, h.middle, h.leaf}, []Code{ChainLeafNotFirst}},
		{"reversed, middle missing", []*Certificate{h.root, h.leaf}, []Code{ChainBroken, ChainIncomplete, ChainLeafNotFirst}},
		{"root before the middle", []*Certificate{h.leaf, h.root, h.middle}, []Code{ChainBroken}},
		{"the leaf twice", []*Certificate{h.leaf, h.leaf, h.middle}, []Code{ChainDuplicate}},
		{"the middle twice", []*Certificate{h.leaf, h.middle, h.middle}, []Code{ChainDuplicate}},
		{"expired", []*Certificate{h.leaf, expired}, []Code{ChainElementExpired}},
		{"a root alone", []*Certificate{h.root}, []Code{}},
	}
	for _, x := range cases {
		if diff := cmp.Diff(x.want, codes(h.roots.Chain(x.bundle, start.AddDate(0, 0, 30)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
	h.middle.x509.SignatureAlgorithm, h.root.x509.SignatureAlgorithm = x509.SHA1WithRSA, x509.MD5WithRSA
	h.leaf.x509.SignatureAlgorithm = x509.SHA1WithRSA
	if diff := cmp.Diff([]Code{ChainSigSHA1}, codes(ChainSignatures([]*Certificate{h.leaf, h.middle, h.root}))); diff != "" {
		t.Errorf("SHA-1 in the middle (-want +got):\n%s", diff)
	}
}

func TestTrust(t *testing.T) {
	h := newHierarchy(t)
	own := parsed(t, authority("Own Root"), testKey)
	h.roots.named.add(own, nil)
	forged := *h.plain.x509
	forged.Signature = append([]byte(nil), forged.Signature...)
	forged.Signature[len(forged.Signature)-1] ^= 1
	staging := parsed(t, authority("(STAGING) Root"), testKey)
	cases := []struct {
		name   string
		bundle []*Certificate
		want   Trust
	}{
		{"nothing", nil, TrustPrivate},
		{"to a root", []*Certificate{h.plain, h.middle}, TrustPublic},
		{"in any order", []*Certificate{h.middle, h.plain}, TrustPublic},
		{"by a root itself", []*Certificate{issued(t, h.root, x509.Certificate{})}, TrustPublic},
		{"its signature isn't the issuer's", []*Certificate{describe(&forged), h.middle}, TrustPrivate},
		{"signed by what is no CA", []*Certificate{issued(t, issueFor(t, h.root, x509.Certificate{Subject: pkix.Name{CommonName: "x"}}, &testKey.PublicKey), x509.Certificate{})}, TrustPrivate},
		{"without its intermediate", []*Certificate{h.leaf}, TrustClaimed},
		{"without its intermediate and marks", []*Certificate{h.plain}, TrustPrivate},
		{"timestamps", []*Certificate{issued(t, h.middle, x509.Certificate{ExtraExtensions: []pkix.Extension{{Id: oidTimestamps, Value: []byte{4, 0}}}})}, TrustClaimed},
		{"of the organization", []*Certificate{issued(t, own, x509.Certificate{})}, TrustNamed},
		{"the organization's root", []*Certificate{own}, TrustNamed},
		{"self-signed", []*Certificate{parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: "a"}}, testKey)}, TrustSelf},
		{"staging", []*Certificate{issued(t, staging, x509.Certificate{})}, TrustStaging},
	}
	for _, x := range cases {
		if got := h.roots.Trust(x.bundle); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

// TestConstraintsOfRoots: what Mozilla distrusts after a date isn't public.
func TestConstraintsOfRoots(t *testing.T) {
	h := newHierarchy(t)
	refuse := func(chain []*x509.Certificate) error {
		if chain[0].NotBefore.After(start) {
			return errors.New("issued after the end of trust")
		}
		return nil
	}
	h.roots.public = newAnchors()
	h.roots.public.add(h.root, refuse)
	late := issued(t, h.middle, x509.Certificate{NotBefore: start.Add(time.Hour), NotAfter: end})
	if got := h.roots.Trust([]*Certificate{h.plain, h.middle}); got != TrustPublic {
		t.Errorf("issued before: %s", got)
	}
	if got := h.roots.Trust([]*Certificate{late, h.middle}); got == TrustPublic {
		t.Errorf("issued after: %s", got)
	}
}

// TestRootsDate holds the date that reports print to the module's version.
func TestRootsDate(t *testing.T) {
	content, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	date, err := time.Parse(time.DateOnly, RootsDate)
	if err != nil {
		t.Fatal(err)
	}
	want := "golang.org/x/crypto/x509roots/fallback v0.0.0-" + date.Format("20060102")
	if !strings.Contains(string(content), want) {
		t.Errorf("go.mod has no %s…", want)
	}
	if n := len(testRoots(t).public.bySubject); n < 100 {
		t.Errorf("%d embedded roots", n)
	}
	if _, err := NewRoots(nil, []byte("no CA")); err == nil {
		t.Error("CAs that can't be parsed must be refused")
	}
}
