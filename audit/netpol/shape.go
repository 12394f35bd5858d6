package netpol

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// collectTerms numbers the peers with a wide selector of namespaces.
func (b *builder) collectTerms() {
	b.terms, b.byLabel, b.entities = map[podPeer]int32{}, map[label][]podPeer{}, map[*entity]int32{}
	b.entitiesBy = map[string]map[string][]*entity{}
	for _, g := range b.r.gates {
		for i := range g.stages {
			for _, f := range g.stages[i].filters {
				for _, p := range f.pods {
					b.collectTerm(p)
				}
				if f.entity != nil && !f.entity.narrow {
					b.collectEntity(f.entity)
				}
			}
		}
	}
}

func (b *builder) collectTerm(p podPeer) {
	if p.namespaces == nil || !p.namespaces.wide {
		return
	}
	p.namespace = ""
	if _, ok := b.terms[p]; ok {
		return
	}
	b.terms[p] = int32(len(b.terms))
	if p.pods != nil {
		if l, ok := p.pods.equality(); ok {
			b.byLabel[l] = append(b.byLabel[l], p)
			return
		}
	}
	b.others = append(b.others, p)
}

// collectEntity numbers those whom Calico's rules mean in many namespaces, by their labels or by their addresses.
func (b *builder) collectEntity(e *entity) {
	if _, ok := b.entities[e]; ok {
		return
	}
	b.entities[e] = int32(len(b.entities))
	if len(e.addresses) == 0 {
		if l, ok := e.labels.equality(func(string) bool { return true }); ok {
			if b.entitiesBy[l.key] == nil {
				b.entitiesBy[l.key] = map[string][]*entity{}
			}
			b.entitiesBy[l.key][l.value] = append(b.entitiesBy[l.key][l.value], e)
			return
		}
	}
	b.otherEntities = append(b.otherEntities, e)
}

// gateText writes what a gate says to Pods whose namespace it doesn't name, so that equal gates have equal texts.
func (b *builder) gateText(g *gate) []byte {
	text := []byte{'g', byte(g.direction)}
	for i := range g.stages {
		s := &g.stages[i]
		text = append(text, 's', byte(s.rest))
		if s.union {
			text = append(text, 'u')
		}
		for j := range s.filters {
			text = b.appendFilter(text, g, &s.filters[j])
		}
	}
	return text
}

func (b *builder) appendFilter(text []byte, g *gate, f *filter) []byte {
	var terms []int32
	for _, p := range f.pods {
		p.namespace = ""
		if id, ok := b.terms[p]; ok {
			terms = append(terms, id)
		}
	}
	addresses := f.addresses
	if f.entity != nil {
		if id, ok := b.entities[f.entity]; ok {
			terms = []int32{int32(len(b.terms)) + id}
		} else {
			addresses = f.entity.addresses
		}
	}
	if !f.everywhere && terms == nil && len(addresses) == 0 && !f.unsurePods && !f.unsureOutside && !f.unsureHosts {
		return text
	}
	text = binary.AppendUvarint(append(text, 'f', byte(f.action), byte(f.may)), uint64(f.turn))
	for _, flag := range []bool{f.everywhere, f.literal, f.unsurePods, f.unsureOutside, f.unsureHosts, f.outsideOnly, f.entity != nil, f.adds, f.looks} {
		if flag {
			text = append(text, 1)
		} else {
			text = append(text, 0)
		}
	}
	slices.Sort(terms)
	text = binary.AppendUvarint(text, uint64(len(terms)))
	for _, t := range terms {
		text = binary.AppendUvarint(text, uint64(t))
	}
	text = binary.AppendUvarint(text, uint64(len(addresses)))
	for _, r := range addresses {
		text = appendString(appendString(text, string(r.first.AsSlice())), string(r.last.AsSlice()))
	}
	text = appendConnections(text, f.on)
	if g.direction == Ingress {
		return append(text, 0)
	}
	text = binary.AppendUvarint(text, uint64(len(f.ports.names)))
	for _, n := range f.ports.names {
		text = appendString(appendString(text, string(n.protocol)), n.name)
	}
	return text
}

func appendConnections(text []byte, c Connections) []byte {
	for _, ranges := range c.ranges {
		text = binary.AppendUvarint(text, uint64(len(ranges)))
		for _, r := range ranges {
			text = binary.AppendUvarint(binary.AppendUvarint(text, uint64(r.first)), uint64(r.last))
		}
	}
	return text
}

// kindText writes all that a rule which doesn't name the class's namespace can tell of it, so that classes of one
// kind have equal texts.
func (b *builder) kindText(c *class) []byte {
	text := appendPorts([]byte{'k', byte(c.families)}, c.ports)
	text = append(text, 0)
	for _, a := range c.addresses {
		text = binary.AppendUvarint(text, uint64(atomOf(b.r.atoms, a))+1)
	}
	text = append(text, 0)
	var terms []int32
	match := func(candidates []podPeer) {
		for _, p := range candidates {
			if (p.pods == nil || p.pods.matches(c.labels)) && p.namespaces.matches(c.space.labels) {
				terms = append(terms, b.terms[p])
			}
		}
	}
	match(b.others)
	for key, value := range c.labels {
		match(b.byLabel[label{key, value}])
	}
	slices.SortFunc(terms, cmp.Compare[int32])
	for _, t := range terms {
		text = binary.AppendUvarint(text, uint64(t))
	}
	return b.appendEntities(append(text, 0), c)
}

// appendEntities writes which of Calico's rules mean the class.
func (b *builder) appendEntities(text []byte, c *class) []byte {
	var meant []int32
	match := func(candidates []*entity) {
		for _, e := range candidates {
			p := &peer{class: c, wide: true}
			if by, all := e.matches(p, true), e.matches(p, false); by != no {
				meant = append(meant, b.entities[e]<<4|int32(by)<<2|int32(all))
			}
		}
	}
	match(b.otherEntities)
	for key, byValue := range b.entitiesBy {
		value, there := c.label(key)
		if c.hostNetwork {
			value, there = hostInterface{}.label(key)
		}
		switch there {
		case yes:
			match(byValue[value])
		case maybe:
			for _, candidates := range byValue {
				match(candidates)
			}
		}
	}
	slices.Sort(meant)
	for _, m := range meant {
		text = binary.AppendUvarint(text, uint64(m))
	}
	return text
}
