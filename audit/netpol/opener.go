package netpol

import (
	"encoding/binary"
	"slices"
)

// An opener makes the gates of classes. Classes that the same policies select, and whose named ports don't differ, share
// them.
type opener struct {
	*Reachability
	statements []*statement
	index      index
	cilium     map[string][]int              // by namespace, empty for those of the whole cluster
	calico     map[string][]*calicoStatement // by namespace, those of the whole cluster among them
	made       map[string]*gate
	key        []byte // of the gate in the making, reused
}

func (r *Reachability) open(statements []*statement) {
	o := &opener{Reachability: r, statements: statements, index: indexStatements(statements),
		cilium: map[string][]int{}, calico: map[string][]*calicoStatement{}, made: map[string]*gate{}}
	for i, s := range r.cilium {
		o.cilium[s.ref.Namespace] = append(o.cilium[s.ref.Namespace], i)
	}
	for _, class := range r.classes {
		selecting, over := o.index.selecting(class), r.over(class)
		for _, d := range Directions {
			class.gates[d] = o.gate(class, d, selecting, over)
		}
	}
}

// gate returns the gate of a class in one direction, given the policies of Kubernetes that select it.
func (o *opener) gate(class *class, d Direction, selecting []int32, over []int) *gate {
	g := &gate{direction: d}
	o.key = append(o.key[:0], byte(d))
	for _, i := range selecting {
		if s := o.statements[i]; s.sides[d].isolates {
			g.statements = append(g.statements, s)
			o.note(int(i) + 1)
		}
	}
	o.note(0)
	for _, i := range over {
		if e := o.edicts[i]; len(e.rules[d]) > 0 {
			g.edicts = append(g.edicts, e)
			o.note(i + 1)
		}
	}
	o.note(0)
	if !class.hostNetwork {
		o.addForeign(g, class)
	}
	var named []Port
	if d == Ingress && len(g.statements)+len(g.edicts)+len(g.cilium)+len(g.calico) > 0 {
		named = class.ports
		o.note(0)
		o.key = appendPorts(o.key, named)
	}
	if known, ok := o.made[string(o.key)]; ok {
		return known
	}
	g.build(named)
	o.made[string(o.key)] = g
	o.gates = append(o.gates, g)
	return g
}

func (o *opener) note(number int) { o.key = binary.BigEndian.AppendUint32(o.key, uint32(number)) }

// addForeign adds to a gate the policies of other engines that select a class.
func (o *opener) addForeign(g *gate, class *class) {
	d := g.direction
	g.always = o.always
	for _, i := range slices.Concat(o.cilium[""], o.cilium[class.namespace]) {
		s := o.Reachability.cilium[i]
		if side := &s.sides[d]; (side.denies || side.rules != nil) && s.subjects.matches(&peer{class: class}) {
			g.cilium = append(g.cilium, s)
			o.note(i + 1)
		}
	}
	o.note(0)
	for i := range o.unread {
		if u := &o.unread[i]; u.Namespace == "" || u.Namespace == class.namespace {
			g.unread = append(g.unread, u)
			o.note(i + 1)
		}
	}
	o.note(0)
	g.ladder = o.ladder
	g.calico = o.matchCalico(class, d, o.calicoIn(class.namespace))
	for _, m := range g.calico {
		o.note(m.rank + 1)
		o.key = append(o.key, byte(yes))
		if m.unsure {
			o.key[len(o.key)-1] = byte(maybe)
		}
		for _, local := range m.local {
			o.key = append(o.key, byte(local))
		}
	}
}

// calicoIn returns the policies of Calico that may select Pods of a namespace, in order.
func (o *opener) calicoIn(namespace string) []*calicoStatement {
	candidates, ok := o.calico[namespace]
	if !ok {
		for _, s := range o.Reachability.calico {
			if s.ref.Namespace == "" || s.ref.Namespace == namespace {
				candidates = append(candidates, s)
			}
		}
		o.calico[namespace] = candidates
	}
	return candidates
}
