package netpol

import (
	"net/netip"
	"slices"
)

// A Path is which connections policies allow from one end to another, and why. It speaks of policy as declared:
// what isn't in Allowed or Indeterminate is denied.
type Path struct {
	// Outside is the addresses that the path is about, where an end is outside the cluster.
	Outside AddressRange `json:"outside,omitzero"`

	// Allowed is what the policies of both ends allow.
	Allowed Connections `json:"allowed"`

	// Indeterminate is what may be allowed or not: a policy that can't be understood may matter, or a Pod has no
	// address yet that a block of addresses could hold.
	Indeterminate Connections `json:"indeterminate"`

	// DependsOnPlugin is what is decided by blocks of addresses that hold Pods: Allowed has it as the end-to-end tests
	// of Kubernetes do, which match Pods by address. Some plugins, Cilium for one, don't.
	DependsOnPlugin Connections `json:"dependsOnPlugin"`

	// Always says why policies don't matter between these two, where they don't. Everything is allowed then.
	Always string `json:"always,omitempty"`

	// Egress and Ingress are what the policies of the source and of the destination say. An end outside has none.
	Egress  *Passage `json:"egress,omitempty"`
	Ingress *Passage `json:"ingress,omitempty"`
}

// A Passage is what the policies of one end say about a path.
type Passage struct {
	Column

	// Allowed and Indeterminate are what this end alone lets pass.
	Allowed       Connections `json:"allowed"`
	Indeterminate Connections `json:"indeterminate"`

	// Decided lists the rules that mean the other end, in the order in which they were tried, and what each decided;
	// of policies that add up, what no earlier one did. Where it is empty, no rule means the other end.
	Decided []Decided `json:"decided,omitempty"`

	// Unparseable says what can't be understood in the policies of this end.
	Unparseable []Unparseable `json:"unparseable,omitempty"`
}

// Decided is a rule and what it did.
type Decided struct {
	Rule
	Action      string      `json:"action"` // allow, deny, pass or indeterminate
	Connections Connections `json:"connections"`
}

// The reasons of [Path.Always].
const (
	SamePod = "a Pod always reaches itself"
	OwnNode = "a node always reaches its Pods"
)

// Reach returns which connections are allowed from one end to another: one path between Pods; where an end is
// outside, one for each range of its addresses that policies tell apart, in order; none between two ends outside.
func (r *Reachability) Reach(from, to Endpoint) []Path {
	switch {
	case from.outside() && to.outside():
		return nil
	case from.outside():
		return r.across(to.pod, Ingress, []addressRange{rangeOf(from.prefix)})
	case to.outside():
		return r.across(from.pod, Egress, []addressRange{rangeOf(to.prefix)})
	}
	source, destination := r.class(from.pod), r.class(to.pod)
	p := between(source, destination, false)
	p.Egress = source.gates[Egress].passage(source, &peer{class: destination})
	p.Ingress = destination.gates[Ingress].passage(destination, &peer{class: source})
	switch node := r.pods[from.pod].Node; {
	case from == to:
		p.always(SamePod)
	case source.hostNetwork && !destination.hostNetwork && node != "" && node == r.pods[to.pod].Node:
		p.always(OwnNode)
	}
	return []Path{p}
}

func (r *Reachability) class(pod int) *class { return r.classes[r.classOf[pod]] }

func (p *Path) always(why string) {
	p.Always, p.Allowed, p.Indeterminate, p.DependsOnPlugin = why, everyConnection, Connections{}, Connections{}
}

// between returns what both ends allow, without saying why; as far as rules go that speak to many namespaces, if
// wide.
func between(source, destination *class, wide bool) Path {
	to, from := &peer{class: destination, wide: wide}, &peer{class: source, wide: wide}
	taking := func(by reading) Path {
		return both(source.gates[Egress].toward(to, by, nil), destination.gates[Ingress].toward(from, by, nil))
	}
	p := taking(podsByAddress)
	if source.gates[Egress].addressed || destination.gates[Ingress].addressed {
		p.DependsOnPlugin = p.Allowed.difference(taking(podsBySelector).Allowed)
	}
	return p
}

