package netpol

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
)

// fillOutside gives each group its borders. Gates that say the same to the outside have one between them.
func (b *builder) fillOutside() {
	known := map[string]int32{}
	for _, d := range Directions {
		b.Matrix.outside[d] = make([]int32, len(b.members))
		for i, members := range b.members {
			var text []byte
			representative := map[string]*class{}
			for _, m := range members {
				part := binary.BigEndian.AppendUint32([]byte{byte(m.class.families)}, uint32(b.gateIDs[m.class.gates[d]]))
				if representative[string(part)] == nil {
					representative[string(part)] = m.class
				}
			}
			var classes []*class
			for _, part := range slices.Sorted(maps.Keys(representative)) {
				text = append(text, part...)
				classes = append(classes, representative[part])
			}
			id, ok := known[string(text)]
			if !ok {
				id = int32(len(b.borders))
				known[string(text)] = id
				b.borders = append(b.borders, borderOf(classes, d))
			}
			b.Matrix.outside[d][i] = id
		}
	}
}

// borderOf sums up what is allowed between classes and the outside.
func borderOf(classes []*class, d Direction) Border {
	var border Border
	var sum tally
	for _, within := range familyRanges(ipv4 | ipv6) {
		for _, r := range spansOf(classes, d, within) {
			var t tally
			for _, c := range classes {
				if c.families&familyOf(r.first) != 0 {
					f := c.gates[d].toward(&peer{span: r}, podsByAddress, nil)
					p := Path{Allowed: f.allowed, Indeterminate: f.doubtful}
					t.add(&p)
					sum.add(&p)
				}
			}
			border.add(r, t.cell)
		}
	}
	border.Access = sum.sum().Access
	return border
}

// OutsideGrounds returns why something is allowed between the group at an index and addresses outside the cluster:
// rules of the group's policies, or Pods of it that aren't isolated.
func (m *Matrix) OutsideGrounds(group int, d Direction, addresses AddressRange) Grounds {
	var g Grounds
	within := addressRange{addresses.First, addresses.Last}
	asked := map[*gate]bool{}
	for _, member := range m.members[group] {
		c := member.class
		gate := c.gates[d]
		if c.families&familyOf(within.first) == 0 || asked[gate] {
			continue
		}
		asked[gate] = true
		open := false
		for _, r := range spansOf([]*class{c}, d, within) {
			p := &peer{span: r}
			open = g.add(gate, p, gate.toward(p, podsByAddress, nil).allowed) || open
		}
		g.OpenEgress = g.OpenEgress || open && d == Egress
		g.OpenIngress = g.OpenIngress || open && d == Ingress
	}
	slices.SortFunc(g.Rules, Rule.Compare)
	g.Rules = slices.Compact(g.Rules)
	return g
}

func spansOf(classes []*class, d Direction, within addressRange) []addressRange {
	var bounds []netip.Addr
	for _, c := range classes {
		bounds = c.gates[d].appendBounds(bounds)
	}
	slices.SortFunc(bounds, netip.Addr.Compare)
	return cut([]addressRange{within}, slices.Compact(bounds))
}

func (b *Border) add(r addressRange, c Cell) {
	if c.Allowed.Empty() && c.Indeterminate.Empty() {
		return
	}
	if n := len(b.Ranges); n > 0 {
		last := &b.Ranges[n-1]
		if last.Addresses.Last.Next() == r.first && last.Allowed.Equal(c.Allowed) && last.Indeterminate.Equal(c.Indeterminate) {
			last.Addresses.Last = r.last
			return
		}
	}
	b.Ranges = append(b.Ranges, BorderRange{AddressRange{r.first, r.last}, c.Allowed, c.Indeterminate})
}
