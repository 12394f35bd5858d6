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

// OverlapsPrivate reports whether private addresses are among those of a range, by RFC 1918,
// RFC 4193 and the configured ranges.
func (f *Facts) OverlapsPrivate(p netip.Prefix) bool {
	return f.IsPrivate(p) || slices.ContainsFunc(privateRanges, func(r netip.Prefix) bool { return r.Addr().IsPrivate() && r.Overlaps(p) }) ||
		slices.ContainsFunc(f.Config.Network.PrivateRanges, func(text string) bool {
			r, err := netip.ParsePrefix(text)
			return err == nil && r.Overlaps(p)
		})
}

// IsPrivate reports whether all addresses of a range are private.
func (f *Facts) IsPrivate(p netip.Prefix) bool {
	return f.PrivacyOf(p.Masked().Addr()) == PrivateAddress && f.PrivacyOf(lastOf(p)) == PrivateAddress
}

// lastOf returns the last address of a range.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// PrivacyOf says how private an address is, by the RFCs, the configured ranges and those that the
// provider keeps (table platforms).
func (f *Facts) PrivacyOf(a netip.Addr) Privacy {
	a = a.Unmap()
	for _, p := range privateRanges {
		if p.Contains(a) {
			return PrivateAddress
		}
	}
	for _, text := range f.Config.Network.PrivateRanges {
		if p, err := netip.ParsePrefix(text); err == nil && p.Contains(a) {
			return PrivateAddress
		}
	}
	if Platforms.keeps(f.Snapshot, a) {
		return PrivateAddress
	}
	if sharedRange.Contains(a) || a.Is6() {
		return UnclearAddress
	}
	return PublicAddress
}
