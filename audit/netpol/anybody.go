package netpol

import (
	"net/netip"
)

// The stranger is a namespace that isn't there yet: no selector knows its name.
var stranger = &space{"a namespace that is to come", map[string]string{"kubernetes.io/metadata.name": "a namespace that is to come"}}

// AdmitsAnybody reports whether a rule that decides what reaches a Pod means Pods with the labels of another whatever
// their namespace: those of every namespace there is, and of one that isn't there yet. A block of addresses that
// holds all Pods does.
func (r *Reachability) AdmitsAnybody(to int, rule Rule, source int) bool {
	like := r.class(source)
	g := r.class(to).gates[Ingress]
	for i := range g.stages {
		for j := range g.stages[i].filters {
			f := &g.stages[i].filters[j]
			if f.policy != rule.Policy || f.path != rule.Path {
				continue
			}
			means := func(s *space, by reading, a ...netip.Addr) bool {
				c := &class{namespace: s.name, space: s, labels: like.labels, families: like.families, addresses: a}
				return f.matches(&peer{class: c}, by) == yes
			}
			if lowest, highest, ok := r.bounds(like); ok && means(stranger, podsByAddress, lowest) && means(stranger, podsByAddress, highest) {
				return true
			}
			if !means(stranger, podsBySelector) {
				continue
			}
			every := true
			for _, s := range r.spaces {
				every = every && means(s, podsBySelector)
			}
			if every {
				return true
			}
		}
	}
	return false
}

// bounds returns the lowest and the highest address of the Pods, of the family of a class's first.
func (r *Reachability) bounds(like *class) (lowest, highest netip.Addr, ok bool) {
	if len(like.addresses) == 0 {
		return lowest, highest, false
	}
	for _, c := range r.classes {
		if c.hostNetwork {
			continue
		}
		for _, a := range c.addresses {
			if familyOf(a) != familyOf(like.addresses[0]) {
				continue
			}
			if !ok || a.Less(lowest) {
				lowest = a
			}
			if !ok || highest.Less(a) {
				highest = a
			}
			ok = true
		}
	}
	return lowest, highest, ok
}
