package pki

import (
	"net/netip"
	"strings"
)

// Covers reports whether a certificate is valid for a host: a DNS name, an IP address or, as Ingress rules and
// Gateway listeners have them, a wildcard. Only subject alternative names count, never the common name
// (RFC 9525, 6.3 and appendix A). An address is covered by an IP name only.
func Covers(c *Certificate, host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		for _, ip := range c.IPAddresses {
			if ip == addr.Unmap() {
				return true
			}
		}
		return false
	}
	for _, name := range c.DNSNames {
		if HostMatches(name, host) {
			return true
		}
	}
	return false
}

// HostMatches reports whether a pattern, a DNS name whose left-most label may be a wildcard, matches a host.
// The wildcard stands for exactly one label and must be all of it (RFC 9525, 6.3); a host that is a wildcard
// itself is matched by the identical pattern only. Case and the host's trailing dot don't count.
func HostMatches(pattern, host string) bool {
	pattern, host = lower(pattern), lower(strings.TrimSuffix(host, "."))
	if pattern == "" || host == "" {
		return false
	}
	if pattern == host {
		return !strings.Contains(strings.TrimPrefix(host, "*."), "*")
	}
	parent, ok := strings.CutPrefix(pattern, "*.")
	if !ok {
		return false
	}
	label, rest, _ := strings.Cut(host, ".")
	return label != "" && label != "*" && rest != "" && rest == parent && !strings.Contains(parent, "*")
}

// lower lowers ASCII letters, the only ones in which DNS names ignore case (RFC 4343).
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}
