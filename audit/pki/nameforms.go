package pki

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// SuffixesDate is the day of the embedded public suffix list.
const SuffixesDate = "2026-02-06"

// Defects of single subject alternative names.
const (
	WildcardBare         Code = "san_wildcard_bare"          // nothing but a wildcard
	WildcardMalformed    Code = "san_wildcard_malformed"     // a wildcard that isn't all of the left-most label
	WildcardPublicSuffix Code = "san_wildcard_public_suffix" // for every registrant under a public suffix
	LabelInvalid         Code = "san_label_invalid"          // no DNS name in preferred syntax
	Underscore           Code = "san_underscore"
	ReservedIP           Code = "san_reserved_ip"   // an address that the Internet doesn't route
	InternalName         Code = "san_internal_name" // a name outside the public DNS
)

// NameForms returns the defects of each subject alternative name by itself. What is no host name is neither
// internal nor public.
func NameForms(c *Certificate) []Defect {
	var defects []Defect
	for _, name := range c.DNSNames {
		for _, code := range nameForm(lower(name)) {
			defects = append(defects, Defect{code, fmt.Sprintf("%q %s", name, formWords[code])})
		}
	}
	for _, addr := range c.IPAddresses {
		if reserved(addr) {
			defects = append(defects, Defect{ReservedIP, addr.String() + " is an address that the Internet doesn't route"})
		}
	}
	return defects
}

var formWords = map[Code]string{
	WildcardBare:         "is nothing but a wildcard",
	WildcardMalformed:    "has a wildcard that isn't all of its left-most label",
	WildcardPublicSuffix: "covers a whole public suffix",
	LabelInvalid:         "is no DNS name in preferred syntax",
	Underscore:           "has an underscore, which no host name may have",
	InternalName:         "is a name outside the public DNS",
}

// nameForm returns the defects of a DNS name in lower case.
func nameForm(name string) (codes []Code) {
	host, wildcard := strings.CutPrefix(name, "*.")
	switch {
	case name == "*" || name == "*.":
		return []Code{WildcardBare}
	case strings.Contains(host, "*"):
		codes = append(codes, WildcardMalformed)
	}
	if !preferred(host) {
		codes = append(codes, LabelInvalid)
	}
	broken := len(codes) > 0
	if strings.Contains(host, "_") {
		codes = append(codes, Underscore)
	}
	switch {
	case broken:
	case internal(host):
		codes = append(codes, InternalName)
	case wildcard && publicSuffix(host):
		codes = append(codes, WildcardPublicSuffix)
	}
	return codes
}

// preferred reports whether a name has the syntax that RFC 5280, 4.2.1.6, asks for (RFC 1034, 3.5, and RFC 1123,
// 2.1): labels of 1 to 63 letters, digits and hyphens, no hyphen at their ends, 253 octets in all, no dot at its
// end, and no address. Wildcards and underscores are defects of their own and don't count here.
func preferred(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '*' {
				return false
			}
		}
	}
	return true
}

// internal reports whether a name lies outside the public DNS: under no top-level domain of the public suffix
// list, or under home.arpa, which is each home's own (RFC 8375).
func internal(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	if name == "home.arpa" || strings.HasSuffix(name, ".home.arpa") {
		return true
	}
	return !icann && !strings.Contains(suffix, ".")
}

// publicSuffix reports whether the names right below a domain belong to different registrants. What companies
// list as suffixes of their own may have wildcards: they are one registrant (CA/B BR 3.2.2.6).
func publicSuffix(domain string) bool {
	if suffix, icann := publicsuffix.PublicSuffix(domain); icann && suffix == domain {
		return true
	}
	below := "wildcard." + domain // the list has rules such as *.ck
	suffix, icann := publicsuffix.PublicSuffix(below)
	return icann && suffix == below
}
