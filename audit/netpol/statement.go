package netpol

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// A statement is a policy, read.
type statement struct {
	ref      PolicyRef
	selector *selector // of Pods in the policy's namespace
	sides    [2]side   // by Direction
	problems []Unparseable
}

// A side is what a policy says about one direction.
type side struct {
	isolates bool          // the direction is among the policy's types, or may be
	unsure   bool          // whether it isolates a Pod can't be told: its rules don't count
	problems []Unparseable // what can't be understood and matters to it; never empty where it is unsure
	rules    []rule
}

// A reader reads policies, and each distinct selector in them once.
type reader struct{ pods, namespaces *selectors }

// policies reads policies, sorted by name, and adds the port names that they mention to names.
func (r *reader) policies(policies []networkingv1.NetworkPolicy, names map[string]bool) []*statement {
	statements := make([]*statement, len(policies))
	for i := range policies {
		statements[i] = r.policy(&policies[i])
		statements[i].mention(names)
	}
	slices.SortStableFunc(statements, func(a, b *statement) int { return a.ref.Compare(b.ref) })
	return statements
}

// policy reads one policy. It never fails: what can't be understood is listed, and taints the directions that
// depend on it.
func (r *reader) policy(p *networkingv1.NetworkPolicy) *statement {
	s := &statement{ref: PolicyRef{Namespace: p.Namespace, Name: p.Name}, selector: r.pods.read(&p.Spec.PodSelector)}
	s.readTypes(&p.Spec)
	for _, problem := range s.selector.problems {
		u := s.problem("spec.podSelector"+problem.path, problem.reason)
		for d := range s.sides {
			s.sides[d].unsure = true
			s.sides[d].problems = append(s.sides[d].problems, u)
		}
	}
	for i := range p.Spec.Ingress {
		in, path := &p.Spec.Ingress[i], fmt.Sprintf("spec.ingress[%d]", i)
		into := rule{path: path}
		r.peers(&into, p.Namespace, path+".from", in.From, s.reporting(Ingress))
		into.ports = readPorts(path+".ports", in.Ports, s.reporting(Ingress))
		s.add(Ingress, into)
	}
	for i := range p.Spec.Egress {
		out, path := &p.Spec.Egress[i], fmt.Sprintf("spec.egress[%d]", i)
		into := rule{path: path}
		r.peers(&into, p.Namespace, path+".to", out.To, s.reporting(Egress))
		into.ports = readPorts(path+".ports", out.Ports, s.reporting(Egress))
		s.add(Egress, into)
	}
	return s
}

func (s *statement) add(d Direction, r rule) { s.sides[d].rules = append(s.sides[d].rules, r) }

func (s *statement) problem(path, reason string) Unparseable {
	u := Unparseable{Policy: s.ref, Reason: path + ": " + reason}
	s.problems = append(s.problems, u)
	return u
}

// A report takes down what can't be understood at a path.
type report func(path, reason string)

// reporting makes reports that taint one direction.
func (s *statement) reporting(d Direction) report {
	return func(path, reason string) {
		s.sides[d].problems = append(s.sides[d].problems, s.problem(path, reason))
	}
}

// readTypes reads policyTypes. Where it is missing, a policy isolates for ingress, and for egress iff it has
// an egress rule (SetDefaults_NetworkPolicy). A type that is neither may stand for either.
func (s *statement) readTypes(spec *networkingv1.NetworkPolicySpec) {
	if len(spec.PolicyTypes) == 0 {
		s.sides[Ingress].isolates = true
		s.sides[Egress].isolates = len(spec.Egress) > 0
		return
	}
	var unknown []Unparseable
	for i, t := range spec.PolicyTypes {
		switch t {
		case networkingv1.PolicyTypeIngress:
			s.sides[Ingress].isolates = true
		case networkingv1.PolicyTypeEgress:
			s.sides[Egress].isolates = true
		default:
			unknown = append(unknown, s.problem(fmt.Sprintf("spec.policyTypes[%d]", i), fmt.Sprintf("%q is neither Ingress nor Egress", t)))
		}
	}
	for d := range s.sides {
		if side := &s.sides[d]; unknown != nil && !side.isolates {
			side.isolates, side.unsure = true, true
			side.problems = append(side.problems, unknown...)
		}
	}
}

// policy returns what the statement amounts to, but for the Pods that it selects.
func (s *statement) policy() Policy {
	p := Policy{PolicyRef: s.ref, Unparseable: s.problems}
	for _, d := range Directions {
		if !s.sides[d].isolates {
			continue
		}
		p.Directions = append(p.Directions, d)
		for i := range s.sides[d].rules {
			if r := &s.sides[d].rules[i]; r.all() {
				p.AllowsAll = append(p.AllowsAll, Rule{s.ref, r.path})
			}
		}
	}
	return p
}

// mention adds the port names that the rules resolve.
func (s *statement) mention(names map[string]bool) {
	for d := range s.sides {
		for i := range s.sides[d].rules {
			for _, n := range s.sides[d].rules[i].ports.names {
				names[n.name] = true
			}
		}
	}
}
