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
	ByDefault     []InternalDefault    `yaml:"byDefault"`
	ProxyProtocol []BalancerSetting    `yaml:"proxyProtocol"`
	Connecting    []ConnectingBalancer `yaml:"connecting"`
	Losing        []BalancerSetting    `yaml:"losing"`
	Certificate   []BalancerSetting    `yaml:"certificate"`
}

// A BalancerSetting is an annotation of a Service and the values by which it tells the load
// balancer something: to be internal, to send the PROXY protocol.
type BalancerSetting struct {
	Provider   string   `yaml:"provider"`
	Annotation string   `yaml:"annotation"`
	Values     []string `yaml:"values"`
}

// An InternalDefault is a kind of load balancer that is internal unless an annotation says
// otherwise.
type InternalDefault struct {
	Provider   string            `yaml:"provider"`
	Class      string            `yaml:"class"` // loadBalancerClass, or
	Annotation string            `yaml:"annotation"`
	Values     []string          `yaml:"values"` // of the annotation
	Public     []BalancerSetting `yaml:"public"`
}

// A ConnectingBalancer is a kind of load balancer that opens connections of its own.
type ConnectingBalancer struct {
	Provider string            `yaml:"provider"`
	Nodes    string            `yaml:"nodes"` // how their providerID begins, or
	Class    string            `yaml:"class"` // loadBalancerClass
	Docs     string            `yaml:"docs"`
	Unless   []BalancerSetting `yaml:"unless"`
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
		if row := &Balancers.Internal[i]; row.is(s) {
			return InternalBalancer, "annotation " + row.Annotation + ": " + s.Annotations[row.Annotation]
		}
	}
	for i := range Balancers.ByDefault {
		if what := Balancers.ByDefault[i].of(s); what != "" && !f.hasPublicAddress(s) {
			return InternalBalancer, what + ", internal by default"
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

// hasPublicAddress reports whether a Service's load balancer has a public address. Names tell
// nothing.
func (f *Facts) hasPublicAddress(s *Service) bool {
	return slices.ContainsFunc(s.LoadBalancer, func(b LoadBalancer) bool {
		a, err := netip.ParseAddr(b.IP)
		return err == nil && f.PrivacyOf(a) == PublicAddress
	})
}

// is reports whether a Service has the annotation with one of its values, whatever the case.
func (b *BalancerSetting) is(s *Service) bool {
	value, ok := s.Annotations[b.Annotation]
	return ok && slices.ContainsFunc(b.Values, func(v string) bool { return strings.EqualFold(v, value) })
}

// hasCertificate reports whether a Service's load balancer was given a certificate, with which
// it ends TLS.
func (s *Service) hasCertificate() bool {
	return s.Type == "LoadBalancer" && slices.ContainsFunc(Balancers.Certificate, func(row BalancerSetting) bool { return s.Annotations[row.Annotation] != "" })
}

// of says by what a Service's load balancer is of the kind, and not made public; "" where it
// isn't so.
func (d *InternalDefault) of(s *Service) string {
	for i := range d.Public {
		if d.Public[i].is(s) {
			return ""
		}
	}
	by := BalancerSetting{Annotation: d.Annotation, Values: d.Values}
	switch {
	case d.Class != "" && s.Class == d.Class:
		return "loadBalancerClass " + d.Class
	case by.is(s):
		return "annotation " + d.Annotation + ": " + s.Annotations[d.Annotation]
	}
	return ""
}

// sourceRanges lists who a load balancer lets in, where the field doesn't
// (https://kubernetes.io/docs/reference/labels-annotations-taints/#service-beta-kubernetes-io-load-balancer-source-ranges).
const sourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges"

// Sources returns the list of those that a Service's load balancer lets in, nil for none.
func (s *Service) Sources() *Allowlist {
	switch text := s.Annotations[sourceRanges]; {
	case len(s.SourceRanges) > 0:
		return ReadAllowlist("spec.loadBalancerSourceRanges", strings.Join(s.SourceRanges, ", "))
	case strings.TrimSpace(text) != "":
		return ReadAllowlist("metadata.annotations["+sourceRanges+"]", text)
	}
	return nil
}
