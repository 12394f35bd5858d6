package netpol

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func randomCilium(r *rand.Rand, c *Cluster) {
	c.CiliumPolicies = []CiliumPolicy{}
	for i := range r.IntN(5) {
		p := CiliumPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(i), Namespace: fmt.Sprint("n", r.IntN(3))}, Spec: &CiliumRule{}}
		p.Kind = CiliumNetworkPolicy
		if r.IntN(3) == 0 {
			p.Kind, p.Namespace = CiliumClusterwideNetworkPolicy, ""
		}
		p.Spec.EndpointSelector = randomSelector(r, "app", "tier")
		p.Spec.Ingress, p.Spec.IngressDeny = randomEntries(r, Ingress, false), randomEntries(r, Ingress, true)
		p.Spec.Egress, p.Spec.EgressDeny = randomEntries(r, Egress, false), randomEntries(r, Egress, true)
		c.CiliumPolicies = append(c.CiliumPolicies, p)
	}
}

func randomEntries(r *rand.Rand, d Direction, denies bool) (entries []CiliumEntry) {
	for range r.IntN(3) {
		if denies && r.IntN(2) == 0 {
			continue
		}
		var e CiliumEntry
		var endpoints []metav1.LabelSelector
		var networks, entities []string
		switch r.IntN(4) {
		case 0:
			networks = []string{[]string{"10.0.0.0/8", "0.0.0.0/1", "::/0"}[r.IntN(3)]}
		case 1:
			entities = []string{[]string{"all", "world"}[r.IntN(2)]}
		case 2:
			endpoints = []metav1.LabelSelector{*randomSelector(r, "app", ciliumNamespace), *randomSelector(r, "tier")}
		}
		if d == Ingress {
			e.FromEndpoints, e.FromCIDR, e.FromEntities = endpoints, networks, entities
		} else {
			e.ToEndpoints, e.ToCIDR, e.ToEntities = endpoints, networks, entities
		}
		for range r.IntN(2) {
			port := CiliumPort{Port: []string{"1", "80", "99"}[r.IntN(3)], Protocol: []string{"TCP", "UDP", "ANY"}[r.IntN(3)]}
			port.EndPort = []int32{0, 100, 65535}[r.IntN(3)]
			e.ToPorts = append(e.ToPorts, CiliumPorts{Ports: []CiliumPort{port}})
		}
		if denies && endpoints == nil && networks == nil && entities == nil && e.ToPorts == nil {
			continue // what it denies isn't defined
		}
		entries = append(entries, e)
	}
	return entries
}

func randomCalico(r *rand.Rand, c *Cluster) {
	first, last := 10.0, 2e6
	c.CalicoTiers = []CalicoTier{{ObjectMeta: metav1.ObjectMeta{Name: "last"}}, {ObjectMeta: metav1.ObjectMeta{Name: "first"}}}
	c.CalicoTiers[0].Spec.Order, c.CalicoTiers[0].Spec.DefaultAction = &last, "Pass"
	c.CalicoTiers[1].Spec.Order = &first
	for i, set := range []string{"a", "b"} {
		s := CalicoNetworkSet{ObjectMeta: metav1.ObjectMeta{Name: set, Labels: map[string]string{"set": set}}}
		s.Namespace = []string{"", "n1"}[i]
		s.Spec.Nets = []string{[]string{"11.0.0.0/8", "10.0.0.0/9", "::/1", "128.0.0.0/2"}[r.IntN(4)]}
		c.CalicoNetworkSets = append(c.CalicoNetworkSets, s)
	}
	c.CalicoPolicies = []CalicoPolicy{}
	for i := range 1 + r.IntN(6) {
		order := []float64{500, 1500}[r.IntN(2)] + float64(i)
		p := CalicoPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(i)}}
		p.APIVersion, p.Kind = "projectcalico.org/v3", CalicoGlobalNetworkPolicy
		if r.IntN(2) == 0 {
			p.Kind, p.Namespace = "NetworkPolicy", fmt.Sprint("n", r.IntN(3))
		}
		p.Spec.Tier, p.Spec.Order, p.Spec.Selector = []string{"first", "", "", "last"}[r.IntN(4)], &order, anyKey(r, oracleSelectors)
		for range r.IntN(4) {
			p.Spec.Ingress = append(p.Spec.Ingress, randomCalicoRule(r))
		}
		for range r.IntN(4) {
			p.Spec.Egress = append(p.Spec.Egress, randomCalicoRule(r))
		}
		c.CalicoPolicies = append(c.CalicoPolicies, p)
	}
}

func randomCalicoRule(r *rand.Rand) CalicoRule {
	rule := CalicoRule{Action: []string{"Allow", "Allow", "Deny", "Pass", "Log"}[r.IntN(5)], Source: randomEntity(r), Destination: randomEntity(r)}
	if r.IntN(2) == 0 {
		return rule
	}
	protocol := intstr.FromString([]string{"TCP", "UDP"}[r.IntN(2)])
	rule.Protocol = &protocol
	switch r.IntN(4) {
	case 0:
		rule.Destination.Ports = []intstr.IntOrString{intstr.FromString("80:99"), intstr.FromString("1")}
	case 1:
		rule.Destination.Ports = []intstr.IntOrString{intstr.FromString("web")}
	case 2:
		rule.Destination.NotPorts = []intstr.IntOrString{intstr.FromInt32(80), intstr.FromInt32(100)}
	}
	return rule
}

func randomEntity(r *rand.Rand) (e CalicoEntity) {
	if r.IntN(2) == 0 {
		e.Selector = anyKey(r, oracleSelectors)
	}
	if r.IntN(4) == 0 {
		e.NamespaceSelector = anyKey(r, oracleNamespaces)
	}
	if r.IntN(5) == 0 {
		e.NotSelector = anyKey(r, oracleSelectors)
	}
	if r.IntN(5) == 0 {
		e.Nets = []string{[]string{"10.0.0.0/8", "0.0.0.0/1"}[r.IntN(2)], "::/0"}
	}
	if r.IntN(6) == 0 {
		e.NotNets = []string{[]string{"10.128.0.0/9", "128.0.0.0/1"}[r.IntN(2)]}
	}
	return e
}

func anyKey[V any](r *rand.Rand, of map[string]V) string {
	keys := slices.Sorted(maps.Keys(of))
	return keys[r.IntN(len(keys))]
}
