package netpol

import (
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// A networkSet is addresses that have labels.
type networkSet struct {
	labels    labels.Set
	space     *space // nil: of the whole cluster
	addresses []addressRange
	broken    bool // some of its addresses can't be understood
}

// An entity is whom one end of a Calico rule means. What has an address in addresses is meant whatever labels it has; so
// is what has the labels, at an address in within. What the excluded labels hold for isn't.
type entity struct {
	labels    *expression // nil: none were asked for
	excluded  *expression
	addresses []addressRange // normalized
	within    []addressRange // where bounded; normalized
	bounded   bool
	narrow    bool     // its labels are those of Pods of few namespaces, and it means no other Pods but by address
	spaces    []string // these namespaces
}

// Each family's addresses, all of them.
func allAddresses() []addressRange { return []addressRange{whole[ipv4], whole[ipv6]} }

// matches reports whether the entity means a peer. A rule that allows means a Pod by any of its addresses; another
// perhaps, by some.
func (e *entity) matches(p *peer, allows bool) match {
	switch {
	case p.class == nil && p.imagined:
		return min(e.excludes(p.labels), max(holdsSorted(e.addresses, p.span.first), min(e.byLabels(p.labels), e.bounds(p.span.first))))
	case p.class == nil:
		return holdsSorted(e.addresses, p.span.first)
	case p.class.hostNetwork:
		return e.matchesClass(p.class, hostInterface{}, allows)
	case p.wide && e.narrow:
		return holdsFor(e.addresses, p.class, allows)
	}
	return e.matchesClass(p.class, p.class, allows)
}

func (e *entity) matchesClass(c *class, l labelled, allows bool) match {
	byLabels := e.byLabels(l)
	if byLabels != no && e.bounded {
		byLabels = min(byLabels, holdsFor(e.within, c, allows))
	}
	return min(e.excludes(l), max(byLabels, holdsFor(e.addresses, c, allows)))
}

func (e *entity) byLabels(l labelled) match {
	if e.labels == nil {
		return no
	}
	return e.labels.matches(l)
}

// excludes returns what the excluded labels leave: no where they hold.
func (e *entity) excludes(l labelled) match {
	if e.excluded == nil {
		return yes
	}
	return yes - e.excluded.matches(l)
}

func (e *entity) bounds(a netip.Addr) match {
	if !e.bounded {
		return yes
	}
	return holdsSorted(e.within, a)
}

// holdsFor reports whether ranges hold the addresses of Pods: any of them for a rule that allows, all for another.
func holdsFor(ranges []addressRange, c *class, allows bool) match {
	if len(ranges) == 0 {
		return no
	}
	if len(c.addresses) == 0 {
		if covers(slices.Clone(ranges), c.families) {
			return yes
		}
		return maybe
	}
	inside := 0
	for _, a := range c.addresses {
		if holdsSorted(ranges, a) == yes {
			inside++
		}
	}
	switch {
	case inside == 0:
		return no
	case inside == len(c.addresses) || allows:
		return yes
	}
	return maybe
}

// measureEntities tells entities that mean Pods of a few namespaces from others, as [Reachability.measure] does selectors.
func (r *Reachability) measureEntities(entities map[string]*entity) {
	byLabel := map[label][]*space{}
	var every []*space
	for _, name := range slices.Sorted(maps.Keys(r.spaces)) {
		s := r.spaces[name]
		every = append(every, s)
		for key, value := range s.labels {
			byLabel[label{namespacePrefix + key, value}] = append(byLabel[label{namespacePrefix + key, value}], s)
		}
		for _, key := range []string{calicoNamespace, namespacePrefix + calicoName} {
			byLabel[label{key, name}] = append(byLabel[label{key, name}], s)
		}
	}
	for _, e := range entities {
		if e == nil {
			continue
		}
		r.entities = append(r.entities, e)
		candidates := every
		if l, ok := e.labels.equality(inherited); ok {
			candidates = byLabel[l]
		}
		for _, s := range candidates {
			if len(e.spaces) < wideFrom && e.byLabels(s) != no {
				e.spaces = append(e.spaces, s.name)
			}
		}
		e.narrow = len(e.spaces) < wideFrom && (e.excluded == nil || len(e.addresses) == 0)
	}
}