func both(out, in flow) Path {
	allowed := out.allowed.intersection(in.allowed)
	possible := out.allowed.union(out.doubtful).intersection(in.allowed.union(in.doubtful))
	return Path{Allowed: allowed, Indeterminate: possible.minus(allowed)}
}

// Outside returns what policies allow between the Pod at an index of [Cluster.Pods] and every address of its
// families outside the cluster, to it or from it, as [Reachability.Reach] has it.
func (r *Reachability) Outside(pod int, d Direction) []Path {
	return r.across(pod, d, familyRanges(r.class(pod).families))
}

func familyRanges(families family) []addressRange {
	var ranges []addressRange
	for _, f := range []family{ipv4, ipv6} {
		if families&f != 0 {
			ranges = append(ranges, whole[f])
		}
	}
	return ranges
}

func (r *Reachability) across(pod int, d Direction, within []addressRange) []Path {
	class := r.class(pod)
	g := class.gates[d]
	var paths []Path
	for _, span := range g.spans(within) {
		other := &peer{span: span}
		f := g.toward(other, podsByAddress, nil)
		p := Path{Outside: AddressRange{span.first, span.last}, Allowed: f.allowed, Indeterminate: f.doubtful}
		if d == Egress {
			p.Egress = g.passage(class, other)
		} else {
			p.Ingress = g.passage(class, other)
		}
		if n := len(paths); n > 0 && paths[n-1].continues(&p, d) {
			paths[n-1].Outside.Last = span.last
			continue
		}
		paths = append(paths, p)
	}
	return paths
}

// continues reports whether the same is true, for the same reasons, of the addresses that follow those of p.
func (p *Path) continues(next *Path, d Direction) bool {
	side, other := p.Ingress, next.Ingress
	if d == Egress {
		side, other = p.Egress, next.Egress
	}
	return p.Outside.Last.Next() == next.Outside.First && p.Allowed.Equal(next.Allowed) &&
		p.Indeterminate.Equal(next.Indeterminate) && slices.EqualFunc(side.Decided, other.Decided, func(a, b Decided) bool {
		return a.Rule == b.Rule && a.Action == b.Action && a.Connections.Equal(b.Connections)
	})
}

// spans cuts ranges where the gate's rules tell addresses apart.
func (g *gate) spans(within []addressRange) []addressRange {
	bounds := g.appendBounds(nil)
	slices.SortFunc(bounds, netip.Addr.Compare)
	return cut(within, slices.Compact(bounds))
}

func (g *gate) appendBounds(bounds []netip.Addr) []netip.Addr {
	seen := map[*entity]bool{}
	for i := range g.stages {
		for _, f := range g.stages[i].filters {
			if !seen[f.entity] {
				bounds = f.appendBounds(bounds)
				seen[f.entity] = f.entity != nil
			}
		}
	}
	return bounds
}

// cut cuts ranges at each of sorted bounds.
func cut(ranges []addressRange, bounds []netip.Addr) []addressRange {
	var spans []addressRange
	for _, r := range ranges {
		for _, b := range bounds {
			if r.first.Less(b) && !r.last.Less(b) && familyOf(b) == familyOf(r.first) {
				spans = append(spans, addressRange{r.first, b.Prev()})
				r.first = b
			}
		}
		spans = append(spans, r)
	}
	return spans
}

var actionNames = map[action]string{doubt: "indeterminate", allow: "allow", deny: "deny", pass: "pass"}

func (g *gate) passage(of *class, other *peer) *Passage {
	p := &Passage{Column: g.columns(of).Effective, Unparseable: g.problems}
	f := g.toward(other, podsByAddress, func(f *filter, on Connections) {
		act := f.action
		if f.matches(other, podsByAddress) == maybe {
			act = doubt
		}
		p.Decided = append(p.Decided, Decided{Rule{f.policy, f.path}, actionNames[act], on})
	})
	p.Allowed, p.Indeterminate = f.allowed, f.doubtful
	return p
}
