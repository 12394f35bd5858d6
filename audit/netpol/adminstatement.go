package netpol

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// An edict is an admin policy, read.
type edict struct {
	ref                  PolicyRef
	baseline             bool
	priority             int32
	subjects, namespaces *selector // nil: every Pod, every namespace
	unsure               bool      // whom it selects can't be told: it decides nothing for sure
	rules                [2][]verdictRule
	problems             []Unparseable
}

// A verdictRule is a rule and what is done with the connections that it matches.
type verdictRule struct {
	rule
	action action
	denies bool // what it matches, if it can be told

	// Of policies of Cilium, where the action is in doubt:
	may   action // what it does if it does anything
	looks bool   // into connections, and may refuse what it finds there
}

// errUnknownField is what is wrong with an entry of which no known field is set: the policy was written for a
// version of the API that has others. The API says to fail closed then.
var errUnknownField = errors.New("no field that is known is set: taken as denied, as the API has it")

// edicts reads admin policies, in the order in which they are tried.
func (r *reader) edicts(c *Cluster, names map[string]bool) []*edict {
	edicts := make([]*edict, len(c.AdminPolicies))
	for i := range c.AdminPolicies {
		e := r.edict(&c.AdminPolicies[i], c.Nodes)
		for d := range e.rules {
			for j := range e.rules[d] {
				for _, n := range e.rules[d][j].ports.names {
					names[n.name] = true
				}
			}
		}
		edicts[i] = e
	}
	slices.SortStableFunc(edicts, func(a, b *edict) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), a.ref.Compare(b.ref))
	})
	return edicts
}

func (r *reader) edict(p *AdminPolicy, nodes []Node) *edict {
	e := &edict{ref: PolicyRef{Kind: p.Kind, Name: p.Name}, priority: p.Spec.Priority}
	wrong := func(path, reason string) {
		e.problems = append(e.problems, Unparseable{Policy: e.ref, Reason: path + ": " + reason})
	}
	switch {
	case p.Kind == BaselineAdminNetworkPolicy || p.Kind == ClusterNetworkPolicy && p.Spec.Tier == "Baseline":
		e.baseline = true
	case p.Kind == AdminNetworkPolicy || p.Kind == ClusterNetworkPolicy && p.Spec.Tier == "Admin":
	default:
		wrong("spec.tier", fmt.Sprintf("%q of a %q is neither Admin nor Baseline", p.Spec.Tier, p.Kind))
		e.unsure = true
	}
	switch s := p.Spec.Subject; {
	case s.Namespaces != nil && s.Pods == nil:
		e.namespaces = r.namespaces.read(s.Namespaces)
		e.unsure = !e.namespaces.understood("spec.subject.namespaces", wrong) || e.unsure
	case s.Pods != nil && s.Namespaces == nil:
		e.namespaces, e.subjects = r.namespaces.read(&s.Pods.NamespaceSelector), r.pods.read(&s.Pods.PodSelector)
		e.unsure = !e.namespaces.understood("spec.subject.pods.namespaceSelector", wrong) || e.unsure
		e.unsure = !e.subjects.understood("spec.subject.pods.podSelector", wrong) || e.unsure
	default:
		wrong("spec.subject", "not one of namespaces and pods is set")
		e.unsure = true
	}
	for d, list := range [][]AdminRule{Ingress: p.Spec.Ingress, Egress: p.Spec.Egress} {
		for i := range list {
			path := fmt.Sprintf("spec.%s[%d]", Direction(d), i)
			e.rules[d] = append(e.rules[d], r.adminRule(path, &list[i], Direction(d), nodes, p.Kind, wrong))
		}
	}
	return e
}

// adminActions are those of each kind; a BaselineAdminNetworkPolicy can't pass.
func adminAction(kind, name string) (action, bool) {
	switch {
	case name == "Allow" && kind != ClusterNetworkPolicy, name == "Accept" && kind == ClusterNetworkPolicy:
		return allow, true
	case name == "Deny":
		return deny, true
	case name == "Pass" && kind != BaselineAdminNetworkPolicy:
		return pass, true
	}
	return doubt, false
}

// adminRule reads a rule. One with a field that isn't known matches nothing if it allows, and denies everything if it
// doesn't; one that is wrong in another way leaves in doubt all that it may match.
func (r *reader) adminRule(path string, in *AdminRule, d Direction, nodes []Node, kind string, wrong report) verdictRule {
	field, peers := ".from", in.From
	if d == Egress {
		field, peers = ".to", in.To
	}
	out := verdictRule{rule: rule{path: path, literal: true}}
	unclear, closed := false, false
	check := func(field string, err error) {
		if err != nil {
			wrong(path+field, err.Error())
			closed = closed || errors.Is(err, errUnknownField)
			unclear = unclear || !errors.Is(err, errUnknownField)
		}
	}
	var known bool
	if out.action, known = adminAction(kind, in.Action); !known {
		check(".action", fmt.Errorf("%q is none of a %s", in.Action, kind))
	}
	for i := range peers {
		check(fmt.Sprintf("%s[%d]", field, i), r.adminPeer(&out.rule, &peers[i], nodes))
	}
	if len(peers) == 0 {
		check(field, errors.New("no peers"))
	}
	out.ports.every = len(in.Ports)+len(in.Protocols) == 0
	for i := range in.Ports {
		check(fmt.Sprintf(".ports[%d]", i), out.ports.addAdmin(&in.Ports[i]))
	}
	for i := range in.Protocols {
		check(fmt.Sprintf(".protocols[%d]", i), out.ports.addProtocol(&in.Protocols[i]))
	}
	switch {
	case unclear:
		out.action, out.everywhere, out.ports = doubt, true, ports{every: true}
	case closed && out.action == allow:
		out.pods, out.addresses, out.unsurePods, out.unsureOutside = nil, nil, false, false
	case closed:
		out.action, out.everywhere, out.ports = deny, true, ports{every: true}
	}
	return out
}

