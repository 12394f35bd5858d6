package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"testing"
)

func TestCovers(t *testing.T) {
	c := parsed(t, x509.Certificate{
		Subject:     pkix.Name{CommonName: "cn.example.com"},
		DNSNames:    []string{"example.com", "*.Example.com", "*", "a*.example.org", "www.*.example.net", "10.0.0.2", "*.*.example.org"},
		IPAddresses: []net.IP{{10, 0, 0, 1}, net.ParseIP("fd00::1")},
	}, testKey)
	cases := map[string]bool{
		"example.com":       true,
		"EXAMPLE.com.":      true,
		"a.example.com":     true,
		"*.example.com":     true, // an Ingress's wildcard needs the identical name
		"*.a.example.com":   false,
		"a.b.example.com":   false, // one label only
		".example.com":      false,
		"cn.example.net":    false,
		"*.com":             false,
		"*.example.org":     false,
		"localhost":         false, // a bare wildcard matches nothing
		"*":                 false,
		"ab.example.org":    false, // a wildcard must be a whole label
		"www.a.example.net": false,
		"x.y.example.org":   false,
		"":                  false,
		".":                 false,
		"10.0.0.1":          true,
		"::ffff:10.0.0.1":   true,
		"10.0.0.2":          false, // an address in a DNS name doesn't count
		"fd00:0::1":         true,
		"fd00::2":           false,
	}
	for host, want := range cases {
		if Covers(c, host) != want {
			t.Errorf("Covers(%q) = %t", host, !want)
		}
	}
	alone := parsed(t, x509.Certificate{Subject: pkix.Name{CommonName: "cn.example.com"}}, testKey)
	if Covers(alone, "cn.example.com") {
		t.Error("the common name covers a host")
	}
}
