package audit

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Preservation says whether the address of a client reaches the Pods behind a Service. The
// zero value is not known.
type Preservation int

// What becomes of a client's address on the way.
const (
	AddressUnknown Preservation = iota
	AddressKept                 // by what is configured: consistent with preservation, no proof of it
	AddressLost
)

// SendsProxyProtocol returns the annotation by which a Service's load balancer is told to
// send the PROXY protocol, "" for none.
func (s *Service) SendsProxyProtocol() string {
	for i := range Balancers.ProxyProtocol {
		if row := &Balancers.ProxyProtocol[i]; row.says(s) {
			return row.Annotation
		}
	}
	return ""
}

// says reports whether a Service has the annotation with one of its values, read as globs
// whatever the case. An explicit false never counts.
func (b *BalancerSetting) says(s *Service) bool {
	value := s.Annotations[b.Annotation]
	if on, err := strconv.ParseBool(value); err == nil && !on && value != "0" {
		return false
	}
	return b.matches(s)
}

// matches is says, for values of which false may be one.
func (b *BalancerSetting) matches(s *Service) bool {
	value, ok := s.Annotations[b.Annotation]
	return ok && slices.ContainsFunc(b.Values, func(pattern string) bool {
		matches, err := path.Match(strings.ToLower(pattern), strings.ToLower(value))
		return err == nil && matches
	})
}

// ClientAddress says what becomes of a client's address on the way through a Service's load
// balancer and kube-proxy, without the PROXY protocol, and why
// (https://kubernetes.io/docs/tutorials/services/source-ip/).
func (f *Facts) ClientAddress(s *Service) (Preservation, string) {
	network := isNetworkLoadBalancer(s)
	switch {
	case network && targetsPods(s):
		if strings.Contains(s.Annotations[targetAttributes], "preserve_client_ip.enabled=true") {
			return AddressKept, "an AWS Network Load Balancer with IP targets and preserve_client_ip.enabled"
		}
		return AddressLost, "an AWS Network Load Balancer with IP targets, which keeps clients’ addresses only with preserve_client_ip.enabled=true"
	case s.Type == "LoadBalancer" && s.losesAddresses() != "":
		return AddressLost, "its load balancer was told not to keep clients’ addresses (" + s.losesAddresses() + ")"
	case slices.ContainsFunc(s.LoadBalancer, func(b LoadBalancer) bool { return b.IPMode == "Proxy" }):
		return AddressUnknown, "its load balancer has ipMode Proxy: it opens connections of its own, and what it tells of clients isn’t visible"
	case s.ExternalTrafficPolicy == "Local" && s.Type != "LoadBalancer":
		return AddressUnknown, "what stands before its node ports isn’t in the API"
	case s.ExternalTrafficPolicy == "Local":
		return f.addressAtBalancer(s, network)
	case f.replacesKubeProxy():
		return AddressUnknown, "Cilium takes kube-proxy’s place, and may keep clients’ addresses with externalTrafficPolicy Cluster too"
	case len(f.Plugin.Plugins) == 0 && f.isUnread(DaemonSets):
		return AddressUnknown, "DaemonSets were not read, and Cilium in kube-proxy’s place may keep clients’ addresses with externalTrafficPolicy Cluster too"
	}
	return AddressLost, "externalTrafficPolicy Cluster: kube-proxy puts a node’s address in the place of the client’s"
}

// addressAtBalancer says what a load balancer before a Service with the policy Local does.
func (f *Facts) addressAtBalancer(s *Service, network bool) (Preservation, string) {
	if !network && f.onProvider("aws://") && slices.ContainsFunc(s.LoadBalancer, func(b LoadBalancer) bool { return b.Hostname != "" }) {
		return AddressUnknown, "its load balancer isn’t known to be an AWS Network Load Balancer; a classic one opens connections of its own"
	}
	if !network && f.isUnread(Nodes) {
		return AddressUnknown, "nodes were not read, and with them the provider, whose load balancers may open connections of their own"
	}
	for i := range Balancers.Connecting {
		if b := &Balancers.Connecting[i]; f.connects(b, s) {
			return AddressUnknown, "load balancers of " + b.Provider + " may open connections of their own (" + b.Docs + ")"
		}
	}
	return AddressKept, "externalTrafficPolicy Local, behind a load balancer that passes packets on"
}

// connects reports whether a Service's load balancer is of a kind that opens connections of
// its own.
func (f *Facts) connects(b *ConnectingBalancer, s *Service) bool {
	if slices.ContainsFunc(b.Unless, func(u BalancerSetting) bool { return u.is(s) }) {
		return false
	}
	return b.Class != "" && b.Class == s.Class || b.Nodes != "" && f.onProvider(b.Nodes)
}

// losesAddresses returns the annotation by which a Service's load balancer was told not to
// keep clients' addresses, "" for none.
func (s *Service) losesAddresses() string {
	for i := range Balancers.Losing {
		if row := &Balancers.Losing[i]; row.matches(s) {
			return row.Annotation
		}
	}
	return ""
}

func (f *Facts) isUnread(r Resource) bool {
	_, unread := f.Unread(r, "")
	return unread
}

// onProvider reports whether nodes are of a provider, by how their providerID begins.
func (f *Facts) onProvider(prefix string) bool {
	return slices.ContainsFunc(f.Nodes, func(n Node) bool { return strings.HasPrefix(n.ProviderID, prefix) })
}

const (
	// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/)
	balancerType     = "service.beta.kubernetes.io/aws-load-balancer-type"
	targetType       = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
	targetAttributes = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
)

// isNetworkLoadBalancer reports whether a Service's load balancer is an AWS Network Load
// Balancer: by annotation, class, or the form of its name (…elb.REGION.amazonaws.com).
func isNetworkLoadBalancer(s *Service) bool {
	return slices.Contains([]string{"nlb", "nlb-ip", "external"}, s.Annotations[balancerType]) ||
		s.Class == "service.k8s.aws/nlb" || s.Class == "eks.amazonaws.com/nlb" ||
		slices.ContainsFunc(s.LoadBalancer, func(b LoadBalancer) bool {
			return strings.Contains(b.Hostname, ".elb.") && strings.HasSuffix(b.Hostname, ".amazonaws.com") && !strings.HasSuffix(b.Hostname, ".elb.amazonaws.com")
		})
}

// targetsPods reports whether an AWS Network Load Balancer sends to Pods, past kube-proxy.
// EKS Auto Mode does by default.
func targetsPods(s *Service) bool {
	switch s.Annotations[targetType] {
	case "ip":
		return true
	case "instance":
		return false
	}
	return s.Annotations[balancerType] == "nlb-ip" || s.Class == "eks.amazonaws.com/nlb"
}

// replacesKubeProxy reports whether Cilium may take kube-proxy's place: it runs, and its
// settings don't say otherwise (https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/).
func (f *Facts) replacesKubeProxy() bool {
	if !slices.Contains(f.Plugin.Plugins, "cilium") {
		return false
	}
	config := f.ConfigMap("kube-system", "cilium-config")
	return config == nil || config.Absent || !slices.Contains([]string{"false", "disabled"}, config.Data["kube-proxy-replacement"])
}
