package netpol

import "slices"

// over returns the indices of the admin policies that select a class, or may select it; none for hostNetwork Pods.
func (r *Reachability) over(c *class) []int {
	if c.hostNetwork {
		return nil
	}
	var found []int
	for i, e := range r.edicts {
		if e.unsure || (e.namespaces == nil || e.namespaces.matches(c.space.labels)) && (e.subjects == nil || e.subjects.matches(c.labels)) {
			found = append(found, i)
		}
	}
	return found
}

// build makes the stages: the Admin tier; the NetworkPolicies and Cilium's, which have the last word for the Pods that they
// isolate; the Baseline tier (ClusterNetworkPolicySpec.Tier of policy.networking.k8s.io/v1alpha2). Where policies of Calico
// select the Pods, its tiers hold all of these.
func (g *gate) build(named []Port) {
	g.addUnread()
	if len(g.calico) > 0 {
		g.addCalico(named)
	} else {
		g.addTier(false, named)
		g.addCilium(named)
		g.addTier(true, named)
	}
	for i := range g.stages {
		g.addressed = g.addressed || slices.ContainsFunc(g.stages[i].filters, func(f filter) bool { return len(f.addresses) > 0 })
	}
}

// addUnread leaves everything in doubt where a policy that isn't evaluated may select the Pods.
func (g *gate) addUnread() {
	for _, u := range g.unread {
		g.addDoubt(u.PolicyRef, u.Reason)
	}
}

func (g *gate) addDoubt(policy PolicyRef, why string) {
	g.problems = append(g.problems, Unparseable{Policy: policy, Reason: why, Unevaluated: true})
	g.stages = append(g.stages, stage{rest: pass, filters: []filter{
		newFilter(policy, &rule{everywhere: true, ports: ports{every: true}}, doubt, nil),
	}})
}

func (g *gate) addTier(baseline bool, named []Port) {
	s := stage{rest: pass}
	for _, e := range g.edicts {
		if e.baseline != baseline {
			continue
		}
		g.problems = append(g.problems, e.problems...)
		for i := range e.rules[g.direction] {
			r := &e.rules[g.direction][i]
			f := newFilter(e.ref, &r.rule, r.action, named)
			if e.unsure {
				f = newFilter(e.ref, &rule{path: r.path, everywhere: true, ports: r.ports}, doubt, named)
			}
			f.turn = e.priority
			s.filters = append(s.filters, f)
		}
	}
	if s.filters != nil {
		g.stages = append(g.stages, s)
	}
}

// addNetworkPolicies adds the stage of the NetworkPolicies that select the Pods, or may select them: they add up, and
// what none of them allows is denied.
func (g *gate) addNetworkPolicies(named []Port) {
	if len(g.statements) == 0 {
		return
	}
	s := stage{union: true, rest: deny}
	for _, of := range g.statements {
		side := &of.sides[g.direction]
		g.problems = append(g.problems, side.problems...)
		if len(side.problems) > 0 {
			s.rest = doubt
		}
		if side.unsure {
			continue
		}
		for i := range side.rules {
			s.filters = append(s.filters, newFilter(of.ref, &side.rules[i], allow, named))
		}
	}
	g.stages = append(g.stages, s)
}

// A Conflict is policies of one tier and one priority that select the same Pods in the same direction. In which order
// they are tried is undefined (ClusterNetworkPolicySpec.Priority); where they differ, paths are indeterminate.
type Conflict struct {
	Baseline  bool        `json:"baseline"` // of the Baseline tier, otherwise of the Admin tier
	Priority  int32       `json:"priority"`
	Direction Direction   `json:"direction"`
	Policies  []PolicyRef `json:"policies"` // sorted
}

// Conflicts returns the conflicts of admin policies that matter to some Pod.
func (r *Reachability) Conflicts() []Conflict {
	var conflicts []Conflict
	for _, g := range r.gates {
		for i, e := range g.edicts {
			c := Conflict{Baseline: e.baseline, Priority: e.priority, Direction: g.direction}
			for _, other := range g.edicts[i:] {
				if other.priority == e.priority && other.baseline == e.baseline {
					c.Policies = append(c.Policies, other.ref)
				}
			}
			slices.SortFunc(c.Policies, PolicyRef.Compare)
			if len(c.Policies) > 1 && !slices.ContainsFunc(conflicts, c.within) {
				conflicts = append(slices.DeleteFunc(conflicts, func(d Conflict) bool { return d.within(c) }), c)
			}
		}
	}
	slices.SortFunc(conflicts, func(a, b Conflict) int {
		if n := slices.CompareFunc(a.Policies, b.Policies, PolicyRef.Compare); n != 0 {
			return n
		}
		return int(a.Direction) - int(b.Direction)
	})
	return conflicts
}

// within reports whether other says all that c does.
func (c Conflict) within(other Conflict) bool {
	return c.Baseline == other.Baseline && c.Priority == other.Priority && c.Direction == other.Direction &&
		!slices.ContainsFunc(c.Policies, func(p PolicyRef) bool { return !slices.Contains(other.Policies, p) })
}

// Unparseable returns what can't be understood, over all policies of other groups than networking.k8s.io; of those,
// [Isolation.Unparseable] does.
func (r *Reachability) Unparseable() []Unparseable {
	var all []Unparseable
	for _, s := range r.cilium {
		all = append(all, s.problems...)
	}
	for _, s := range r.calico {
		all = append(all, s.problems...)
	}
	all = append(all, r.problems...)
	for _, e := range r.edicts {
		all = append(all, e.problems...)
	}
	return all
}
