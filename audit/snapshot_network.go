package audit

import "time"

// A Node is a lean Node.
type Node struct {
	Object
	Created       time.Time         `json:"created,omitzero"`
	Annotations   map[string]string `json:"annotations,omitempty"` // those that network plugins write (collect's list)
	Addresses     []NodeAddress     `json:"addresses,omitempty"`
	PodCIDRs      []string          `json:"podCIDRs,omitempty"`
	Unschedulable bool              `json:"unschedulable,omitempty"`
	Ready         string            `json:"ready,omitempty"`      // status of the condition Ready: True, False, Unknown; "" where there is none
	OS            string            `json:"os,omitempty"`         // status.nodeInfo.operatingSystem, else the label kubernetes.io/os
	Kubelet       string            `json:"kubelet,omitempty"`    // status.nodeInfo.kubeletVersion: "v1.31.2+k3s1"
	OSImage       string            `json:"osImage,omitempty"`    // status.nodeInfo.osImage
	ProviderID    string            `json:"providerID,omitempty"` // spec.providerID: "kind://…", "aws:///eu-central-1a/i-0123"
}

// A NodeAddress is an address that a Node has.
type NodeAddress struct {
	Type    string `json:"type"` // InternalIP, ExternalIP, Hostname …
	Address string `json:"address"`
}

// A Service is a lean Service.
type Service struct {
	Object
	Annotations           map[string]string `json:"annotations,omitempty"` // but those of kubectl
	Created               time.Time         `json:"created,omitzero"`
	Type                  string            `json:"type"` // ClusterIP, NodePort, LoadBalancer, ExternalName, defaulted
	Selector              map[string]string `json:"selector,omitempty"`
	ClusterIPs            []string          `json:"clusterIPs,omitempty"` // "None" for a headless one
	ExternalIPs           []string          `json:"externalIPs,omitempty"`
	ExternalName          string            `json:"externalName,omitempty"`
	Ports                 []ServicePort     `json:"ports,omitempty"`
	SourceRanges          []string          `json:"sourceRanges,omitempty"` // loadBalancerSourceRanges
	Class                 string            `json:"class,omitempty"`        // loadBalancerClass
	NoNodePorts           bool              `json:"noNodePorts,omitempty"`  // allocateLoadBalancerNodePorts is false
	ExternalTrafficPolicy string            `json:"externalTrafficPolicy,omitempty"`
	LoadBalancer          []LoadBalancer    `json:"loadBalancer,omitempty"` // status.loadBalancer.ingress
}

// A ServicePort is a port of a Service.
type ServicePort struct {
	Name       string `json:"name,omitempty"`
	Protocol   string `json:"protocol"` // defaulted
	Port       int32  `json:"port"`
	TargetPort string `json:"targetPort"` // a number or a name, defaulted to the port
	NodePort   int32  `json:"nodePort,omitempty"`
}

// A LoadBalancer is one address that a provider gave a Service.
type LoadBalancer struct {
	IP       string `json:"ip,omitempty"`
	Hostname string `json:"hostname,omitempty"`
	IPMode   string `json:"ipMode,omitempty"` // VIP or Proxy
}

// Backends are the addresses that stand behind a Service: an EndpointSlice, or an
// Endpoints object.
type Backends struct {
	Object
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`                // EndpointSlice or Endpoints
	Service    string   `json:"service,omitempty"`   // its name, in the same namespace; "" where the object names none
	ManagedBy  string   `json:"managedBy,omitempty"` // label endpointslice.kubernetes.io/managed-by, endpoints.kubernetes.io/managed-by
	Family     string   `json:"family,omitempty"`    // of an EndpointSlice: IPv4, IPv6 or FQDN; "" where it doesn't say
	Ready      int      `json:"ready"`               // endpoints that are ready; one that doesn't say is
	NotReady   int      `json:"notReady"`
	Bare       []string `json:"bare,omitempty"` // addresses and names without a targetRef to a Pod

	// Claims are the addresses with a targetRef to a Pod, of slices that no controller of
	// Kubernetes keeps.
	Claims []Claim `json:"claims,omitempty"`
}

// A Claim is an address that stands in a slice as that of a Pod.
type Claim struct {
	Address   string `json:"address"`
	Namespace string `json:"namespace"` // of the Pod
	Pod       string `json:"pod"`
}

// A ServiceCIDR is a range of Services' addresses.
type ServiceCIDR struct {
	Object
	CIDRs []string `json:"cidrs"`
}

// A Route is a lean route of the Gateway API: HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or
// UDPRoute.
type Route struct {
	Object
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Created    time.Time  `json:"created,omitzero"`
	Hostnames  []string   `json:"hostnames,omitempty"`
	Paths      []string   `json:"paths,omitempty"`     // of an HTTPRoute, without a slash at the end
	Redirects  bool       `json:"redirects,omitempty"` // every rule redirects to https
	Parents    []RouteEnd `json:"parents,omitempty"`   // Gateways, ListenerSets
	Backends   []RouteEnd `json:"backends,omitempty"`  // Services, of all rules
}

// A RouteEnd is an object that a route refers to.
type RouteEnd struct {
	Group     string `json:"group,omitempty"` // "" for the core
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"` // defaulted to the route's
	Name      string `json:"name"`
	Port      int32  `json:"port,omitempty"`
	Section   string `json:"section,omitempty"` // of a parent: the listener, "" for all that admit the route
}

// A ConfigMap is what is kept of a ConfigMap that was asked for by name: the keys that
// the table of named ConfigMaps lists, no other.
type ConfigMap struct {
	Object
	Absent bool              `json:"absent,omitempty"` // the server answered 404
	Data   map[string]string `json:"data,omitempty"`
}

// A Setting is an object of a network plugin, a mesh or an admission controller, reduced
// to the fields that checks rely on.
type Setting struct {
	Object
	Resource   Resource          `json:"resource"`
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Values     map[string]string `json:"values,omitempty"` // by field path; what isn't a text stands as JSON
}

// An OtherPolicy is a policy of an engine whose meaning this build doesn't know.
type OtherPolicy struct {
	Object
	Resource   Resource `json:"resource"` // "" where files hold a version that this build doesn't know
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
}
