package netpol

import "slices"

// Sweeping is the policies of other engines than networking.k8s.io that select every Pod of a namespace that may come,
// whatever its labels. [Isolation.DefaultDeny] tells of the others.
type Sweeping struct {
	Denies   []PolicyRef // by default: alone they let nothing pass
	Isolates []PolicyRef // those, and what denies all that it doesn't allow, but may let something pass
}

// Sweeping returns, by direction and namespace, what selects every Pod.
func (r *Reachability) Sweeping() [2]map[string]Sweeping {
	all, sweeps := [2]map[string]Sweeping{{}, {}}, r.sweeps()
	add := func(to []PolicyRef, ref PolicyRef) []PolicyRef {
		if slices.Contains(to, ref) {
			return to
		}
		return append(to, ref)
	}
	for name, space := range r.spaces {
		anyPod := &class{namespace: name, space: space}
		for _, s := range slices.Concat(sweeps[""], sweeps[name]) {
			if !s.means(anyPod) {
				continue
			}
			of := all[s.direction][name]
			if of.Isolates = add(of.Isolates, s.ref); s.closed {
				of.Denies = add(of.Denies, s.ref)
			}
			all[s.direction][name] = of
		}
		for d := range all {
			slices.SortFunc(all[d][name].Denies, PolicyRef.Compare)
			slices.SortFunc(all[d][name].Isolates, PolicyRef.Compare)
		}
	}
	return all
}

// A sweep is a policy, or one rule of Cilium's, that selects Pods without a look at their own labels, and alone lets
// nothing pass, or denies what it doesn't allow.
type sweep struct {
	ref       PolicyRef
	direction Direction
	closed    bool // it lets nothing pass
	means     func(*class) bool
}

// sweeps returns those of all policies, by namespace; "" for those of the whole cluster.
func (r *Reachability) sweeps() map[string][]sweep {
	all := map[string][]sweep{}
	add := func(ref PolicyRef, g *gate, isolates bool, means func(*class) bool) {
		g.build(nil)
		closed := g.closed()
		if closed || isolates && g.judge(&class{families: ipv4 | ipv6}, Open) == Restricted {
			all[ref.Namespace] = append(all[ref.Namespace], sweep{ref, g.direction, closed, means})
		}
	}
	for _, d := range Directions {
		for _, e := range r.edicts {
			if !e.unsure && len(e.rules[d]) > 0 && (e.subjects == nil || e.subjects.everything()) {
				add(e.ref, &gate{direction: d, edicts: []*edict{e}}, false, func(c *class) bool {
					return e.namespaces == nil || e.namespaces.matches(c.space.labels)
				})
			}
		}
		for _, s := range r.cilium {
			if !s.unsure && s.sides[d].denies && (s.subjects.pods == nil || s.subjects.pods.everything()) {
				add(s.ref, &gate{direction: d, cilium: []*ciliumStatement{s}}, true, func(c *class) bool {
					return s.subjects.matches(&peer{class: c})
				})
			}
		}
		for _, s := range r.calico {
			if s.sides[d].applies && !s.unsure && !s.inDoubt(d) && !s.looksAtPods() {
				m := calicoMatch{s, false, make([]match, len(s.sides[d].rules))}
				for i := range m.local {
					m.local[i] = yes
				}
				add(s.ref, &gate{direction: d, calico: []calicoMatch{m}, ladder: r.ladder}, s.tier.rest == deny, func(c *class) bool { return s.selects(c) == yes })
			}
		}
	}
	return all
}

// looksAtPods reports whether whom the policy selects depends on more than the namespace.
func (s *calicoStatement) looksAtPods() bool {
	keys := map[string]bool{}
	s.subjects.keys(keys)
	for key := range keys {
		if !inherited(key) {
			return true
		}
	}
	return false
}

// closed reports whether the gate lets nothing pass: from no address, and no Pod that may come at any.
func (g *gate) closed() bool {
	imagined := append(g.imagined(), peer{})
	for _, span := range g.spans(familyRanges(ipv4 | ipv6)) {
		for _, p := range imagined {
			p.span = span
			if f := g.toward(&p, podsByAddress, nil); !f.allowed.Empty() || !f.doubtful.Empty() {
				return false
			}
		}
	}
	return true
}
