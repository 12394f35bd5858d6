package audit

import (
	"net/netip"
	"slices"
	"strings"
)

// Balancers is the dated table of how providers' load balancers are told what to do.
var Balancers = table[BalancerTable]("balancers")

// A BalancerTable lists annotations of Services.
type BalancerTable struct {
	Date          Date                 `yaml:"date"`
	Source        string               `yaml:"source"`
	Internal      []BalancerSetting    `yaml:"internal"`
	Classes       []InternalClass      `yaml:"classes"`
	ProxyProtocol []BalancerSetting    `yaml:"proxyProtocol"`
	Connecting    []ConnectingBalancer `yaml:"connecting"`
}

// A BalancerSetting is an annotation of a Service and the values by which it tells the load
// balancer something: to be internal, to send the PROXY protocol.
type BalancerSetting struct {
	Provider   string   `yaml:"provider"`
	Annotation string   `yaml:"annotation"`
	Values     []string `yaml:"values"`
}

// An InternalClass is a loadBalancerClass that is internal unless an annotation says
// otherwise.
type InternalClass struct {
	Provider   string   `yaml:"provider"`
	Class      string   `yaml:"class"`
	Annotation string   `yaml:"annotation"`
	Public     []string `yaml:"public"` // values of the annotation
}

// A ConnectingBalancer is a provider whose load balancers open connections of their own.
type ConnectingBalancer struct {
	Provider string `yaml:"provider"`
	Scheme   string `yaml:"scheme"` // of its nodes' providerID
	Docs     string `yaml:"docs"`
}

// A Balancing says whom a load balancer can be reached by. The zero value is not known
// yet.
type Balancing int

// Whom a load balancer can be reached by.
const (
	PendingBalancer  Balancing = iota // it has no address yet
	PublicBalancer                    // its address isn't private, or is a name
	InternalBalancer                  // its provider was told so, or all of its addresses are private
)

// BalancingOf says whom a Service's load balancer can be reached by, and how that is
// known.
func (f *Facts) BalancingOf(s *Service) (Balancing, string) {
	for i := range Balancers.Internal {
		row := &Balancers.Internal[i]
		if value, ok := s.Annotations[row.Annotation]; ok && slices.ContainsFunc(row.Values, func(v string) bool { return strings.EqualFold(v, value) }) {
			return InternalBalancer, "annotation " + row.Annotation + ": " + value
		}
	}
	for i := range Balancers.Classes {
		row := &Balancers.Classes[i]
		if s.Class == row.Class && !slices.ContainsFunc(row.Public, func(v string) bool { return strings.EqualFold(v, s.Annotations[row.Annotation]) }) {
			return InternalBalancer, "loadBalancerClass " + row.Class + ", internal by default"
		}
	}
	if len(s.LoadBalancer) == 0 {
		return PendingBalancer, "status.loadBalancer has no address"
	}
	var addresses []string
	for _, b := range s.LoadBalancer {
		a, err := netip.ParseAddr(b.IP)
		if err != nil || f.PrivacyOf(a) != PrivateAddress {
			return PublicBalancer, "address " + b.IP + b.Hostname
		}
		addresses = append(addresses, b.IP)
	}
	return InternalBalancer, "private address " + strings.Join(addresses, ", ")
}
