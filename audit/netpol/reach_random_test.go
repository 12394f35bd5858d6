package netpol

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func randomAdmin(r *rand.Rand, c *Cluster) {
	for i := range r.IntN(4) {
		p := AdminPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(i)}}
		p.Kind = []string{AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy}[min(i, 2)]
		p.Spec.Priority = int32((i*7 + 3) % 10)
		if p.Kind == ClusterNetworkPolicy {
			p.Spec.Tier = []string{"Admin", "Baseline"}[r.IntN(2)]
		}
		p.Spec.Subject.Namespaces, p.Spec.Subject.Pods = randomPods(r)
		rules := func() (rules []AdminRule) {
			for range r.IntN(4) {
				rule := AdminRule{Action: []string{"Allow", "Deny", "Pass"}[r.IntN(3)], Ports: randomAdminPorts(r)}
				if p.Kind == BaselineAdminNetworkPolicy && rule.Action == "Pass" {
					rule.Action = "Deny"
				}
				if p.Kind == ClusterNetworkPolicy && rule.Action == "Allow" {
					rule.Action = "Accept"
				}
				for range 1 + r.IntN(2) {
					var peer AdminPeer
					peer.Namespaces, peer.Pods = randomPods(r)
					if r.IntN(4) == 0 {
						peer = AdminPeer{Networks: []string{sampleBlocks[r.IntN(len(sampleBlocks)-2)].CIDR}}
					}
					rule.To = append(rule.To, peer)
				}
				rules = append(rules, rule)
			}
			return rules
		}
		p.Spec.Egress = rules()
		p.Spec.Ingress = rules()
		for i := range p.Spec.Ingress {
			p.Spec.Ingress[i].From, p.Spec.Ingress[i].To = p.Spec.Ingress[i].To, nil
		}
		c.AdminPolicies = append(c.AdminPolicies, p)
	}
}

func randomPods(r *rand.Rand) (*metav1.LabelSelector, *AdminPods) {
	namespaces := randomSelector(r, "team", "kubernetes.io/metadata.name")
	if r.IntN(2) == 0 {
		return namespaces, nil
	}
	return nil, &AdminPods{*namespaces, *randomSelector(r, "app", "tier")}
}

func randomAdminPorts(r *rand.Rand) (ports []AdminPort) {
	for range r.IntN(3) {
		protocol, first := protocols[r.IntN(3)], []int32{1, 80, 81, 100}[r.IntN(4)]
		switch web := "web"; r.IntN(3) {
		case 0:
			ports = append(ports, AdminPort{NamedPort: &web})
		case 1:
			ports = append(ports, AdminPort{PortNumber: &AdminPortNumber{protocol, first}})
		case 2:
			ports = append(ports, AdminPort{PortRange: &AdminPortRange{protocol, first, []int32{100, 65535}[r.IntN(2)]}})
		}
	}
	return ports
}

func randomReach(r *rand.Rand) *Cluster {
	c := &Cluster{}
	for n := range 3 {
		ns := fmt.Sprint("n", n)
		c.Namespaces = append(c.Namespaces, Namespace{ns, map[string]string{"team": fmt.Sprint(r.IntN(2))}})
		for i := range 3 {
			p := Pod{Namespace: ns, Name: fmt.Sprint(i), Labels: map[string]string{"app": fmt.Sprint(r.IntN(2)), "tier": fmt.Sprint(r.IntN(2))}, HostNetwork: r.IntN(10) == 0}
			if r.IntN(12) > 0 {
				p.Addresses = append(p.Addresses, netip.AddrFrom4([4]byte{10, byte(r.IntN(256)), byte(n), byte(i)}))
			}
			if r.IntN(4) == 0 {
				p.Addresses = append(p.Addresses, netip.MustParseAddr("fd00::1"))
			}
			switch r.IntN(3) {
			case 0:
				p.Ports = []Port{{"web", 80, corev1.ProtocolTCP}, {"other", 81, corev1.ProtocolTCP}}
			case 1:
				p.Ports = []Port{{"web", 100, corev1.ProtocolUDP}}
			}
			c.Pods = append(c.Pods, p)
		}
	}
	for i := range r.IntN(6) {
		p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprint("n", r.IntN(3)), Name: fmt.Sprint(i)}}
		if r.IntN(2) == 0 {
			p.Spec.PodSelector = *randomSelector(r, "app", "tier")
		}
		for _, t := range []networkingv1.PolicyType{"Ingress", "Egress"} {
			if r.IntN(2) == 0 {
				p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, t)
			}
		}
		for range r.IntN(3) {
			p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: randomReachPeers(r), Ports: randomPorts(r)})
		}
		for range r.IntN(3) {
			p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: randomReachPeers(r), Ports: randomPorts(r)})
		}
		c.Policies = append(c.Policies, p)
	}
	return c
}

func randomReachPeers(r *rand.Rand) (peers []networkingv1.NetworkPolicyPeer) {
	for range r.IntN(4) {
		var p networkingv1.NetworkPolicyPeer
		switch r.IntN(4) {
		case 0:
			p.IPBlock = &sampleBlocks[r.IntN(len(sampleBlocks))]
		case 1:
			p.PodSelector = randomSelector(r, "app", "tier")
		case 2:
			p.NamespaceSelector = randomSelector(r, "team", "kubernetes.io/metadata.name")
		case 3:
			p.NamespaceSelector = randomSelector(r, "team", "kubernetes.io/metadata.name")
			p.PodSelector = randomSelector(r, "app", "tier")
		}
		peers = append(peers, p)
	}
	return peers
}

func randomSelector(r *rand.Rand, keys ...string) *metav1.LabelSelector {
	values := []string{"0", "1", "n0", "n1"}
	key := keys[r.IntN(len(keys))]
	switch r.IntN(4) {
	case 0:
		return &metav1.LabelSelector{}
	case 1:
		return &metav1.LabelSelector{MatchLabels: map[string]string{key: values[r.IntN(4)]}}
	}
	e := metav1.LabelSelectorRequirement{Key: key, Operator: []metav1.LabelSelectorOperator{"In", "NotIn", "Exists", "DoesNotExist"}[r.IntN(4)]}
	if e.Operator == "In" || e.Operator == "NotIn" {
		e.Values = values[:1+r.IntN(3)]
	}
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{e}}
}
