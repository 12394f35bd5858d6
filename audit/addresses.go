package audit

import (
	"net/netip"
	"slices"
)

// privateRanges are RFC 1918 and RFC 4193 (unique local addresses), and link-local ones.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
}

// sharedRange is the shared address space of RFC 6598: carriers' networks use it, and
// cloud providers do for Pods.
var sharedRange = netip.MustParsePrefix("100.64.0.0/10")

// A Privacy says how private an address is. The zero value is public.
type Privacy int

// How private an address is.
const (
	PublicAddress  Privacy = iota
	UnclearAddress         // shared address space, IPv6 global unicast: whether it is reachable isn't visible to the API
	PrivateAddress         // RFC 1918, RFC 4193, link-local, or a range that is configured or the provider's
)

// anyPrivate reports whether something is true of a private range: of the RFCs, a configured
// one, or one that the provider keeps (table platforms).
func (f *Facts) anyPrivate(is func(netip.Prefix) bool) bool {
	return slices.ContainsFunc(privateRanges, is) ||
		slices.ContainsFunc(f.Config.Network.PrivateRanges, func(text string) bool {
			r, err := netip.ParsePrefix(text)
			return err == nil && is(r)
		}) ||
		Platforms.keeps(f.Snapshot, is)
}

// OverlapsPrivate reports whether private addresses are among those of a range.
func (f *Facts) OverlapsPrivate(p netip.Prefix) bool { return f.anyPrivate(unmapped(p).Overlaps) }

// IsPrivate reports whether a range lies in a private one. One that only several of these hold
// together counts as not private.
func (f *Facts) IsPrivate(p netip.Prefix) bool {
	p = unmapped(p)
	return f.anyPrivate(func(r netip.Prefix) bool { return Within(p, r) })
}

// Within reports whether all addresses of a range are of a network.
func Within(p, network netip.Prefix) bool {
	return network.Bits() <= p.Bits() && network.Contains(p.Addr())
}

// unmapped returns a range of IPv4 addresses that is written as one of IPv6 (RFC 4291, section
// 2.5.5.2) as what it is.
func unmapped(p netip.Prefix) netip.Prefix {
	const before = 96 // bits
	if p.Addr().Is4In6() && p.Bits() >= before {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-before)
	}
	return p
}

// PrivacyOf says how private an address is.
func (f *Facts) PrivacyOf(a netip.Addr) Privacy {
	a = a.Unmap()
	if f.anyPrivate(func(r netip.Prefix) bool { return r.Contains(a) }) {
		return PrivateAddress
	}
	if sharedRange.Contains(a) || a.Is6() {
		return UnclearAddress
	}
	return PublicAddress
}
