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
	addressed  bool         // some filter has a block of addresses, so that the readings may differ
	statements []*statement // the NetworkPolicies that select the Pods
	edicts     []*edict     // the admin policies that select the Pods and speak of the direction
	cilium     []*ciliumStatement
	calico     []calicoMatch
	ladder     []*calicoTier // where there are policies of Calico
	always     bool          // Cilium isolates the Pods, whatever selects them
	unread     []*Unread
	problems   []Unparseable // in any policy that decides
	summed     [4]summary    // by families
}

// A stage decides some connections, by filters, and says what becomes of the rest.
type stage struct {
	filters []filter
	union   bool   // filters only allow, or only deny, in any order: one in doubt takes nothing from the others
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
	may    action      // what one in doubt does if it does anything; doubt where that isn't known either
	looks  bool        // into connections, and may refuse what it finds there
	on     Connections // its ports, but for names that each destination resolves
	turn   int32       // policies of one turn are in no order
	adds   bool        // those of its turn are a union
}

func newFilter(policy PolicyRef, r *rule, a action, named []Port) filter {
	return filter{rule: r, policy: policy, action: a, on: connectionsOf(r.ports.on(named))}
}

// A peer is the other end of a connection: Pods of one class, or a range of addresses outside the cluster.
type peer struct {
	class *class       // nil: outside
	span  addressRange // of the outside; no rule of the gate tells its addresses apart
	wide  bool         // only rules that speak to many namespaces are looked at

	// A Pod that may come with such an address, instead: one that no selector names, but for those of only.
	imagined bool
	only     *rule
	labels   sample // that policies of Calico see
	ports    []Port
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

// A flow is what may pass a gate: what is in neither allowed nor doubtful is denied. Of what is doubtful, connections
// pass that are only looked into: single requests may be refused.
type flow struct{ allowed, doubtful, inspected Connections }

// leanings are connections that no filter has decided for sure, by what one did with them that is in doubt, or that
// looks into them. Whatever becomes of the doubt, the rest is theirs too.
type leanings struct{ allowed, denied, inspected Connections }

func (l *leanings) add(m leanings) {
	l.allowed, l.denied, l.inspected = l.allowed.union(m.allowed), l.denied.union(m.denied), l.inspected.union(m.inspected)
}

// resolve tells what passes for sure once it is known what becomes of connections without those that lean.
func (l *leanings) resolve(f flow) flow {
	f.doubtful = f.doubtful.union(l.allowed.minus(f.allowed)).union(l.denied.intersection(f.allowed)).union(l.inspected)
	f.inspected = l.inspected.intersection(f.allowed).minus(l.denied)
	f.allowed = f.allowed.minus(f.doubtful)
	return f
}

// toward returns what may pass between the gate's Pods and a peer. Each decision is told to note, if that isn't nil.
func (g *gate) toward(p *peer, by reading, note func(f *filter, decided Connections)) flow {
	var result flow
	var leaning leanings
	left := everyConnection
	for i := range g.stages {
		s := &g.stages[i]
		var passed Connections
		for from := 0; from < len(s.filters); {
			to := from + 1
			for to < len(s.filters) && s.filters[to].turn == s.filters[from].turn {
				to++
			}
			d, leans := g.decide(s.union || s.filters[from].adds, s.filters[from:to], p, by, left, note)
			from = to
			leaning.add(leans)
			result.allowed = result.allowed.union(d[allow])
			result.doubtful = result.doubtful.union(d[doubt])
			passed = passed.union(d[pass])
			for _, decided := range d {
				left = left.minus(decided)
			}
		}
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
	return leaning.resolve(result)
}

// decisions is what is done with which connections, by action.
type decisions [pass + 1]Connections

// decide lets the filters of one turn decide what is left. Those of one policy are tried in order; where policies of
// the same turn decide differently, or one is in doubt, there is doubt. In a union, what one allows is allowed, and one
// in doubt decides nothing: it only leans.
func (g *gate) decide(union bool, filters []filter, p *peer, by reading, left Connections, note func(*filter, Connections)) (decisions, leanings) {
	var all, own decisions
	var leans leanings
	rest := left
	settle := func() {
		for a := range own {
			all[a] = all[a].union(own[a])
		}
		own, rest = decisions{}, left
	}
	for i := range filters {
		f := &filters[i]
		if i > 0 && f.policy != filters[i-1].policy && !union {
			settle()
		}
		m := f.matches(p, by)
		if m == no {
			continue
		}
		on := rest.intersection(g.ports(f, p))
		if on.Empty() {
			continue
		}
		if note != nil {
			note(f, on)
		}
		act, may := f.action, f.may
		if m == maybe {
			act, may = doubt, max(f.action, f.may)
		}
		if act == doubt && union && f.leans(may, on, &leans) {
			continue
		}
		own[act] = own[act].union(on)
		if act != doubt || !union {
			rest = rest.minus(on)
		}
	}
	settle()
	if union {
		sure := all[allow].union(all[deny])
		all[doubt] = all[doubt].minus(sure)
		return all, leanings{leans.allowed.minus(sure), leans.denied.minus(sure), leans.inspected.minus(sure)}
	}
	for a := allow; a <= pass; a++ {
		for b := a + 1; b <= pass; b++ {
			all[doubt] = all[doubt].union(all[a].intersection(all[b]))
		}
	}
	for a := allow; a <= pass; a++ {
		all[a] = all[a].minus(all[doubt])
	}
	return all, leans
}

// leans adds connections to those that a filter in doubt leans to allow or to deny, or looks into, and reports whether
// it does any of that.
func (f *filter) leans(may action, on Connections, to *leanings) bool {
	switch {
	case may == allow && f.looks:
		to.inspected = to.inspected.union(on)
	case may == allow:
		to.allowed = to.allowed.union(on)
	case may == deny:
		to.denied = to.denied.union(on)
	default:
		return false
	}
	return true
}

// ports returns the ports of a filter. For ingress they are resolved; for egress each Pod that is connected to says
// which ports are meant by a name, and no address outside does.
func (g *gate) ports(f *filter, p *peer) Connections {
	switch {
	case g.direction == Ingress || len(f.ports.names) == 0:
		return f.on
	case p.class == nil:
		return connectionsOf(f.ports.on(p.ports))
	}
	return connectionsOf(f.ports.on(p.class.ports))
}

// matches reports whether the filter means the peer.
func (f *filter) matches(p *peer, by reading) match {
	switch {
	case f.everywhere:
		return yes
	case f.entity != nil:
		return f.entity.matches(p, f.action == allow)
	case p.imagined && (f.rule == p.only || f.everyPod()):
		return yes
	case p.imagined && f.outsideOnly:
		return orUnsure(no, f.unsurePods)
	case p.class == nil:
		return orUnsure(holds(f.addresses, p.span.first), f.unsureOutside)
	case p.class.hostNetwork:
		return orUnsure(f.matchesAddress(p.class, by), f.unsureOutside || f.unsureHosts)
	case slices.ContainsFunc(f.pods, func(want podPeer) bool { return want.matches(p) }):
		return yes
	}
	return orUnsure(f.matchesAddress(p.class, by), f.unsurePods)
}

func orUnsure(m match, unsure bool) match {
	if m == no && unsure {
		return maybe
	}
	return m
}

func (f *filter) matchesAddress(c *class, by reading) match {
	switch {
	case len(f.addresses) == 0 || f.outsideOnly || by == podsBySelector && !f.literal:
		return no
	case len(c.addresses) == 0:
		return f.matchesUnknown(c)
	}
	inside := 0
	for _, a := range c.addresses {
		if holds(f.addresses, a) == yes {
			inside++
		}
	}
	switch {
	case inside == 0:
		return no
	case inside == len(c.addresses) || f.action == allow:
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
