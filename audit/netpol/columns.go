package netpol

import (
	"net/netip"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// Columns is what each engine says about one Pod in one direction, and what all of them amount to.
type Columns struct {
	// ByNetworkPolicy is what [Isolation.Column] says.
	ByNetworkPolicy Column `json:"byNetworkPolicy"`

	// ByAdminTiers is what the admin policies would keep out without any NetworkPolicy: Restricted if something, None
	// if nothing. They isolate no Pod: what they don't decide is allowed.
	ByAdminTiers Column `json:"byAdminTiers"`

	// Effective is what all policies amount to, those of Cilium and Calico too, and Cilium's setting to isolate every
	// Pod, which no policy of SelectedBy stands for. An admin policy may open what NetworkPolicies close, and close
	// what they open.
	Effective Column `json:"effective"`
}

// A summary is columns, made when they are first asked for.
type summary struct {
	once    sync.Once
	columns Columns
}

// Columns returns what the policies say about the Pod at an index of [Cluster.Pods].
func (r *Reachability) Columns(pod int, d Direction) Columns {
	class := r.class(pod)
	return class.gates[d].columns(class)
}

// columns returns the columns of a class behind the gate; all that have the same families share them.
func (g *gate) columns(of *class) Columns {
	if of.hostNetwork {
		c := Column{Verdict: NotCoverable}
		return Columns{c, c, c}
	}
	known := &g.summed[of.families]
	known.once.Do(func() { known.columns = g.sum(of) })
	return known.columns
}

func (g *gate) sum(of *class) Columns {
	c := Columns{ByNetworkPolicy: of.decide(g.statements, g.direction).Column}
	for _, e := range g.edicts {
		c.ByAdminTiers.SelectedBy = append(c.ByAdminTiers.SelectedBy, e.ref)
	}
	c.ByAdminTiers.Verdict = None
	if len(g.edicts)+len(g.cilium)+len(g.calico)+len(g.unread) == 0 && !g.always {
		c.Effective = c.ByNetworkPolicy
		return c
	}
	admin := gate{direction: g.direction, edicts: g.edicts}
	var named []Port
	if g.direction == Ingress {
		named = of.ports
	}
	admin.build(named)
	c.ByAdminTiers.Verdict = admin.judge(of, None)
	c.Effective.SelectedBy = append(append(c.Effective.SelectedBy, c.ByAdminTiers.SelectedBy...), c.ByNetworkPolicy.SelectedBy...)
	open, isolated := None, len(g.statements) > 0 || g.always
	for _, s := range g.cilium {
		isolated = isolated || s.sides[g.direction].denies
		if !slices.Contains(c.Effective.SelectedBy, s.ref) {
			c.Effective.SelectedBy = append(c.Effective.SelectedBy, s.ref)
		}
	}
	for _, m := range g.calico {
		isolated = isolated || !m.unsure && m.tier.rest == deny
		c.Effective.SelectedBy = append(c.Effective.SelectedBy, m.ref)
	}
	for _, u := range g.unread {
		c.Effective.SelectedBy = append(c.Effective.SelectedBy, u.PolicyRef)
	}
	if isolated {
		open = Open
	}
	c.Effective.Verdict = g.judge(of, open)
	return c
}

// judge says whether the gate keeps anything out: any address outside, or a Pod that may come at any address, that no
// selector names, or only those of one rule, or one with labels that some selector of Calico's tells from others. To
// look into connections keeps none out. What is in doubt counts where it matters: where all else is let pass. Of
// an admin policy that can't be understood it isn't known either whether any of it is in force.
func (g *gate) judge(of *class, open Verdict) Verdict {
	verdict := open
	unclear := slices.ContainsFunc(g.edicts, func(e *edict) bool { return len(e.problems) > 0 })
	judge := func(p *peer) {
		f := g.toward(p, podsByAddress, nil)
		switch {
		case unclear && !f.doubtful.Empty():
			verdict = Indeterminate
		case unclear && verdict == Indeterminate:
		case !f.allowed.union(f.doubtful).Everything():
			verdict = Restricted
		case !f.allowed.union(f.inspected).Everything() && verdict != Restricted:
			verdict = Indeterminate
		}
	}
	imagined, blocks, seen := g.imagined(), g.blocks(), map[string]bool{}
	var text []byte
	for _, span := range g.spans(familyRanges(of.families)) {
		text = alike(text[:0], blocks, span.first)
		if seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		judge(&peer{span: span})
		for _, p := range imagined {
			p.span = span
			judge(&p)
		}
	}
	return verdict
}

// blocks returns the addresses that each of the gate's rules speaks of.
func (g *gate) blocks() [][]addressRange {
	var all [][]addressRange
	seen := map[*entity]bool{}
	for i := range g.stages {
		for _, f := range g.stages[i].filters {
			switch {
			case f.entity == nil && len(f.addresses) > 0:
				all = append(all, normalized(slices.Clone(f.addresses)))
			case f.entity != nil && !seen[f.entity]:
				seen[f.entity] = true
				all = append(all, f.entity.addresses, f.entity.within)
			}
		}
	}
	return all
}

// alike appends a text that is the same for addresses of a family that no block tells apart.
func alike(text []byte, blocks [][]addressRange, a netip.Addr) []byte {
	text = append(text, byte(familyOf(a)))
	for _, b := range blocks {
		text = append(text, byte(holdsSorted(b, a)))
	}
	return text
}

// imagined returns Pods that the gate's rules may tell apart, each with the named ports that rules for egress mention
// and without.
func (g *gate) imagined() []peer {
	all := []peer{{imagined: true}}
	var named []Port
	var numbers Connections
	for i := range g.stages {
		for j := range g.stages[i].filters {
			f := &g.stages[i].filters[j]
			if len(f.pods) > 0 {
				all = append(all, peer{imagined: true, only: f.rule})
			}
			if !f.ports.every {
				numbers = numbers.union(f.on)
			}
			for _, n := range f.ports.names {
				named = append(named, Port{Name: n.name, Protocol: n.protocol})
			}
		}
	}
	for _, labels := range g.samples() {
		all = append(all, peer{imagined: true, labels: labels})
	}
	if g.direction == Ingress || named == nil {
		return all
	}
	free := int32(firstPort)
	for free < lastPort && slices.ContainsFunc(protocols[:], func(p corev1.Protocol) bool { return numbers.Allows(p, free) }) {
		free++
	}
	for i := range named {
		named[i].Number = free
	}
	for _, p := range all {
		p.ports = named
		all = append(all, p)
	}
	return all
}

// samples returns labels that Calico's selectors of peers tell apart, one by one and two by two: not all that could.
func (g *gate) samples() []sample {
	var all []sample
	seen := map[*entity]bool{}
	for i := range g.stages {
		for _, f := range g.stages[i].filters {
			if f.entity == nil || seen[f.entity] || len(all) >= mostPairs {
				continue
			}
			seen[f.entity] = true
			for _, e := range []*expression{f.entity.labels, f.entity.excluded} {
				if e != nil {
					all = append(append(all, e.samples(true)...), e.samples(false)...)
				}
			}
		}
	}
	return append(all, merged(all, all, mostPairs)...)
}
