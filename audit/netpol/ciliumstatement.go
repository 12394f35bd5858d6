package netpol

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A ciliumStatement is one rule of a Cilium policy, read.
type ciliumStatement struct {
	remarks
	subjects podPeer // all that it may select
	unsure   bool    // whether it selects all of them, or is in force, can't be told
	sides    [2]ciliumSide
}

// A ciliumSide is what the rule says about one direction.
type ciliumSide struct {
	denies bool // what nothing allows
	rules  []verdictRule
}

// ciliumStatements reads Cilium's policies, sorted by name.
func (r *reader) ciliumStatements(policies []CiliumPolicy, names map[string]bool) []*ciliumStatement {
	var statements []*ciliumStatement
	for i := range policies {
		p := &policies[i]
		ref := PolicyRef{Kind: p.Kind, Name: p.Name}
		if p.Kind != CiliumClusterwideNetworkPolicy {
			ref.Namespace = p.Namespace
		}
		first := len(statements)
		if p.Spec != nil {
			statements = r.ciliumRule(statements, ref, "spec", p.Spec)
		}
		for j := range p.Specs {
			statements = r.ciliumRule(statements, ref, fmt.Sprintf("specs[%d]", j), &p.Specs[j])
		}
		refuseTogether(statements[first:])
	}
	for _, s := range statements {
		for d := range s.sides {
			for i := range s.sides[d].rules {
				for _, n := range s.sides[d].rules[i].ports.names {
					names[n.name] = true
				}
			}
		}
	}
	slices.SortStableFunc(statements, func(a, b *ciliumStatement) int { return a.ref.Compare(b.ref) })
	return statements
}

// refuseTogether puts in doubt all rules of a policy of which one is refused: Cilium takes all of them or none
// (CiliumNetworkPolicy.Parse of github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2). What it took of the same policy before
// may still be in force.
func refuseTogether(statements []*ciliumStatement) {
	if slices.ContainsFunc(statements, func(s *ciliumStatement) bool { return s.refused }) {
		for _, s := range statements {
			s.unsure = true
		}
	}
}

func (r *reader) ciliumRule(all []*ciliumStatement, ref PolicyRef, path string, in *CiliumRule) []*ciliumStatement {
	if in.NodeSelector != nil && in.EndpointSelector == nil {
		return all
	}
	s := &ciliumStatement{remarks: remarks{ref: ref}}
	if in.EndpointSelector != nil && in.NodeSelector == nil && meansReserved(in.EndpointSelector) {
		return all
	}
	if in.EndpointSelector == nil || in.NodeSelector != nil {
		s.wrong(path, "not one of endpointSelector and nodeSelector is set")
		s.unsure, s.subjects = true, podPeer{namespaces: r.namespaces.read(&metav1.LabelSelector{})}
	} else {
		var known bool
		s.subjects, known = r.endpoints(path+".endpointSelector", in.EndpointSelector, &s.remarks)
		s.unsure = !known
	}
	if ref.Namespace != "" {
		s.subjects.namespaces, s.subjects.namespace = nil, ref.Namespace
	}
	for d, of := range [2]struct {
		allows, denies []CiliumEntry
		defaultDeny    *bool
	}{{in.Ingress, in.IngressDeny, in.EnableDefaultDeny.Ingress}, {in.Egress, in.EgressDeny, in.EnableDefaultDeny.Egress}} {
		side := &s.sides[d]
		// A rule denies by default iff it has any entry (Rule.Sanitize of github.com/cilium/cilium/pkg/policy/api) and isn't
		// told not to. What it is told about a direction without entries has no effect
		// (Repository.computePolicyEnforcementAndRules in pkg/policy).
		side.denies = len(of.allows)+len(of.denies) > 0 && (of.defaultDeny == nil || *of.defaultDeny)
		name := Direction(d).String()
		for i := range of.denies {
			side.rules = append(side.rules, r.ciliumEntry(fmt.Sprintf("%s.%sDeny[%d]", path, name, i), &of.denies[i], Direction(d), deny, &s.remarks))
		}
		for i := range of.allows {
			side.rules = append(side.rules, r.ciliumEntry(fmt.Sprintf("%s.%s[%d]", path, name, i), &of.allows[i], Direction(d), allow, &s.remarks))
		}
	}
	return append(all, s)
}

// reserved reports whether a label is one of those that Cilium gives to what is no Pod: hosts, the world, its own
// endpoints.
func reserved(key string) bool { return strings.HasPrefix(key, "reserved:") }

