package netpol

import "slices"

// A calicoMatch is a policy of Calico that selects the Pods of a gate, or may.
type calicoMatch struct {
	*calicoStatement
	unsure bool
	local  []match // by rule: whether it is for these Pods
}

// inDoubt reports whether all that the policy says about a direction is in doubt, whomever it selects. Felix leaves out a
// policy of which anything is invalid (ValidationFilter in felix/calc of github.com/projectcalico/calico).
func (s *calicoStatement) inDoubt(d Direction) bool {
	return s.sides[d].unsure || s.tier.unknown || s.refused
}

// matchCalico returns the policies of Calico that speak of a direction for the Pods of a class.
func (r *Reachability) matchCalico(c *class, d Direction, candidates []*calicoStatement) []calicoMatch {
	var found []calicoMatch
	for _, s := range candidates {
		side := &s.sides[d]
		selected := s.selects(c)
		if selected == no || !side.applies {
			continue
		}
		m := calicoMatch{s, selected == maybe || s.inDoubt(d), make([]match, len(side.rules))}
		for i := range side.rules {
			m.local[i] = yes
			if local := side.rules[i].local; local != nil {
				m.local[i] = local.matches(&peer{class: c}, side.rules[i].action == allow)
			}
		}
		found = append(found, m)
	}
	return found
}

// addCalico makes the stages of Pods that policies of Calico select: tier by tier, the NetworkPolicies in the tier
// default.
func (g *gate) addCalico(named []Port) {
	if len(g.cilium) > 0 || g.always {
		g.addDoubt(g.calico[0].ref, "policies of both Calico and Cilium select the Pods: which of them decide isn't known")
	}
	for _, t := range g.ladder {
		switch t.holds {
		case upperTier:
			g.addTier(false, named)
		case lowerTier:
			g.addTier(true, named)
		}
		g.addCalicoTier(t, named)
	}
}

// addCalicoTier adds the stage of a tier. NetworkPolicies have an order in the tier default; those of them that can't be
// understood may allow anything from there on.
func (g *gate) addCalicoTier(t *calicoTier, named []Port) {
	s := stage{rest: pass}
	waiting := t.name == "default" && len(g.statements) > 0
	of := slices.DeleteFunc(slices.Clone(g.calico), func(m calicoMatch) bool { return m.tier != t })
	if len(of) == 0 && !waiting {
		return
	}
	var turn int32
	for from := 0; from < len(of); {
		to := from + 1
		for to < len(of) && of[to].order == of[from].order {
			to++
		}
		ties := of[from:to]
		from = to
		tied := waiting && ties[0].order == kubernetesOrder
		if waiting && ties[0].order >= kubernetesOrder {
			waiting = false
			g.addKubernetes(&s, turn, !tied, named)
			if !tied {
				turn = g.addUnclear(&s, turn+1)
			}
		}
		turn = g.addTies(&s, ties, turn, tied, named)
		if tied {
			turn = g.addUnclear(&s, turn)
		}
	}
	if waiting {
		g.addKubernetes(&s, turn, true, named)
		g.addUnclear(&s, turn+1)
	}
	if t.name == "default" && len(g.statements) > 0 {
		s.rest = deny
	}
	g.stages = append(g.stages, s)
}

// addTies adds policies of one order. They are tried by name; how the name of one of a namespace compares with that of a
// global one, or with a NetworkPolicy's, differs from version to version, so that these are in no order.
func (g *gate) addTies(s *stage, ties []calicoMatch, turn int32, mixed bool, named []Port) int32 {
	for _, m := range ties {
		mixed = mixed || (m.ref.Namespace == "") != (ties[0].ref.Namespace == "")
	}
	for i, m := range ties {
		if i > 0 && !mixed {
			turn++
		}
		g.problems = append(g.problems, m.problems...)
		if m.unsure && m.problems == nil {
			g.problems = append(g.problems, Unparseable{Policy: m.ref, Unevaluated: true,
				Reason: "spec.serviceAccountSelector: whom it selects depends on service accounts, of which only names are known here"})
		}
		switch {
		case !m.unsure:
			s.rest = m.tier.rest
		case s.rest == pass && m.tier.rest != pass:
			s.rest = doubt
		}
		rules := m.sides[g.direction].rules
		for j := range rules {
			f := newFilter(m.ref, &rules[j].rule, rules[j].action, named)
			f.turn = turn
			if m.unsure || m.local[j] == maybe {
				f.action = doubt
			}
			if m.local[j] != no {
				s.filters = append(s.filters, f)
			}
		}
	}
	return turn + 1
}

// addKubernetes adds the rules of NetworkPolicies, in one turn.
func (g *gate) addKubernetes(s *stage, turn int32, alone bool, named []Port) {
	n := len(g.stages)
	g.addNetworkPolicies(named)
	for _, f := range g.stages[n].filters {
		f.turn, f.adds = turn, alone
		s.filters = append(s.filters, f)
	}
	g.stages = g.stages[:n]
}

// addUnclear leaves in doubt what is left after NetworkPolicies of which one can't be understood. It returns the next turn.
func (g *gate) addUnclear(s *stage, turn int32) int32 {
	for _, of := range g.statements {
		if len(of.sides[g.direction].problems) > 0 {
			f := newFilter(of.ref, &rule{path: "spec", everywhere: true, ports: ports{every: true}}, doubt, nil)
			f.turn = turn
			s.filters = append(s.filters, f)
			return turn + 1
		}
	}
	return turn
}
