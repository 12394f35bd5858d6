package netpol

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A CiliumPolicy is what matters of a CiliumNetworkPolicy or a CiliumClusterwideNetworkPolicy of cilium.io/v2
// (https://docs.cilium.io/en/stable/security/policy/). Its kind says which it is.
type CiliumPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              *CiliumRule  `json:"spec"`
	Specs             []CiliumRule `json:"specs"` // counts beside Spec
}

// The kinds of a [CiliumPolicy].
const (
	CiliumNetworkPolicy            = "CiliumNetworkPolicy"
	CiliumClusterwideNetworkPolicy = "CiliumClusterwideNetworkPolicy"
)

// A CiliumRule is one of the rules of a [CiliumPolicy]: whom it selects, and what it allows and denies them.
type CiliumRule struct {
	EndpointSelector  *metav1.LabelSelector `json:"endpointSelector"`
	NodeSelector      *metav1.LabelSelector `json:"nodeSelector"` // of nodes, no Pods: not read on
	Ingress           []CiliumEntry         `json:"ingress"`
	IngressDeny       []CiliumEntry         `json:"ingressDeny"`
	Egress            []CiliumEntry         `json:"egress"`
	EgressDeny        []CiliumEntry         `json:"egressDeny"`
	EnableDefaultDeny struct {
		Ingress *bool `json:"ingress"`
		Egress  *bool `json:"egress"`
	} `json:"enableDefaultDeny"`
}

// A CiliumEntry is what a rule says of some peers and ports. Only the fields of its direction count.
type CiliumEntry struct {
	FromEndpoints []metav1.LabelSelector `json:"fromEndpoints"`
	FromRequires  []metav1.LabelSelector `json:"fromRequires"`
	FromCIDR      []string               `json:"fromCIDR"`
	FromCIDRSet   []CiliumCIDR           `json:"fromCIDRSet"`
	FromEntities  []string               `json:"fromEntities"`
	FromNodes     []json.RawMessage      `json:"fromNodes"`
	FromGroups    []json.RawMessage      `json:"fromGroups"`

	ToEndpoints []metav1.LabelSelector `json:"toEndpoints"`
	ToRequires  []metav1.LabelSelector `json:"toRequires"`
	ToCIDR      []string               `json:"toCIDR"`
	ToCIDRSet   []CiliumCIDR           `json:"toCIDRSet"`
	ToEntities  []string               `json:"toEntities"`
	ToNodes     []json.RawMessage      `json:"toNodes"`
	ToGroups    []json.RawMessage      `json:"toGroups"`
	ToServices  []json.RawMessage      `json:"toServices"`
	ToFQDNs     []json.RawMessage      `json:"toFQDNs"`

	ToPorts        []CiliumPorts     `json:"toPorts"`
	ICMPs          []json.RawMessage `json:"icmps"`
	Authentication *struct {
		Mode string `json:"mode"`
	} `json:"authentication"`
}

// A CiliumCIDR is a block of addresses, or a reference to a group of them, which isn't read.
type CiliumCIDR struct {
	CIDR              string          `json:"cidr"`
	Except            []string        `json:"except"`
	CIDRGroupRef      string          `json:"cidrGroupRef"`
	CIDRGroupSelector json.RawMessage `json:"cidrGroupSelector"`
}

// CiliumPorts is ports, and what is asked of the connections on them besides.
type CiliumPorts struct {
	Ports          []CiliumPort    `json:"ports"`
	Rules          json.RawMessage `json:"rules"`
	Listener       json.RawMessage `json:"listener"`
	ServerNames    []string        `json:"serverNames"`
	TerminatingTLS json.RawMessage `json:"terminatingTLS"`
	OriginatingTLS json.RawMessage `json:"originatingTLS"`
}

// A CiliumPort is a port, a range of them or a name.
type CiliumPort struct {
	Port     string `json:"port"` // "0" is every port
	EndPort  int32  `json:"endPort"`
	Protocol string `json:"protocol"` // empty or ANY: all
}
