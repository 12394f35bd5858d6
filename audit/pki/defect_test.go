package pki

import (
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValidity(t *testing.T) {
	c := parsed(t, x509.Certificate{}, testKey)
	inverted := parsed(t, x509.Certificate{NotBefore: end, NotAfter: start}, testKey)
	cases := []struct {
		name        string
		certificate *Certificate
		at          time.Time
		want        []Code
	}{
		{"first second", c, start, []Code{}},
		{"last second", c, end, []Code{}},
		{"a second early", c, start.Add(-time.Second), []Code{NotYetValid}},
		{"a second late", c, end.Add(time.Second), []Code{Expired}},
		{"inverted, between", inverted, start.Add(time.Hour), []Code{ValidityInverted}},
		{"inverted, after", inverted, end.Add(time.Hour), []Code{ValidityInverted}},
	}
	for _, x := range cases {
		if diff := cmp.Diff(x.want, codes(Validity(x.certificate, x.at))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
}

func TestNames(t *testing.T) {
	cases := []struct {
		name, common string
		dns          []string
		ips          []net.IP
		want         []Code
	}{
		{"host among the names", "A.example", []string{"a.EXAMPLE"}, nil, []Code{}},
		{"no common name", "", []string{"a.example"}, nil, []Code{}},
		{"nothing", "", nil, nil, []Code{SANMissing}},
		{"a person's name", "Jane Doe", nil, nil, []Code{SANMissing}},
		{"one label", "localhost", nil, nil, []Code{SANMissing}},
		{"only the common name", "a.example", nil, nil, []Code{CNOnly, SANMissing}},
		{"a wildcard only there", "*.example.com", nil, nil, []Code{CNOnly, SANMissing}},
		{"another host", "example.com", []string{"www.example.com"}, nil, []Code{CNNotInSAN}},
		{"a wildcard isn't the host", "a.example.com", []string{"*.example.com"}, nil, []Code{CNNotInSAN}},
		{"a CA's name", "Example CA R3", []string{"a.example"}, nil, []Code{}},
		{"address among the names", "10.0.0.1", nil, []net.IP{{10, 0, 0, 1}}, []Code{}},
		{"address only there", "10.0.0.1", []string{"a.example"}, nil, []Code{CNNotInSAN}},
		{"no name that matches any host", "a.example", []string{"a.*.example"}, nil, []Code{}},
	}
	for _, x := range cases {
		c := parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: x.common}, DNSNames: x.dns, IPAddresses: x.ips}, testKey)
		if diff := cmp.Diff(x.want, codes(Names(c))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
}

func TestKey(t *testing.T) {
	cases := []struct {
		name    string
		key     any
		profile Profile
		words   string
		want    []Code
	}{
		{"RSA 2048", rsaKey(2048, 65537), Baseline, "RSA 2048", []Code{}},
		{"RSA 2048 for BSI", rsaKey(2048, 65537), BSI, "RSA 2048", []Code{RSABelowProfile}},
		{"RSA 3072 for BSI", rsaKey(3072, 65537), BSI, "RSA 3072", []Code{}},
		{"RSA 1024 for BSI", rsaKey(1024, 65537), BSI, "RSA 1024", []Code{RSAShort}},
		{"RSA 2047", rsaKey(2047, 65537), Baseline, "RSA 2047", []Code{RSAOddSize, RSAShort}},
		{"RSA 2049", rsaKey(2049, 65537), Baseline, "RSA 2049", []Code{RSAOddSize}},
		{"exponent 3", rsaKey(2048, 3), Baseline, "RSA 2048", []Code{RSAExponentSmall}},
		{"exponent 1", rsaKey(2048, 1), Baseline, "RSA 2048", []Code{RSAExponentTiny, RSAExponentSmall}},
		{"exponent 65538", rsaKey(2048, 65538), Baseline, "RSA 2048", []Code{RSAExponentEven}},
		{"P-224", &ecdsa.PublicKey{Curve: elliptic.P224()}, Baseline, "ECDSA P-224", []Code{CurveUnapproved}},
		{"P-521", &ecdsa.PublicKey{Curve: elliptic.P521()}, Baseline, "ECDSA P-521", []Code{}},
		{"Ed25519", ed25519.PublicKey(make([]byte, 32)), Baseline, "Ed25519", []Code{}},
		{"DSA", &dsa.PublicKey{Parameters: dsa.Parameters{P: power(2047)}}, Baseline, "DSA 2048", []Code{DSAKey}},
		{"unknown", nil, Baseline, "unknown", []Code{KeyUnknown}},
	}
	for _, x := range cases {
		c := describe(&x509.Certificate{SerialNumber: power(0), PublicKey: x.key})
		if got := c.PublicKey.String(); got != x.words {
			t.Errorf("%s is called %s", x.name, got)
		}
		if diff := cmp.Diff(x.want, codes(Key(c, x.profile))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
}

func rsaKey(bits uint, exponent int) *rsa.PublicKey {
	return &rsa.PublicKey{N: power(bits - 1), E: exponent}
}

func power(of uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), of) }
