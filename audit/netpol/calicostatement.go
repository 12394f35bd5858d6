package netpol

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A calicoStatement is a policy of Calico, read.
type calicoStatement struct {
	remarks
	rank     int    // among all, in the order in which they are tried within a tier
	name     string // without its tier
	tier     *calicoTier
	order    float64
	subjects *expression // nil: all Pods of the policy's namespace, or of every one
	unsure   bool        // whom it selects can't be told
	sides    [2]calicoSide
}

// A calicoSide is what the policy says about one direction.
type calicoSide struct {
	applies, unsure bool
	rules           []calicoRule
}

// A calicoRule is a rule and which Pods of those that the policy selects it is for.
type calicoRule struct {
	rule
	action action
	local  *entity // nil: all of them
}

// selects reports whether the policy is for the Pods of a class.
func (s *calicoStatement) selects(c *class) match {
	switch {
	case c.hostNetwork || s.ref.Namespace != "" && s.ref.Namespace != c.namespace:
		return no
	case s.unsure:
		return maybe
	case s.subjects == nil:
		return yes
	}
	return s.subjects.matches(c)
}

// calicoStatements reads the policies of Calico, in the order in which they are tried within each tier.
func (r *calicoReader) calicoStatements(policies []CalicoPolicy, tiers *calicoTiers) []*calicoStatement {
	var statements []*calicoStatement
	known := map[PolicyRef]bool{}
	for _, group := range []bool{false, true} {
		for i := range policies {
			p := &policies[i]
			if stored := strings.HasPrefix(p.APIVersion, "crd."); stored != group || p.copied() {
				continue
			}
			s := r.calicoStatement(p, tiers)
			id := s.ref
			id.Name = s.tier.name + "." + s.name
			if group && known[id] {
				continue
			}
			if !group {
				known[id] = true
			}
			statements = append(statements, s)
		}
	}
	slices.SortStableFunc(statements, func(a, b *calicoStatement) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.name, b.name), a.ref.Compare(b.ref))
	})
	for i, s := range statements {
		s.rank = i
	}
	return statements
}

// copied reports whether a policy isn't enforced, or is Kubernetes' own in Calico's words: those have names with these
// beginnings (libcalico-go/lib/names of github.com/projectcalico/calico).
func (p *CalicoPolicy) copied() bool {
	return strings.HasPrefix(p.Kind, "Staged") || slices.ContainsFunc([]string{"knp.default.", "kanp.", "kbanp.", "kcnp."},
		func(beginning string) bool { return strings.HasPrefix(p.Name, beginning) })
}

func (r *calicoReader) calicoStatement(p *CalicoPolicy, tiers *calicoTiers) *calicoStatement {
	s := &calicoStatement{remarks: remarks{ref: PolicyRef{Kind: CalicoNetworkPolicy, Namespace: p.Namespace, Name: p.Name}}, order: math.Inf(1)}
	if p.Kind == CalicoGlobalNetworkPolicy {
		s.ref = PolicyRef{Kind: p.Kind, Name: p.Name}
	}
	uncertain := func(path, reason string) { s.wrong(path, reason); s.unsure = true }
	if p.Kind != CalicoGlobalNetworkPolicy && p.Kind != "NetworkPolicy" && p.Kind != CalicoNetworkPolicy {
		uncertain("kind", fmt.Sprintf("%q isn't known", p.Kind))
	}
	s.tier = tiers.named(cmp.Or(p.Spec.Tier, "default"))
	s.name = strings.TrimPrefix(p.Name, s.tier.name+".")
	if s.tier.unknown {
		s.wrong("spec.tier", fmt.Sprintf("there is no tier %q: whether the policy applies, and when, isn't known", s.tier.name))
	}
	if p.Spec.Order != nil {
		s.order = *p.Spec.Order
	}
	if (p.Spec.DoNotTrack || p.Spec.PreDNAT) && s.ref.Namespace == "" {
		return s
	}
	s.subjects = conjunction(
		readPrefixed(p.Spec.NamespaceSelector, namespacePrefix, namespaceFunctions, "spec.namespaceSelector", uncertain),
		readPrefixed(p.Spec.ServiceAccountSelector, serviceAccountPrefix, serviceAccountFunctions, "spec.serviceAccountSelector", uncertain),
		readSelector(p.Spec.Selector, "spec.selector", uncertain))
	s.subjects.keys(r.keys)
	s.readTypes(&p.Spec)
	for d, rules := range [][]CalicoRule{Ingress: p.Spec.Ingress, Egress: p.Spec.Egress} {
		for i := range rules {
			if out, matters := r.rule(fmt.Sprintf("spec.%s[%d]", Direction(d), i), &rules[i], Direction(d), &s.remarks); matters {
				s.sides[d].rules = append(s.sides[d].rules, out)
			}
		}
	}
	return s
}

// readTypes reads types. Where it is missing, a policy is for the directions of which it has rules, and for ingress if it
// has none (NetworkPolicySpec.Types of projectcalico.org/v3).
func (s *calicoStatement) readTypes(spec *CalicoSpec) {
	if len(spec.Types) == 0 {
		s.sides[Egress].applies = len(spec.Egress) > 0
		s.sides[Ingress].applies = len(spec.Ingress) > 0 || len(spec.Egress) == 0
		return
	}
	unknown := false
	for i, t := range spec.Types {
		switch {
		case strings.EqualFold(t, "Ingress"):
			s.sides[Ingress].applies = true
		case strings.EqualFold(t, "Egress"):
			s.sides[Egress].applies = true
		default:
			s.wrong(fmt.Sprintf("spec.types[%d]", i), fmt.Sprintf("%q is neither Ingress nor Egress", t))
			unknown = true
		}
	}
	for d := range s.sides {
		if side := &s.sides[d]; unknown && !side.applies {
			side.applies, side.unsure = true, true
		}
	}
}