func (r *reader) adminPeer(into *rule, p *AdminPeer, nodes []Node) error {
	set := 0
	for _, is := range []bool{p.Namespaces != nil, p.Pods != nil, p.Nodes != nil, len(p.Networks) > 0, len(p.DomainNames) > 0} {
		if is {
			set++
		}
	}
	switch {
	case set == 0:
		return errUnknownField
	case set > 1:
		return errors.New("more than one field is set")
	case p.Namespaces != nil:
		peer := podPeer{namespaces: r.namespaces.read(p.Namespaces)}
		into.pods = append(into.pods, peer)
		return peer.namespaces.err()
	case p.Pods != nil:
		peer := podPeer{namespaces: r.namespaces.read(&p.Pods.NamespaceSelector), pods: r.pods.read(&p.Pods.PodSelector)}
		into.pods = append(into.pods, peer)
		return cmp.Or(peer.namespaces.err(), peer.pods.err())
	case p.Nodes != nil:
		return into.addNodes(p.Nodes, nodes)
	case len(p.DomainNames) > 0:
		into.unsurePods, into.unsureOutside = true, true
	}
	for _, text := range p.Networks {
		prefix, err := readPrefix(text)
		if err != nil {
			return err
		}
		into.addresses = append(into.addresses, rangeOf(prefix))
	}
	return nil
}

func (r *rule) addNodes(want *metav1.LabelSelector, nodes []Node) error {
	s := compile(want)
	for _, n := range nodes {
		if !s.matches(labels.Set(n.Labels)) {
			continue
		}
		for _, a := range n.Addresses {
			if a = a.Unmap().WithZone(""); a.IsValid() {
				r.addresses = append(r.addresses, rangeOf(netip.PrefixFrom(a, a.BitLen())))
			}
		}
	}
	return s.err()
}

func (s *selector) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	return errors.New("selector" + s.problems[0].path + ": " + s.problems[0].reason)
}

func (p *ports) addAdmin(entry *AdminPort) error {
	switch {
	case entry.PortNumber != nil && entry.PortRange == nil && entry.NamedPort == nil:
		return p.addRange(entry.PortNumber.Protocol, entry.PortNumber.Port, entry.PortNumber.Port)
	case entry.PortRange != nil && entry.PortNumber == nil && entry.NamedPort == nil:
		return p.addRange(entry.PortRange.Protocol, entry.PortRange.Start, entry.PortRange.End)
	case entry.NamedPort != nil && entry.PortNumber == nil && entry.PortRange == nil:
		p.names = append(p.names, portName{name: *entry.NamedPort})
		return nil
	case entry.PortNumber == nil && entry.PortRange == nil && entry.NamedPort == nil:
		return errUnknownField
	}
	return errors.New("more than one field is set")
}

func (p *ports) addProtocol(entry *AdminProtocol) error {
	set := 0
	var err error
	for i, destination := range []*AdminDestination{entry.TCP, entry.UDP, entry.SCTP} {
		if destination == nil {
			continue
		}
		set++
		switch port := destination.DestinationPort; {
		case port == nil || port.Number == 0 && port.Range == nil:
			err = errUnknownField
		case port.Range != nil && port.Number != 0:
			err = errors.New("both number and range are set")
		case port.Range != nil:
			err = p.addRange(protocols[i], port.Range.Start, port.Range.End)
		default:
			err = p.addRange(protocols[i], port.Number, port.Number)
		}
	}
	if entry.DestinationNamedPort != "" {
		set++
		p.names = append(p.names, portName{name: entry.DestinationNamedPort})
	}
	switch {
	case set == 0:
		return errUnknownField
	case set > 1:
		return errors.New("more than one field is set")
	}
	return err
}

func (p *ports) addRange(protocol corev1.Protocol, first, last int32) error {
	if protocol == "" {
		protocol = corev1.ProtocolTCP
	}
	switch {
	case !slices.Contains(protocols[:], protocol):
		return fmt.Errorf("protocol %q is none of TCP, UDP, SCTP", protocol)
	case first < firstPort || last > lastPort || last < first:
		return fmt.Errorf("%d to %d is no range of ports", first, last)
	}
	p.spans = append(p.spans, span{protocol, first, last})
	return nil
}
