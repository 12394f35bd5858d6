package pki

import (
	"net/netip"
	"slices"
)

// reservedNetworks are those that IANA's registries of special purposes say aren't globally reachable
// (iana-ipv4-special-registry and iana-ipv6-special-registry, 2025), and those that no unicast uses.
var reservedNetworks = func() (networks []netip.Prefix) {
	for _, network := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"224.0.0.0/4", "240.0.0.0/4",
		"2001:2::/48", "2001:10::/28", "2001:db8::/32", "3fff::/20",
	} {
		networks = append(networks, netip.MustParsePrefix(network))
	}
	return networks
}()

// Of IPv6 only these hold global unicast addresses (iana-ipv6-address-space, and RFC 6052 for NAT64).
var unicastNetworks = []netip.Prefix{netip.MustParsePrefix("2000::/3"), netip.MustParsePrefix("64:ff9b::/96")}

// reserved reports whether the Internet doesn't route an address.
func reserved(addr netip.Addr) bool {
	in := func(p netip.Prefix) bool { return p.Contains(addr) }
	return slices.ContainsFunc(reservedNetworks, in) || addr.Is6() && !slices.ContainsFunc(unicastNetworks, in)
}
