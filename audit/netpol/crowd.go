package netpol

import (
	"encoding/binary"
	"net/netip"
)

// A crowd is classes of Pods that gates look at. It finds those that a rule means without trying each.
type crowd struct {
	members  []member
	wide     bool // as in peer
	byLabel  map[label][]int32
	byKind   [][]int32           // members that no block tells apart by their addresses, nor by their families
	ports    []int32             // by member: of its named ports
	selected map[podPeer][]int32 // members, by what selects them
	meant    map[meaning][2][]int32
}

// A meaning is an entity in a rule that allows, or doesn't.
type meaning struct {
	*entity
	allows bool
}

func newCrowd(members []member, wide bool, atoms []netip.Addr) *crowd {
	c := &crowd{members: members, wide: wide, byLabel: map[label][]int32{}, selected: map[podPeer][]int32{}, meant: map[meaning][2][]int32{}}
	c.ports = make([]int32, len(members))
	ports, kinds := map[string]int32{}, map[string]int32{}
	for i, m := range members {
		for key, value := range m.class.labels {
			at := label{key, value}
			c.byLabel[at] = append(c.byLabel[at], int32(i))
		}
		text := []byte{byte(m.class.families)}
		for _, a := range m.class.addresses {
			text = binary.AppendUvarint(text, uint64(atomOf(atoms, a)))
		}
		kind := numbered(kinds, text)
		if int(kind) == len(c.byKind) {
			c.byKind = append(c.byKind, nil)
		}
		c.byKind[kind] = append(c.byKind[kind], int32(i))
		c.ports[i] = numbered(ports, appendPorts(nil, m.class.ports))
	}
	return c
}

// numbered returns the number of a text among those that are known, and makes it known.
func numbered(known map[string]int32, text []byte) int32 {
	id, ok := known[string(text)]
	if !ok {
		id = int32(len(known))
		known[string(text)] = id
	}
	return id
}

// selects returns the members that a peer of a rule selects.
func (c *crowd) selects(p podPeer) []int32 {
	if found, ok := c.selected[p]; ok {
		return found
	}
	found := []int32{}
	try := func(i int32) {
		if p.matches(&peer{class: c.members[i].class, wide: c.wide}) {
			found = append(found, i)
		}
	}
	l, ok := label{}, false
	if p.pods != nil {
		l, ok = p.pods.equality()
	}
	c.each(l, ok, try)
	c.selected[p] = found
	return found
}

// means returns the members that an entity means perhaps, and those that it means.
func (c *crowd) means(e *entity, allows bool) [2][]int32 {
	at := meaning{e, allows}
	if found, ok := c.meant[at]; ok {
		return found
	}
	var found [2][]int32
	l, ok := label{}, false
	if len(e.addresses) == 0 {
		l, ok = e.labels.equality(func(key string) bool { return !given(key) })
	}
	c.each(l, ok, func(i int32) {
		if m := e.matches(&peer{class: c.members[i].class, wide: c.wide}, allows); m != no {
			found[m-maybe] = append(found[m-maybe], i)
		}
	})
	c.meant[at] = found
	return found
}

// each visits the members that have a label, or all.
func (c *crowd) each(l label, ok bool, visit func(int32)) {
	if ok {
		for _, i := range c.byLabel[l] {
			visit(i)
		}
		return
	}
	for i := range c.members {
		visit(int32(i))
	}
}

// A view is how a gate sees a crowd: in groups of members that none of its rules tells apart.
type view struct {
	gate  *gate
	group []int32 // by member
	of    []peer  // of each group, one
	flow  []int32 // of each group, see [meeting]
}

// view divides a crowd: first it is one group, and each rule divides the groups of which it means a part.
func (c *crowd) view(g *gate) *view {
	v := &view{gate: g, group: make([]int32, len(c.members))}
	n := int32(1)
	divide := func(members []int32) {
		if len(members) == len(c.members) {
			return
		}
		moved := make([]int32, n)
		for _, i := range members {
			from := v.group[i]
			if moved[from] == 0 {
				moved[from] = n
				n++
			}
			v.group[i] = moved[from]
		}
	}
	named := false
	for i := range g.stages {
		for j := range g.stages[i].filters {
			f := &g.stages[i].filters[j]
			named = named || g.direction == Egress && len(f.ports.names) > 0
			switch {
			case f.everywhere:
			case f.entity != nil:
				found := c.means(f.entity, f.action == allow)
				divide(found[0])
				divide(found[1])
			default:
				for _, p := range f.pods {
					divide(c.selects(p))
				}
				if len(f.addresses) > 0 && !f.outsideOnly {
					found := c.at(f)
					divide(found[0])
					divide(found[1])
				}
			}
		}
	}
	v.number(c, named)
	return v
}

// at returns the members whose addresses a rule means perhaps, and those whose it means.
func (c *crowd) at(f *filter) (found [2][]int32) {
	for _, alike := range c.byKind {
		if is := f.matchesAddress(c.members[alike[0]].class, podsByAddress); is != no {
			found[is-maybe] = append(found[is-maybe], alike...)
		}
	}
	return found
}

// number numbers the groups that are left without gaps, divided once more by named ports where these matter.
func (v *view) number(c *crowd, named bool) {
	known := map[[2]int32]int32{}
	last, lastID := [2]int32{-1, -1}, int32(-1)
	for i := range v.group {
		at := [2]int32{v.group[i], 0}
		if named {
			at[1] = c.ports[i]
		}
		if at != last {
			id, ok := known[at]
			if !ok {
				id = int32(len(v.of))
				known[at] = id
				v.of = append(v.of, peer{class: c.members[i].class, wide: c.wide})
			}
			last, lastID = at, id
		}
		v.group[i] = lastID
	}
}
