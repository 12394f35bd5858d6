package audit

import (
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// A DNSView is the DNS in use: the Services that Pods are told to ask, and the addresses
// that stand for it where a node or a provider answers.
type DNSView struct {
	Services  []DNSService // sorted by namespace and name
	Addresses []DNSAddress // beside the Services' own
}

// A DNSService is a Service of the cluster's DNS.
type DNSService struct {
	Service *Service
	Ready   int  // endpoints that are ready
	Known   bool // EndpointSlices or Endpoints of it were read
}

// A DNSAddress is an address outside the Pods' network that answers DNS.
type DNSAddress struct {
	Address netip.Addr
	What    string // "NodeLocal DNSCache", "Cloud DNS"
}

// Found reports whether any DNS is known.
func (v *DNSView) Found() bool { return len(v.Services)+len(v.Addresses) > 0 }

// The addresses of NodeLocal DNSCache
// (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/) and of Cloud DNS for
// GKE (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns).
var (
	nodeLocalAddress = netip.MustParseAddr("169.254.20.10")
	cloudDNSAddress  = netip.MustParseAddr("169.254.169.254")
)

// dnsServices name the Services of known installers: kubeadm and its like, k3s, RKE2,
// OpenShift.
var dnsServices = [][2]string{
	{"kube-system", "kube-dns"}, {"kube-system", "rke2-coredns-rke2-coredns"}, {"kube-system", "coredns"}, {"openshift-dns", "dns-default"},
}

func dnsView(s *Snapshot) DNSView {
	var v DNSView
	onGCE := slices.ContainsFunc(s.Nodes, func(n Node) bool { return strings.HasPrefix(n.ProviderID, "gce://") })
	for i := range s.Services {
		service := &s.Services[i]
		named := slices.Contains(dnsServices, [2]string{service.Namespace, service.Name})
		labelled := service.Namespace == "kube-system" && service.Labels["k8s-app"] == "kube-dns" && service.Name != "kube-dns-upstream"
		if !named && !labelled || service.Name == "node-local-dns" || !servesDNS(service) {
			continue
		}
		if onGCE && switchedOff(s, service) {
			continue
		}
		v.Services = append(v.Services, dnsService(s, service))
	}
	nodeLocal := false
	for i := range s.Controllers {
		c := &s.Controllers[i]
		nodeLocal = nodeLocal || c.Kind == "DaemonSet" && c.Namespace == "kube-system" && (c.Name == "node-local-dns" || c.Labels["k8s-app"] == "node-local-dns")
	}
	if nodeLocal {
		v.Addresses = append(v.Addresses, DNSAddress{nodeLocalAddress, "NodeLocal DNSCache"})
	}
	if len(v.Services) == 0 && onGCE {
		v.Addresses = append(v.Addresses, DNSAddress{cloudDNSAddress, "Cloud DNS"})
	}
	return v
}

// dnsService counts what is ready behind a Service. A Pod has an endpoint in the slices of
// each family, so that the family with most of them tells how many there are
// (https://kubernetes.io/docs/concepts/services-networking/dual-stack/).
func dnsService(s *Snapshot, service *Service) DNSService {
	d := DNSService{Service: service}
	ready, written := map[string]int{}, 0
	for i := range s.Backends {
		b := &s.Backends[i]
		if b.Namespace != service.Namespace || b.Service != service.Name {
			continue
		}
		d.Known = true
		if b.Kind == "EndpointSlice" {
			ready[b.Family] += b.Ready
		} else {
			written = b.Ready
		}
	}
	for _, n := range ready {
		d.Ready = max(d.Ready, n)
	}
	if d.Ready == 0 {
		d.Ready = written
	}
	return d
}

// switchedOff reports whether what answers for a Service is scaled to 0, as kube-dns is
// where Cloud DNS took its place
// (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns).
func switchedOff(s *Snapshot, service *Service) bool {
	if len(service.Selector) == 0 {
		return false
	}
	selector, off := labels.SelectorFromSet(service.Selector), false
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Namespace != service.Namespace || len(c.PodLabels) == 0 || !selector.Matches(labels.Set(c.PodLabels)) {
			continue
		}
		if c.Replicas > 0 {
			return false
		}
		off = true
	}
	return off
}

// servesDNS reports whether a Service has a port 53.
func servesDNS(s *Service) bool {
	return slices.ContainsFunc(s.Ports, func(p ServicePort) bool { return p.Port == 53 })
}
