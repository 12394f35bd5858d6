package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestServer(t *testing.T) {
	cases := []struct {
		name     string
		template x509.Certificate
		want     []Code
		usages   bool
	}{
		{"for servers", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}, []Code{}, true},
		{"for anything", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}, []Code{}, true},
		{"without usages", x509.Certificate{}, []Code{}, false},
		{"for clients", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, []Code{EKUNoServer}, true},
		{"for what isn't known", x509.Certificate{UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 2, 3}}}, []Code{EKUNoServer}, true},
		{"a CA's", x509.Certificate{BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, []Code{CATrue}, false},
		{"signs without being a CA's", x509.Certificate{KeyUsage: x509.KeyUsageCertSign}, []Code{CertSignNoCA}, false},
	}
	for _, x := range cases {
		c := parsed(t, x.template, testKey)
		if diff := cmp.Diff(x.want, codes(Server(c))); diff != "" || HasUsages(c) != x.usages {
			t.Errorf("%s: usages %t (-want +got):\n%s", x.name, HasUsages(c), diff)
		}
	}
	old := describe(&x509.Certificate{SerialNumber: power(0), Version: 1})
	if diff := cmp.Diff([]Code{VersionNot3}, codes(Server(old))); diff != "" {
		t.Errorf("version 1 (-want +got):\n%s", diff)
	}
	zero := describe(&x509.Certificate{SerialNumber: power(0).Sub(power(0), power(0))})
	if diff := cmp.Diff([]Code{SerialNotGreater}, codes(Serial(zero))); diff != "" || Serial(old) != nil {
		t.Errorf("serial number 0 (-want +got):\n%s", diff)
	}
}

func TestLifetime(t *testing.T) {
	const day = 24 * time.Hour
	for from, limit := range map[string]int{
		"2014-01-01": 398, "2026-03-14": 398, "2026-03-15": 200, "2027-03-14": 200, "2027-03-15": 100, "2029-03-14": 100,
		"2029-03-15": 47, "2055-01-01": 47,
	} {
		begin, _ := time.Parse(time.DateOnly, from)
		life := time.Duration(limit) * day
		if LifetimeLimit(begin) != limit {
			t.Errorf("%s: %d days, want %d", from, LifetimeLimit(begin), limit)
		}
		if found := Lifetime(&Certificate{NotBefore: begin, NotAfter: begin.Add(life - time.Second)}); found != nil {
			t.Errorf("%s: %v", from, found)
		}
		if found := Lifetime(&Certificate{NotBefore: begin, NotAfter: begin.Add(life)}); len(found) != 1 {
			t.Errorf("%s: a second too long isn't found", from)
		}
	}
	if found := Lifetime(&Certificate{NotBefore: end, NotAfter: start}); found != nil {
		t.Errorf("inverted: %v", found)
	}
}

func TestIssuer(t *testing.T) {
	self := func(name string) *Certificate {
		return parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: name}}, testKey)
	}
	cases := []struct {
		name        string
		certificate *Certificate
		want        []Code
	}{
		{"by its own key", self("a.example"), []Code{SelfSignedLeaf}},
		{"without names", self(""), []Code{SelfSignedLeaf}},
		{"a staging root", self("(STAGING) Pretend Pear X1"), []Code{IssuerLEStaging, SelfSignedLeaf}},
		{"staging until 2020", issued(t, self("Fake LE Root X1"), x509.Certificate{}), []Code{IssuerLEStaging}},
		{"Pebble's", issued(t, self("Pebble Intermediate CA 0a1b2c"), x509.Certificate{}), []Code{IssuerLEStaging}},
		{"by a namesake", issued(t, self("a.example"), x509.Certificate{Subject: pkix.Name{CommonName: "a.example"}}), []Code{}},
	}
	for _, x := range cases {
		if diff := cmp.Diff(x.want, codes(testRoots(t).Issuer(x.certificate))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
	unverifiable := self("a.example")
	unverifiable.x509.SignatureAlgorithm = x509.MD5WithRSA
	if !SelfSigned(unverifiable) {
		t.Error("where a signature can't be verified the names decide")
	}
}