// meansReserved reports whether a selector asks for such a label, so that it means no Pod.
func meansReserved(s *metav1.LabelSelector) bool {
	for key := range s.MatchLabels {
		if reserved(key) {
			return true
		}
	}
	return slices.ContainsFunc(s.MatchExpressions, func(e metav1.LabelSelectorRequirement) bool {
		return reserved(e.Key) && (e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpExists)
	})
}

// The labels that Cilium adds to those of a Pod for its namespace.
const (
	ciliumNamespace       = "io.kubernetes.pod.namespace"
	ciliumNamespaceLabels = "io.cilium.k8s.namespace.labels."
)

// endpoints reads a selector of endpoints into one of namespaces and one of Pods. In a policy of a namespace a
// selector that doesn't speak of namespaces means its own. It reports whether all of it is known.
func (r *reader) endpoints(path string, s *metav1.LabelSelector, policy *remarks) (podPeer, bool) {
	namespace := policy.ref.Namespace
	var pods, namespaces metav1.LabelSelector
	known := true
	s = s.DeepCopy()
	s.MatchExpressions = slices.DeleteFunc(s.MatchExpressions, func(e metav1.LabelSelectorRequirement) bool {
		return reserved(e.Key) && (e.Operator == metav1.LabelSelectorOpNotIn || e.Operator == metav1.LabelSelectorOpDoesNotExist)
	})
	of := func(key string) (*metav1.LabelSelector, string) {
		source, bare, ok := strings.Cut(key, ":")
		if !ok {
			source, bare = "any", key
		}
		switch name, isLabel := strings.CutPrefix(bare, ciliumNamespaceLabels); {
		case source != "any" && source != "k8s", !isLabel && strings.HasPrefix(bare, "io.cilium."):
			known = false
			policy.unclear(path, fmt.Sprintf("label %q is Cilium's own: whom it means isn't known here", key))
			return nil, ""
		case isLabel:
			return &namespaces, name
		case bare == ciliumNamespace:
			return &namespaces, "kubernetes.io/metadata.name"
		default:
			return &pods, bare
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		value := s.MatchLabels[key]
		if into, bare := of(key); into != nil {
			if into.MatchLabels == nil {
				into.MatchLabels = map[string]string{}
			}
			if other, twice := into.MatchLabels[bare]; twice && other != value {
				into.MatchExpressions = append(into.MatchExpressions, metav1.LabelSelectorRequirement{Key: bare, Operator: metav1.LabelSelectorOpIn, Values: []string{value}})
				continue
			}
			into.MatchLabels[bare] = value
		}
	}
	for _, e := range s.MatchExpressions {
		if into, bare := of(e.Key); into != nil {
			e.Key = bare
			into.MatchExpressions = append(into.MatchExpressions, e)
		}
	}
	p := podPeer{namespace: namespace, pods: r.pods.read(&pods)}
	known = p.pods.understood(path, policy.wrong) && known
	if namespace == "" || len(namespaces.MatchLabels)+len(namespaces.MatchExpressions) > 0 {
		p.namespaces = r.namespaces.read(&namespaces)
		known = p.namespaces.understood(path, policy.wrong) && known
	}
	return p, known
}

// addCilium adds what Cilium says to a gate: what it denies is denied, whatever anything allows; what it allows adds
// to what NetworkPolicies do.
func (g *gate) addCilium(named []Port) {
	denies := stage{union: true, rest: pass}
	var allows []filter
	rest := pass
	if g.always {
		rest = deny
	}
	for _, s := range g.cilium {
		g.problems = append(g.problems, s.problems...)
		side := &s.sides[g.direction]
		switch {
		case side.denies && s.unsure && rest != deny:
			rest = doubt
		case side.denies && !s.unsure:
			rest = deny
		}
		for i := range side.rules {
			r := &side.rules[i]
			f := newFilter(s.ref, &r.rule, r.action, named)
			f.may, f.looks = r.may, r.looks
			if s.unsure {
				f.action = doubt
			}
			if r.denies {
				denies.filters = append(denies.filters, f)
			} else {
				allows = append(allows, f)
			}
		}
	}
	if denies.filters != nil {
		g.stages = append(g.stages, denies)
	}
	n := len(g.stages)
	g.addNetworkPolicies(named)
	switch {
	case len(g.stages) > n:
		g.stages[n].filters = append(g.stages[n].filters, allows...)
	case len(g.cilium) > 0 || g.always:
		g.stages = append(g.stages, stage{union: true, filters: allows, rest: rest})
	}
}
