package netpol

import (
	"fmt"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// An addressRange is a range of addresses of one family, both ends included.
type addressRange struct{ first, last netip.Addr }

// A family is a set of IP families.
type family uint8

const (
	ipv4 family = 1 << iota
	ipv6
)

// whole is the range of every address of each family.
var whole = map[family]addressRange{
	ipv4: rangeOf(netip.MustParsePrefix("0.0.0.0/0")),
	ipv6: rangeOf(netip.MustParsePrefix("::/0")),
}

func familyOf(a netip.Addr) family {
	if a.Is4() {
		return ipv4
	}
	return ipv6
}

// readBlock returns the addresses of an ipBlock, in order, under the rules of ValidateIPBlock. Leading zeros and
// IPv4-mapped prefixes are refused too, although old API servers took them: network plugins read them
// differently.
func readBlock(block *networkingv1.IPBlock, wrong report) []addressRange {
	prefix, err := readPrefix(block.CIDR)
	if err != nil {
		wrong(".ipBlock.cidr", err.Error())
		return nil
	}
	excepts := make([]addressRange, len(block.Except))
	for i, text := range block.Except {
		except, err := readPrefix(text)
		if err == nil && (except.Bits() <= prefix.Bits() || !prefix.Contains(except.Addr())) {
			err = fmt.Errorf("%s is not a strict subset of %s", text, block.CIDR)
		}
		if err != nil {
			wrong(fmt.Sprintf(".ipBlock.except[%d]", i), err.Error())
			return nil
		}
		excepts[i] = rangeOf(except)
	}
	return without(rangeOf(prefix), excepts)
}

func readPrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return prefix, fmt.Errorf("%q is not an IP network", text)
	case prefix.Addr().Is4In6():
		return prefix, fmt.Errorf("%q is an IPv4 network written as IPv6, which plugins read differently", text)
	}
	return prefix.Masked(), nil
}

// rangeOf returns the addresses of a masked prefix.
func rangeOf(prefix netip.Prefix) addressRange {
	octets := prefix.Addr().AsSlice()
	for i := range octets {
		if free := 8*(i+1) - prefix.Bits(); free > 0 {
			octets[i] |= byte(1<<min(free, 8) - 1)
		}
	}
	last, _ := netip.AddrFromSlice(octets)
	return addressRange{prefix.Addr(), last}
}

// without returns the parts of r that none of the excepts covers, in order.
func without(r addressRange, excepts []addressRange) []addressRange {
	slices.SortFunc(excepts, func(a, b addressRange) int { return a.first.Compare(b.first) })
	var parts []addressRange
	next := r.first
	for _, except := range excepts {
		if next.Less(except.first) {
			parts = append(parts, addressRange{next, except.first.Prev()})
		}
		if !except.last.Less(r.last) {
			return parts
		}
		if !except.last.Less(next) {
			next = except.last.Next()
		}
	}
	return append(parts, addressRange{next, r.last})
}

// covers reports whether ranges together, in any order, hold every address of the families. It sorts them.
func covers(ranges []addressRange, families family) bool {
	slices.SortFunc(ranges, func(a, b addressRange) int { return a.first.Compare(b.first) })
	for _, f := range []family{ipv4, ipv6} {
		if families&f != 0 && !coversWhole(ranges, f) {
			return false
		}
	}
	return true
}

func coversWhole(sorted []addressRange, f family) bool {
	next, last := whole[f].first, whole[f].last
	for _, r := range sorted {
		if familyOf(r.first) != f || r.last.Less(next) {
			continue
		}
		if next.Less(r.first) {
			return false
		}
		if r.last == last {
			return true
		}
		next = r.last.Next()
	}
	return false
}

// parseAddress returns a lone address as a network.
func parseAddress(text string) (string, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return "", fmt.Errorf("%q is not an IP address", text)
	}
	return netip.PrefixFrom(a, a.BitLen()).String(), nil
}

// readNets reads networks and lone addresses. What is wrong is reported and left out.
func readNets(texts []string, path string, wrong report) []addressRange {
	var ranges []addressRange
	for i, text := range texts {
		if network, err := parseAddress(text); err == nil {
			text = network
		}
		prefix, err := readPrefix(text)
		if err != nil {
			wrong(fmt.Sprintf("%s[%d]", path, i), err.Error())
			continue
		}
		ranges = append(ranges, rangeOf(prefix))
	}
	return ranges
}

// normalized returns ranges sorted, those that overlap or touch as one. It sorts in place.
func normalized(ranges []addressRange) []addressRange {
	slices.SortFunc(ranges, func(a, b addressRange) int { return a.first.Compare(b.first) })
	joined := ranges[:0]
	for _, r := range ranges {
		if n := len(joined); n > 0 {
			before := &joined[n-1]
			if familyOf(before.first) == familyOf(r.first) && (!before.last.Less(r.first) || before.last.Next() == r.first) {
				if before.last.Less(r.last) {
					before.last = r.last
				}
				continue
			}
		}
		joined = append(joined, r)
	}
	return joined
}

// holdsSorted reports whether ranges that are normalized hold an address.
func holdsSorted(ranges []addressRange, a netip.Addr) match {
	i, found := slices.BinarySearchFunc(ranges, a, func(r addressRange, a netip.Addr) int { return r.first.Compare(a) })
	if found || i > 0 && !ranges[i-1].last.Less(a) && familyOf(ranges[i-1].first) == familyOf(a) {
		return yes
	}
	return no
}

// intersected returns the addresses that are in some of both, sorted.
func intersected(some, others []addressRange) []addressRange {
	var both []addressRange
	for _, a := range some {
		for _, b := range others {
			if familyOf(a.first) != familyOf(b.first) || a.last.Less(b.first) || b.last.Less(a.first) {
				continue
			}
			r := a
			if r.first.Less(b.first) {
				r.first = b.first
			}
			if b.last.Less(r.last) {
				r.last = b.last
			}
			both = append(both, r)
		}
	}
	slices.SortFunc(both, func(a, b addressRange) int { return a.first.Compare(b.first) })
	return slices.Compact(both)
}

// subtracted returns the addresses of some that are in none of others.
func subtracted(some, others []addressRange) []addressRange {
	var left []addressRange
	for _, r := range some {
		left = append(left, without(r, intersected(others, []addressRange{r}))...)
	}
	return left
}
