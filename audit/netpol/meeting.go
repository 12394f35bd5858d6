package netpol

import "net/netip"

// directPairs is how many pairs of classes are looked at one by one rather than in a meeting. It divides the work and
// changes no answer. Tests lower it.
var directPairs = 256

// tileSize is how many pairs of classes a meeting holds at a time, at a few bytes each. Tests lower it.
var tileSize = 4 << 20

// A meeting is every class of one crowd with every class of another. What passes between two of them depends on how each
// one's gate sees the other, and what gates let pass is of few kinds: those that occur together are all that is summed
// up.
type meeting struct {
	from, to []member
	wide     bool
	same     bool // both are one group, in which a Pod doesn't meet itself

	atoms []netip.Addr // see [Reachability]

	ids   map[string]int32
	flows [][2]flow // by reading: by address, by selector
}

// pairs calls either visit, for each two kinds of flow that occur together: out of a class, and into another.
func (m *meeting) pairs(visit func(out, in int32)) {
	m.tiles(func(first int, out, in []*view) {
		n := len(m.flows)
		seen := make([]uint64, (n*n+63)/64)
		for i, o := range out {
			for j, v := range in {
				if m.alone(first+i, j) {
					continue
				}
				at := int(o.flow[o.group[j]])*n + int(v.flow[v.group[i]])
				if seen[at/64]&(1<<(at%64)) == 0 {
					seen[at/64] |= 1 << (at % 64)
					visit(int32(at/n), int32(at%n))
				}
			}
		}
	})
}

// alone reports whether two classes are one that has a single Pod.
func (m *meeting) alone(from, to int) bool { return m.same && from == to && m.from[from].pods == 1 }

// tiles calls visit with some classes of the source at a time, from first on: how the gate of each sees all of the
// destination, and how the gates of all of that see them.
func (m *meeting) tiles(visit func(first int, out, in []*view)) {
	if m.ids == nil {
		m.ids = map[string]int32{}
	}
	destination := newCrowd(m.to, m.wide, m.atoms)
	size := max(1, tileSize/max(1, len(m.to)))
	for first := 0; first < len(m.from); first += size {
		tile := m.from[first:min(first+size, len(m.from))]
		visit(first, m.views(tile, Egress, destination), m.views(m.to, Ingress, newCrowd(tile, m.wide, m.atoms)))
	}
}

// views returns how the gates of members see a crowd.
func (m *meeting) views(members []member, d Direction, c *crowd) []*view {
	known := map[*gate]*view{}
	views := make([]*view, len(members))
	for i := range members {
		g := members[i].class.gates[d]
		v := known[g]
		if v == nil {
			v = c.view(g)
			v.flow = make([]int32, len(v.of))
			for j := range v.of {
				v.flow[j] = m.flow(g, &v.of[j])
			}
			known[g] = v
		}
		views[i] = v
	}
	return views
}

// flow returns the number of what a gate lets pass, in both readings.
func (m *meeting) flow(g *gate, p *peer) int32 {
	f := g.toward(p, podsByAddress, nil)
	both := [2]flow{f, f}
	if g.addressed {
		both[1] = g.toward(p, podsBySelector, nil)
	}
	var text []byte
	for _, f := range both {
		text = appendConnections(appendConnections(text, f.allowed), f.doubtful)
	}
	id := numbered(m.ids, text)
	if int(id) == len(m.flows) {
		m.flows = append(m.flows, both)
	}
	return id
}

// path returns what two kinds of flow let pass together.
func (m *meeting) path(out, in int32) Path {
	o, i := m.flows[out], m.flows[in]
	p := both(o[0], i[0])
	p.DependsOnPlugin = p.Allowed.difference(both(o[1], i[1]).Allowed)
	return p
}

// grounds adds the reasons why something is allowed: each rule is asked once for each kind of flow that it meets.
func (m *meeting) grounds(into *Grounds) {
	m.tiles(func(first int, out, in []*view) {
		for i, o := range out {
			asked := make([]bool, len(o.of)*len(m.flows))
			for j, v := range in {
				k := int(o.group[j])*len(m.flows) + int(v.flow[v.group[i]])
				if !asked[k] && !m.alone(first+i, j) {
					asked[k] = true
					into.OpenEgress = into.addAllowed(o, o.group[j], m.path(o.flow[o.group[j]], v.flow[v.group[i]])) || into.OpenEgress
				}
			}
		}
		for j, v := range in {
			asked := make([]bool, len(v.of)*len(m.flows))
			for i, o := range out {
				k := int(v.group[i])*len(m.flows) + int(o.flow[o.group[j]])
				if !asked[k] && !m.alone(first+i, j) {
					asked[k] = true
					into.OpenIngress = into.addAllowed(v, v.group[i], m.path(o.flow[o.group[j]], v.flow[v.group[i]])) || into.OpenIngress
				}
			}
		}
	})
}

func (g *Grounds) addAllowed(v *view, group int32, p Path) (open bool) {
	return !p.Allowed.Empty() && g.add(v.gate, &v.of[group], p.Allowed)
}
