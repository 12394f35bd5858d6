package netpol

import "slices"

// DefaultDenies returns, by direction and namespace, the policies of other engines than networking.k8s.io that deny by
// default: such a policy selects every Pod that may come, whatever its labels, and lets nothing pass by itself.
// [Isolation.DefaultDeny] tells of the others.
func (r *Reachability) DefaultDenies() [2]map[string][]PolicyRef {
	denies, sweeps := [2]map[string][]PolicyRef{{}, {}}, r.sweeps()
	for name, space := range r.spaces {
		anyPod := &class{namespace: name, space: space}
		for _, s := range slices.Concat(sweeps[""], sweeps[name]) {
			if s.means(anyPod) && !slices.Contains(denies[s.direction][name], s.ref) {
				denies[s.direction][name] = append(denies[s.direction][name], s.ref)
			}
		}
		for d := range denies {
			slices.SortFunc(denies[d][name], PolicyRef.Compare)
		}
	}
	return denies
}

// A sweep is a policy, or one rule of Cilium's, that selects Pods without a look at their own labels, and alone lets
// nothing pass.
type sweep struct {
	ref       PolicyRef
	direction Direction
	means     func(*class) bool
}

// sweeps returns those of all policies, by namespace; "" for those of the whole cluster.
func (r *Reachability) sweeps() map[string][]sweep {
	all := map[string][]sweep{}
	add := func(ref PolicyRef, g *gate, means func(*class) bool) {
		if g.build(nil); g.closed() {
			all[ref.Namespace] = append(all[ref.Namespace], sweep{ref, g.direction, means})
		}
	}
	for _, d := range Directions {
		for _, e := range r.edicts {
			if !e.unsure && len(e.rules[d]) > 0 && (e.subjects == nil || e.subjects.everything()) {
				add(e.ref, &gate{direction: d, edicts: []*edict{e}}, func(c *class) bool {
					return e.namespaces == nil || e.namespaces.matches(c.space.labels)
				})
			}
		}
		for _, s := range r.cilium {
			if !s.unsure && s.sides[d].denies && (s.subjects.pods == nil || s.subjects.pods.everything()) {
				add(s.ref, &gate{direction: d, cilium: []*ciliumStatement{s}}, func(c *class) bool {
					return s.subjects.matches(&peer{class: c})
				})
			}
		}
		for _, s := range r.calico {
			if !s.unsure && !s.refused && !s.tier.unknown && s.sides[d].applies && !s.sides[d].unsure && !s.looksAtPods() {
				m := calicoMatch{s, false, make([]match, len(s.sides[d].rules))}
				for i := range m.local {
					m.local[i] = yes
				}
				add(s.ref, &gate{direction: d, calico: []calicoMatch{m}, ladder: r.ladder}, func(c *class) bool { return s.selects(c) == yes })
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
