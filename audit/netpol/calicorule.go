package netpol

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rule reads a rule, and reports whether it matters: one that only logs doesn't, nor does one for other protocols than
// TCP, UDP and SCTP. Where it can't be understood, all that is left when it is tried is in doubt; where it asks for more
// than is looked at here, what it would match without.
func (r *calicoReader) rule(path string, in *CalicoRule, d Direction, policy *remarks) (calicoRule, bool) {
	out := calicoRule{rule: rule{path: path}}
	sure := true
	uncertain := func(field, reason string) { policy.wrong(path+field, reason); sure = false }
	unread := func(field, reason string) { policy.unclear(path+field, reason); sure = false }
	whole := true
	partly := func(field, reason string) { policy.unclear(path+field, reason); whole = false }
	switch in.Action {
	case "Allow":
		out.action = allow
	case "Deny":
		out.action = deny
	case "Pass":
		out.action = pass
	case "Log":
		return out, false
	default:
		uncertain(".action", fmt.Sprintf("%q is none of Allow, Deny, Pass, Log", in.Action))
	}
	of, err := calicoProtocols(in)
	if err != nil {
		uncertain(".protocol", err.Error())
	}
	if len(of) == 0 && err == nil {
		return out, false
	}
	switch err := out.ports.addCalico(of, in); {
	case errors.Is(err, errNamesExcluded):
		unread(".destination.ports", err.Error())
	case err != nil:
		uncertain(".destination.ports", err.Error())
	}
	if in.HTTP != nil {
		partly(".http", "application protocols aren't decided here: indeterminate")
	}
	if len(in.Source.Ports)+len(in.Source.NotPorts) > 0 {
		partly(".source.ports", "ports that connections come from aren't looked at here: indeterminate")
	}
	families := r.families(in.IPVersion, uncertain)
	peer, local := &in.Source, &in.Destination
	fields := []string{".source", ".destination"}
	if d == Egress {
		peer, local = local, peer
		slices.Reverse(fields)
	}
	var peerSure, localSure bool
	out.entity, peerSure = r.entity(path+fields[0], peer, families, policy)
	out.local, localSure = r.entity(path+fields[1], local, nil, policy)
	out.everywhere = out.entity == nil
	if !whole {
		out.action = doubt
	}
	if !sure || !peerSure || !localSure {
		out.action, out.entity, out.local, out.everywhere, out.ports = doubt, nil, nil, true, ports{every: true}
	}
	for _, n := range out.ports.names {
		r.names[n.name] = true
	}
	return out, true
}

func (r *calicoReader) families(version *int, wrong report) []addressRange {
	switch {
	case version == nil:
		return nil
	case *version == 4:
		return []addressRange{whole[ipv4]}
	case *version == 6:
		return []addressRange{whole[ipv6]}
	}
	wrong(".ipVersion", fmt.Sprintf("%d is neither 4 nor 6", *version))
	return nil
}

// calicoProtocols returns those of TCP, UDP and SCTP that a rule is for.
func calicoProtocols(in *CalicoRule) ([]corev1.Protocol, error) {
	of := protocols[:]
	if in.Protocol != nil {
		p, err := calicoProtocol(in.Protocol)
		if err != nil {
			return nil, err
		}
		of = slices.DeleteFunc(slices.Clone(of), func(q corev1.Protocol) bool { return q != p })
	}
	if in.NotProtocol != nil {
		p, err := calicoProtocol(in.NotProtocol)
		if err != nil {
			return nil, err
		}
		of = slices.DeleteFunc(slices.Clone(of), func(q corev1.Protocol) bool { return q == p })
	}
	return of, nil
}

// calicoProtocol returns a protocol by its name or number; empty for one that isn't spoken of here.
func calicoProtocol(p *intstr.IntOrString) (corev1.Protocol, error) {
	number, err := p.IntValue(), error(nil)
	if p.Type == intstr.String {
		if number, err = strconv.Atoi(p.StrVal); err != nil {
			number = map[string]int{"TCP": 6, "UDP": 17, "SCTP": 132, "ICMP": 1, "ICMPV6": 58, "UDPLITE": 136}[strings.ToUpper(p.StrVal)]
		}
	}
	switch {
	case number < 1 || number > 255:
		return "", fmt.Errorf("%s is no protocol", p.String())
	case number == 6:
		return corev1.ProtocolTCP, nil
	case number == 17:
		return corev1.ProtocolUDP, nil
	case number == 132:
		return corev1.ProtocolSCTP, nil
	}
	return "", nil
}

var errNamesExcluded = errors.New("notPorts with names aren't resolved here: indeterminate")

// addCalico adds the ports of a rule's destination. A rule with ports must say of which protocol they are.
func (p *ports) addCalico(of []corev1.Protocol, in *CalicoRule) error {
	to := &in.Destination
	if len(to.Ports)+len(to.NotPorts) == 0 {
		p.every = len(of) == len(protocols)
		for _, protocol := range of {
			p.spans = append(p.spans, span{protocol, firstPort, lastPort})
		}
		return nil
	}
	if in.Protocol == nil || len(of) != 1 {
		return errors.New("ports without a protocol that has them")
	}
	var excluded ports
	if len(to.Ports) == 0 {
		p.spans = []span{{of[0], firstPort, lastPort}}
	}
	for i := range to.Ports {
		if err := p.addCalicoPort(of[0], &to.Ports[i]); err != nil {
			return err
		}
	}
	for i := range to.NotPorts {
		if err := excluded.addCalicoPort(of[0], &to.NotPorts[i]); err != nil {
			return err
		}
	}
	if len(excluded.names) > 0 || len(p.names) > 0 && len(excluded.spans) > 0 {
		return errNamesExcluded
	}
	if len(excluded.spans) > 0 {
		p.spans = connectionsOf(p.spans).minus(connectionsOf(excluded.spans)).spans()
	}
	return nil
}

// addCalicoPort adds a number, a range or a name (numorstring.Port of github.com/projectcalico/api).
func (p *ports) addCalicoPort(protocol corev1.Protocol, port *intstr.IntOrString) error {
	first, last, isRange := strings.Cut(port.String(), ":")
	low, err := strconv.ParseUint(first, 10, 16)
	switch {
	case err != nil && port.Type == intstr.String && !isRange && strings.Trim(first, "-0123456789") != "":
		p.names = append(p.names, portName{protocol, first})
		return nil
	case err != nil:
		return fmt.Errorf("%q is no port", port.String())
	}
	high := low
	if isRange {
		if high, err = strconv.ParseUint(last, 10, 16); err != nil || high < low {
			return fmt.Errorf("%q is no range of ports", port.String())
		}
	}
	if high >= firstPort {
		p.spans = append(p.spans, span{protocol, max(int32(low), firstPort), int32(high)})
	}
	return nil
}
