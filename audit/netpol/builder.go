package netpol

import (
	"encoding/binary"
	"slices"
)

// A builder fills a matrix. What most groups let pass doesn't depend on which of the other groups they meet, only
// on the kinds of Pods there: those that no rule which speaks to many namespaces, or to all, tells apart. Groups are
// reduced to shapes by that, and pairs of shapes are few. The pairs of groups of which one's rules name the other's
// namespace are looked at one by one.
type builder struct {
	*Matrix
	ids     map[string]int32 // of texts that stand for gates, kinds and shapes
	cellIDs map[string]int32
	gateIDs map[*gate]int32
	kindIDs map[*class]int32
	terms   map[podPeer]int32 // peers with a wide selector, whatever namespace they are written in
	byLabel map[label][]podPeer
	others  []podPeer // terms that ask for no label by its value

	entities      map[*entity]int32               // of Calico, that may mean Pods of any namespace
	entitiesBy    map[string]map[string][]*entity // by a label that they ask for
	otherEntities []*entity
}

// id returns the number of a text, counting from 0 in the order in which they come.
func (b *builder) id(text []byte) int32 {
	return numbered(b.ids, text)
}

// fillCommon gives each group its shapes and each two shapes their cell.
func (b *builder) fillCommon() {
	b.gateIDs, b.kindIDs = map[*gate]int32{}, map[*class]int32{}
	b.collectTerms()
	for _, g := range b.r.gates {
		b.gateIDs[g] = b.id(b.gateText(g))
	}
	for _, c := range b.r.classes {
		b.kindIDs[c] = b.id(b.kindText(c))
	}
	var shapes [2]map[int32][]int // by Direction, of each shape: the groups that have it
	for _, d := range Directions {
		shapes[d] = map[int32][]int{}
		b.outer[d] = make([]int32, len(b.members))
		for i, members := range b.members {
			parts := make([][2]int32, len(members))
			for j, m := range members {
				parts[j] = [2]int32{b.gateIDs[m.class.gates[d]], b.kindIDs[m.class]}
			}
			slices.SortFunc(parts, func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
			text := []byte("shape")
			for _, part := range slices.Compact(parts) {
				text = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(text, uint32(part[0])), uint32(part[1]))
			}
			b.outer[d][i] = b.id(text)
			shapes[d][b.outer[d][i]] = append(shapes[d][b.outer[d][i]], i)
		}
	}
	for out, sources := range shapes[Egress] {
		for in, destinations := range shapes[Ingress] {
			from, to := sources[0], destinations[0]
			if from == to && len(sources)+len(destinations) == 2 {
				continue // itself only, which is special
			}
			b.common[[2]int32{out, in}] = b.cell(&meeting{from: b.members[from], to: b.members[to], wide: true, atoms: b.r.atoms})
		}
	}
}

// fillSpecial gives each two groups of which one's rules name the other's namespace their cell, and each group and
// itself.
func (b *builder) fillSpecial() {
	groupsIn := map[string][]int32{}
	for i, members := range b.members {
		seen := map[string]bool{}
		for _, m := range members {
			if ns := m.class.namespace; !seen[ns] {
				seen[ns] = true
				groupsIn[ns] = append(groupsIn[ns], int32(i))
			}
		}
	}
	for i, members := range b.members {
		b.pair(int32(i), int32(i))
		seen := map[*gate]bool{}
		for _, m := range members {
			for d, g := range m.class.gates {
				if seen[g] {
					continue
				}
				seen[g] = true
				for _, namespace := range b.named(g) {
					for _, other := range groupsIn[namespace] {
						if Direction(d) == Egress {
							b.pair(int32(i), other)
						} else {
							b.pair(other, int32(i))
						}
					}
				}
			}
		}
	}
}

// named returns the namespaces that the rules of a gate name, some perhaps more than once.
func (b *builder) named(g *gate) []string {
	var names []string
	for i := range g.stages {
		for _, f := range g.stages[i].filters {
			if f.entity != nil && f.entity.narrow {
				names = append(names, f.entity.spaces...)
			}
			for _, p := range f.pods {
				switch {
				case p.namespaces == nil:
					names = append(names, p.namespace)
				case !p.namespaces.wide:
					names = append(names, b.r.narrow[p.namespaces]...)
				}
			}
		}
	}
	return names
}

func (b *builder) pair(from, to int32) {
	at := [2]int32{from, to}
	if _, ok := b.special[at]; ok {
		return
	}
	b.special[at] = b.cell(&meeting{from: b.members[from], to: b.members[to], same: from == to, atoms: b.r.atoms})
}

// cell sums up a meeting: pair by pair, or by kinds of flow where that would be many.
func (b *builder) cell(m *meeting) int32 {
	return b.cellOf(func(t *tally) {
		if len(m.from)*len(m.to) > directPairs {
			m.pairs(func(out, in int32) {
				p := m.path(out, in)
				t.add(&p)
			})
			return
		}
		for i, s := range m.from {
			for j, d := range m.to {
				if !m.alone(i, j) {
					p := between(s.class, d.class, m.wide)
					t.add(&p)
				}
			}
		}
	})
}

// cellOf returns the number of a cell that is summed up; equal cells have one.
func (b *builder) cellOf(add func(*tally)) int32 {
	var t tally
	add(&t)
	c := t.sum()
	text := []byte{byte(c.Access), 0}
	if c.Uniform {
		text[1] = 1
	}
	for _, set := range []Connections{c.Allowed, c.Indeterminate, c.DependsOnPlugin} {
		text = appendConnections(text, set)
	}
	id, ok := b.cellIDs[string(text)]
	if !ok {
		id = int32(len(b.cells))
		b.cellIDs[string(text)] = id
		b.cells = append(b.cells, c)
	}
	return id
}
