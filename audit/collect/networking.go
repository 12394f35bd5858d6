package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

const networkingGroup = "networking.k8s.io"

var networking = []kind{
	{
		resource: audit.NetworkPolicies, group: networkingGroup, version: "v1", plural: "networkpolicies", name: "NetworkPolicy", namespaced: true,
		codec: decoding(reduceNetworkPolicy),
	},
	{
		resource: audit.Ingresses, group: networkingGroup, version: "v1", plural: "ingresses", name: "Ingress", namespaced: true,
		codec: decoding(reduceIngress),
	},
	{
		resource: audit.IngressClasses, group: networkingGroup, version: "v1", plural: "ingressclasses", name: "IngressClass",
		codec: decoding(reduceIngressClass),
	},
	{
		resource: audit.ServiceCIDRs, group: networkingGroup, version: "v1", also: []string{"v1beta1"}, plural: "servicecidrs", name: "ServiceCIDR",
		codec: decoding(reduceServiceCIDR),
	},
	{
		resource: audit.EndpointSlices, group: "discovery.k8s.io", version: "v1", plural: "endpointslices", name: "EndpointSlice", namespaced: true,
		codec: decoding(reduceEndpointSlice),
	},
}

// reduceNetworkPolicy sets the defaults that a server has set
// (kubernetes pkg/apis/networking/v1/defaults.go): a port without protocol is TCP;
// policyTypes are Ingress, and Egress where there is an egress rule.
func reduceNetworkPolicy(k *kept, p *networkingv1.NetworkPolicy) string {
	if len(p.Spec.PolicyTypes) == 0 {
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
		if len(p.Spec.Egress) > 0 {
			p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		}
	}
	for i := range p.Spec.Ingress {
		defaultProtocol(p.Spec.Ingress[i].Ports)
	}
	for i := range p.Spec.Egress {
		defaultProtocol(p.Spec.Egress[i].Ports)
	}
	k.NetworkPolicies = append(k.NetworkPolicies, *p)
	return ""
}

func defaultProtocol(ports []networkingv1.NetworkPolicyPort) {
	for i := range ports {
		if ports[i].Protocol == nil {
			tcp := corev1.ProtocolTCP
			ports[i].Protocol = &tcp
		}
	}
}

func reduceIngress(k *kept, i *networkingv1.Ingress) string {
	if i.Labels[solver] == "true" {
		return RuleSolver
	}
	k.Ingresses = append(k.Ingresses, *i)
	return ""
}

func reduceIngressClass(k *kept, c *networkingv1.IngressClass) string {
	k.IngressClasses = append(k.IngressClasses, *c)
	return ""
}

func reduceServiceCIDR(k *kept, c *networkingv1.ServiceCIDR) string {
	k.ServiceCIDRs = append(k.ServiceCIDRs, audit.ServiceCIDR{Object: k.meta(&c.ObjectMeta), CIDRs: c.Spec.CIDRs})
	return ""
}
