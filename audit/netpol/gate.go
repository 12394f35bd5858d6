package netpol

import (
	"net/netip"
	"slices"
)

// A gate is all that policies say about the connections of some Pods in one direction: stages that are passed in
// order. What no stage decides is allowed, as Kubernetes has it where no policy selects a Pod.
type gate struct {
	direction  Direction
	stages     []stage
	addressed  bool          // some filter has a block of addresses, so that the readings may differ
	statements []*statement  // the NetworkPolicies that select the Pods
	problems   []Unparseable // in any policy that decides
}

// A stage decides some connections, by filters, and says what becomes of the rest.
type stage struct {
	filters []filter
	union   bool   // filters only allow, in any order: one in doubt takes nothing from the others
	rest    action // of what no filter decides
}

// An action is what is done with connections. The zero value is doubt: forgetting to decide never opens anything.
type action uint8

const (
	doubt action = iota // whether they are allowed can't be told
	allow
	deny
	pass // to the next stage
)

// A filter is one rule and what is done with the connections that it matches.
type filter struct {
	*rule
	policy PolicyRef
	action action
	on     Connections // its ports, but for names that each destination resolves
}

func newFilter(policy PolicyRef, r *rule, a action, named []Port) filter {
	return filter{r, policy, a, connectionsOf(r.ports.on(named))}
}

// A peer is the other end of a connection: Pods of one class, or a range of addresses outside the cluster.
type peer struct {
	class *class       // nil: outside
	span  addressRange // of the outside; no rule of the gate tells its addresses apart
	wide  bool         // only rules that speak to many namespaces are looked at
}

// A reading is one of two ways to take blocks of addresses. The end-to-end tests of Kubernetes, and plugins made of
// packet filters, match Pods by their addresses; Cilium matches only what is no Pod (cilium/cilium#9209, #19601).
type reading bool

const (
	podsByAddress  reading = true
	podsBySelector reading = false
)

// A match says whether a rule means a peer.
type match uint8

const (
	no    match = iota
	maybe       // the peer's addresses aren't known, or not all of them are meant
	yes
)

// A flow is what may pass a gate: what is in neither set is denied.
type flow struct{ allowed, doubtful Connections }

// toward returns what may pass between the gate's Pods and a peer. Each decision is told to note, if that isn't nil.
func (g *gate) toward(p *peer, by reading, note func(f *filter, decided Connections)) flow {
	var result flow
	left := everyConnection
	for i := range g.stages {
		s := &g.stages[i]
		var passed, unsure Connections
		for j := range s.filters {
			f := &s.filters[j]
			m := f.matches(p, by)
			if m == no {
				continue
			}
			on := left.intersection(g.ports(f, p))
			if on.Empty() {
				continue
			}
			if note != nil {
				note(f, on)
			}
			act := f.action
			if m == maybe {
				act = doubt
			}
			switch {
			case act == doubt && s.union:
				unsure = unsure.union(on)
				continue
			case act == doubt:
				result.doubtful = result.doubtful.union(on)
			case act == allow:
				result.allowed = result.allowed.union(on)
			case act == pass:
				passed = passed.union(on)
			}
			left = left.minus(on)
		}
		unsure = unsure.intersection(left)
		result.doubtful, left = result.doubtful.union(unsure), left.minus(unsure)
		switch s.rest {
		case deny:
			left = passed
		case pass:
			left = left.union(passed)
		case allow:
			result.allowed, left = result.allowed.union(left), passed
		default:
			result.doubtful, left = result.doubtful.union(left), passed
		}
	}
	result.allowed = result.allowed.union(left)
	return result
}

// ports returns the ports of a filter. For ingress they are resolved; for egress each Pod that is connected to says
// which ports are meant by a name, and no address outside does.
func (g *gate) ports(f *filter, p *peer) Connections {
	if g.direction == Ingress || p.class == nil || len(f.ports.names) == 0 {
		return f.on
	}
	return connectionsOf(f.ports.on(p.class.ports))
}

// matches reports whether the filter means the peer.
func (f *filter) matches(p *peer, by reading) match {
	switch {
	case f.everywhere:
		return yes
	case p.class == nil:
		return holds(f.addresses, p.span.first)
	}
	if !p.class.hostNetwork && slices.ContainsFunc(f.pods, func(want podPeer) bool { return want.matches(p) }) {
		return yes
	}
	if by == podsBySelector || len(f.addresses) == 0 {
		return no
	}
	if len(p.class.addresses) == 0 {
		return f.matchesUnknown(p.class)
	}
	inside := 0
	for _, a := range p.class.addresses {
		if holds(f.addresses, a) == yes {
			inside++
		}
	}
	switch {
	case inside == 0:
		return no
	case inside == len(p.class.addresses) || f.action == allow:
		return yes // by one of its addresses the Pod can be reached
	}
	return maybe
}

// matchesUnknown judges a Pod that has no address yet: it is meant for sure where every address of its families is.
func (f *filter) matchesUnknown(c *class) match {
	if covers(slices.Clone(f.addresses), c.families) {
		return yes
	}
	return maybe
}

func holds(ranges []addressRange, a netip.Addr) match {
	for _, r := range ranges {
		if r.first.Compare(a) <= 0 && a.Compare(r.last) <= 0 {
			return yes
		}
	}
	return no
}

// matches reports whether the selectors match a Pod that isn't on the host's network.
func (want *podPeer) matches(p *peer) bool {
	if want.namespaces == nil {
		if p.wide || want.namespace != p.class.namespace {
			return false
		}
	} else if p.wide && !want.namespaces.wide || !want.namespaces.matches(p.class.space.labels) {
		return false
	}
	return want.pods == nil || want.pods.matches(p.class.labels)
}
