package pki

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/publicsuffix"
)

func TestNameForms(t *testing.T) {
	cases := []struct {
		names string // separated by spaces
		want  []Code
	}{
		{"www.example.com WWW.EXAMPLE.COM *.example.com xn--bcher-kva.example.com 4.example.com a--b.example.com", []Code{}},
		{"*.github.io a.github.io *.s3.amazonaws.com", []Code{}}, // one registrant each
		{"com co.uk", []Code{}}, // unwise, but a host may have the name
		{"*", []Code{WildcardBare}},
		{"*.com", []Code{WildcardPublicSuffix}},
		{"*.CO.UK", []Code{WildcardPublicSuffix}},
		{"*.kawasaki.jp", []Code{WildcardPublicSuffix}}, // by the list's rule *.kawasaki.jp
		{"*.city.kawasaki.jp", []Code{}},                // by its exception
		{"hello.*.co.uk", []Code{WildcardMalformed}},
		{"w*.example.com", []Code{WildcardMalformed}},
		{"*w.example.com", []Code{WildcardMalformed}},
		{"**.example.com", []Code{WildcardMalformed}},
		{"*.*.example.com", []Code{WildcardMalformed}},
		{".example.com", []Code{LabelInvalid}},
		{"*..example.com", []Code{LabelInvalid}},
		{"a..example.com", []Code{LabelInvalid}},
		{"example.com.", []Code{LabelInvalid}},
		{"hell,o.com.uk", []Code{LabelInvalid}},
		{"-a.example.com", []Code{LabelInvalid}},
		{"a-.example.com", []Code{LabelInvalid}},
		{"https://a.example.com", []Code{LabelInvalid}},
		{strings.Repeat("a", 63) + ".example.com", []Code{}},
		{strings.Repeat("a", 64) + ".example.com", []Code{LabelInvalid}},
		{strings.Repeat("a.", 125) + "com", []Code{}},
		{strings.Repeat("a.", 126) + "com", []Code{LabelInvalid}},
		{"93.184.216.34", []Code{LabelInvalid}},
		{"_a.example.com", []Code{Underscore}},
		{"a_b.local", []Code{InternalName, Underscore}},
		{"localhost", []Code{InternalName}},
		{"*.default.svc.cluster.local", []Code{InternalName}},
		{"*.local", []Code{InternalName}},
		{"nas.home.arpa", []Code{InternalName}},
		{"db.internal", []Code{InternalName}},
	}
	for _, x := range cases {
		c := &Certificate{DNSNames: strings.Fields(x.names)}
		if diff := cmp.Diff(x.want, codes(NameForms(c))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.names, diff)
		}
	}
	if found := codes(NameForms(&Certificate{DNSNames: []string{""}})); !cmp.Equal(found, []Code{LabelInvalid}) {
		t.Errorf("no name: %v", found)
	}
}

func TestReserved(t *testing.T) {
	for _, addr := range strings.Fields("10.1.2.3 172.31.0.1 192.168.0.1 127.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 " +
		"198.51.100.1 203.0.113.1 198.19.0.1 224.0.0.1 255.255.255.255 :: ::1 fe80::1 fd00::1 2001:db8::1 ff02::1 fec0::1 100::1") {
		if !reserved(netip.MustParseAddr(addr)) {
			t.Errorf("%s is reserved", addr)
		}
	}
	for _, addr := range strings.Fields("63.138.85.74 172.32.0.1 100.128.0.1 1.1.1.1 2606:4700:4700::1111 2a00:1450::1 64:ff9b::808:808") {
		if reserved(netip.MustParseAddr(addr)) {
			t.Errorf("%s isn't reserved", addr)
		}
	}
}

// TestSuffixesDate holds the date that reports print to what the module says of its list.
func TestSuffixesDate(t *testing.T) {
	if version := publicsuffix.List.String(); !strings.Contains(version, "("+SuffixesDate+"T") {
		t.Errorf("the list is %s, not of %s", version, SuffixesDate)
	}
}
