package collect

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// reduceService sets the defaults that a server has set (kubernetes
// pkg/apis/core/v1/defaults.go): type ClusterIP, protocol TCP, targetPort the port.
func reduceService(k *kept, s *corev1.Service) string {
	if s.Labels[solver] == "true" {
		return RuleSolver
	}
	service := audit.Service{
		Object:                k.meta(&s.ObjectMeta),
		Annotations:           s.Annotations,
		Created:               s.CreationTimestamp.UTC(),
		Type:                  string(s.Spec.Type),
		Selector:              k.labelSet(s.Spec.Selector),
		ClusterIPs:            s.Spec.ClusterIPs,
		ExternalIPs:           s.Spec.ExternalIPs,
		ExternalName:          s.Spec.ExternalName,
		SourceRanges:          s.Spec.LoadBalancerSourceRanges,
		NoNodePorts:           s.Spec.AllocateLoadBalancerNodePorts != nil && !*s.Spec.AllocateLoadBalancerNodePorts,
		ExternalTrafficPolicy: string(s.Spec.ExternalTrafficPolicy),
	}
	if service.Type == "" {
		service.Type = string(corev1.ServiceTypeClusterIP)
	}
	if len(service.ClusterIPs) == 0 && s.Spec.ClusterIP != "" {
		service.ClusterIPs = []string{s.Spec.ClusterIP}
	}
	if s.Spec.LoadBalancerClass != nil {
		service.Class = *s.Spec.LoadBalancerClass
	}
	for _, p := range s.Spec.Ports {
		port := audit.ServicePort{Name: p.Name, Protocol: string(p.Protocol), Port: p.Port, TargetPort: p.TargetPort.String(), NodePort: p.NodePort}
		if port.Protocol == "" {
			port.Protocol = string(corev1.ProtocolTCP)
		}
		if port.TargetPort == "" || port.TargetPort == "0" {
			port.TargetPort = strconv.Itoa(int(p.Port))
		}
		service.Ports = append(service.Ports, port)
	}
	for i := range s.Status.LoadBalancer.Ingress {
		given := &s.Status.LoadBalancer.Ingress[i]
		address := audit.LoadBalancer{IP: given.IP, Hostname: given.Hostname}
		if given.IPMode != nil {
			address.IPMode = string(*given.IPMode)
		}
		service.LoadBalancer = append(service.LoadBalancer, address)
	}
	k.Services = append(k.Services, service)
	return ""
}

// The label that says who writes an Endpoints object
// (https://kubernetes.io/docs/reference/labels-annotations-taints/).
const endpointsManagedBy = "endpoints.kubernetes.io/managed-by"

func reduceEndpoints(k *kept, e *corev1.Endpoints) string { //nolint:staticcheck // deprecated, and still served and written
	b := audit.Backends{
		Object: k.meta(&e.ObjectMeta), APIVersion: "v1", Kind: "Endpoints", Service: e.Name, ManagedBy: e.Labels[endpointsManagedBy],
	}
	for i := range e.Subsets {
		b.Ready += len(e.Subsets[i].Addresses)
		b.NotReady += len(e.Subsets[i].NotReadyAddresses)
		for _, list := range [...][]corev1.EndpointAddress{e.Subsets[i].Addresses, e.Subsets[i].NotReadyAddresses} { //nolint:staticcheck // as above
			for j := range list {
				b.Bare = bare(b.Bare, list[j].TargetRef, list[j].IP)
			}
		}
	}
	k.Backends = append(k.Backends, b)
	return ""
}

// sliceController keeps the slices of Services with a selector, by the addresses of Pods
// (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management).
const sliceController = "endpointslice-controller.k8s.io"

func reduceEndpointSlice(k *kept, s *discoveryv1.EndpointSlice) string {
	b := audit.Backends{
		Object: k.meta(&s.ObjectMeta), APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice",
		Service: k.text(s.Labels[discoveryv1.LabelServiceName]), ManagedBy: k.text(s.Labels[discoveryv1.LabelManagedBy]),
		Family: k.text(string(s.AddressType)),
	}
	for i := range s.Endpoints {
		e := &s.Endpoints[i]
		if e.Conditions.Ready == nil || *e.Conditions.Ready { // nil is ready (discovery/v1, EndpointConditions)
			b.Ready++
		} else {
			b.NotReady++
		}
		for _, address := range e.Addresses {
			b.Bare = bare(b.Bare, e.TargetRef, address)
		}
		if b.ManagedBy != sliceController {
			b.Claims = k.claims(b.Claims, e, b.Namespace)
		}
	}
	k.Backends = append(k.Backends, b)
	return ""
}

// bare appends an address that doesn't belong to a Pod by its own account.
func bare(list []string, target *corev1.ObjectReference, address string) []string {
	if target != nil && target.Kind == "Pod" || address == "" {
		return list
	}
	if a, err := netip.ParseAddr(address); err == nil {
		address = a.String()
	}
	if slices.Contains(list, address) {
		return list
	}
	return append(list, address)
}

// claims appends the addresses of an endpoint that names a Pod.
func (k *kept) claims(list []audit.Claim, e *discoveryv1.Endpoint, namespace string) []audit.Claim {
	if e.TargetRef == nil || e.TargetRef.Kind != "Pod" {
		return list
	}
	if e.TargetRef.Namespace != "" {
		namespace = e.TargetRef.Namespace
	}
	for _, address := range e.Addresses {
		if a, err := netip.ParseAddr(address); err == nil {
			address = a.String()
		}
		list = append(list, audit.Claim{Address: address, Namespace: k.text(namespace), Pod: k.text(e.TargetRef.Name)})
	}
	return list
}
