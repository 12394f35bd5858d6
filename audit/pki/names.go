package pki

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Defects of a certificate's names.
const (
	SANMissing Code = "san_missing"   // neither a DNS name nor an IP address among the alternative names
	CNOnly     Code = "cn_only"       // no alternative name, and a common name that looks like a host
	CNNotInSAN Code = "cn_not_in_san" // a common name that looks like a host, but isn't an alternative name
)

// Names returns the defects of a certificate's names, as a server presents them. A certificate that signs
// others needs none.
//
// A common name is compared only where some alternative name can match a host: where none can, no client
// accepts the certificate for any host, and that is the defect, whatever the common name says.
func Names(c *Certificate) []Defect {
	var hosts []string
	seen := map[string]bool{}
	for _, name := range c.CommonNames {
		if hostLike(name) && !seen[name] {
			seen[name] = true
			hosts = append(hosts, name)
		}
	}
	var defects []Defect
	if len(c.DNSNames)+len(c.IPAddresses) == 0 {
		defects = append(defects, Defect{SANMissing, "no DNS name or IP address among the subject alternative names"})
		for _, host := range hosts {
			defects = append(defects, Defect{CNOnly, fmt.Sprintf("host %q only as the common name, which clients ignore", host)})
		}
		return defects
	}
	if len(c.IPAddresses) == 0 && !slices.ContainsFunc(c.DNSNames, usable) {
		return nil
	}
	alternative := alternatives(c)
	for _, host := range hosts {
		if !alternative[canonical(host)] {
			defects = append(defects, Defect{CNNotInSAN, fmt.Sprintf("common name %q is not among the subject alternative names", host)})
		}
	}
	return defects
}

// alternatives returns the alternative names, in canonical form. A wildcard above a host isn't the host.
func alternatives(c *Certificate) map[string]bool {
	names := make(map[string]bool, len(c.DNSNames)+len(c.IPAddresses))
	for _, name := range c.DNSNames {
		names[lower(name)] = true
	}
	for _, addr := range c.IPAddresses {
		names[addr.String()] = true
	}
	return names
}

func canonical(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String()
	}
	return lower(host)
}

// hostLike reports whether a common name was meant as a host: an address, or a DNS name of two labels or more.
// "localhost", "Example CA" and the unspecified address aren't.
func hostLike(name string) bool {
	if addr, err := netip.ParseAddr(name); err == nil {
		return !addr.IsUnspecified()
	}
	return strings.Contains(name, ".") && usable(name)
}

// usable reports whether a DNS name can match a host: letters, digits, hyphens and underscores in labels of 1 to
// 63 octets (RFC 1034, 3.5; underscores are met in practice), a wildcard only as the left-most of two or more.
func usable(name string) bool {
	name = strings.TrimPrefix(name, "*.")
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, r := range label {
			letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
			if !letter && (r < '0' || r > '9') && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}
