package netpol

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// protocols are those that policies speak of. What they mean for others, such as ICMP, is undefined
// (https://kubernetes.io/docs/concepts/services-networking/network-policies).
var protocols = [...]corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}

// A span is a range of ports of one protocol, both ends included.
type span struct {
	protocol    corev1.Protocol
	first, last int32
}

const firstPort, lastPort = 1, 65535

// A portName is a port that a rule names; the Pod that is connected to says which number it is.
type portName struct {
	protocol corev1.Protocol // empty: whichever the Pod declares
	name     string
}

// Ports is what the ports of one rule mean.
type ports struct {
	every bool // no ports given: every port of every protocol
	spans []span
	names []portName
}

// on returns the ranges on a Pod that is connected to, whose named ports these are. A name that it doesn't
// declare allows nothing.
func (p *ports) on(declared []Port) []span {
	if p.every {
		spans := make([]span, len(protocols))
		for i, protocol := range protocols {
			spans[i] = span{protocol, firstPort, lastPort}
		}
		return spans
	}
	spans := p.spans[:len(p.spans):len(p.spans)]
	for _, want := range p.names {
		for _, port := range declared {
			if port.Name == want.name && (want.protocol == "" || port.protocol() == want.protocol) {
				spans = append(spans, span{port.protocol(), port.Number, port.Number})
			}
		}
	}
	return spans
}

// protocol applies the API server's default (pkg/apis/core/v1/defaults.go).
func (p Port) protocol() corev1.Protocol {
	if p.Protocol == "" {
		return corev1.ProtocolTCP
	}
	return p.Protocol
}

// readPorts reads the ports of a rule. An entry that is wrong is reported and left out, as wrong peers are.
func readPorts(path string, entries []networkingv1.NetworkPolicyPort, wrong report) ports {
	p := ports{every: len(entries) == 0}
	for i := range entries {
		if err := p.add(&entries[i]); err != nil {
			wrong(fmt.Sprintf("%s[%d]", path, i), err.Error())
		}
	}
	return p
}

// add applies the rules of ValidateNetworkPolicyPort. A missing protocol means TCP (SetDefaults_NetworkPolicyPort).
func (p *ports) add(entry *networkingv1.NetworkPolicyPort) error {
	protocol := corev1.ProtocolTCP
	if entry.Protocol != nil {
		protocol = *entry.Protocol
	}
	switch {
	case !slices.Contains(protocols[:], protocol):
		return fmt.Errorf("protocol %q is none of TCP, UDP, SCTP", protocol)
	case entry.Port == nil && entry.EndPort != nil:
		return errors.New("endPort without port")
	case entry.Port == nil:
		p.spans = append(p.spans, span{protocol, firstPort, lastPort})
		return nil
	case entry.Port.Type == intstr.String:
		return p.addName(entry, protocol)
	}
	first, last := entry.Port.IntVal, entry.Port.IntVal
	if entry.EndPort != nil {
		last = *entry.EndPort
	}
	switch {
	case first < firstPort || first > lastPort:
		return fmt.Errorf("port %d is not between 1 and 65535", first)
	case last < firstPort || last > lastPort:
		return fmt.Errorf("endPort %d is not between 1 and 65535", last)
	case last < first:
		return fmt.Errorf("endPort %d is less than port %d", last, first)
	}
	p.spans = append(p.spans, span{protocol, first, last})
	return nil
}

func (p *ports) addName(entry *networkingv1.NetworkPolicyPort, protocol corev1.Protocol) error {
	name := entry.Port.StrVal
	if entry.EndPort != nil {
		return errors.New("endPort with a named port")
	}
	if reasons := validation.IsValidPortName(name); len(reasons) > 0 {
		return fmt.Errorf("port name %q: %s", name, strings.Join(reasons, "; "))
	}
	p.names = append(p.names, portName{protocol, name})
	return nil
}
