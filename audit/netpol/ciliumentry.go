package netpol

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A ciliumSource is the peers of an entry in one direction. Those of which there is a number alone can't be decided here.
type ciliumSource struct {
	endpoints, requires            []metav1.LabelSelector
	cidrs                          []string
	sets                           []CiliumCIDR
	entities                       []string
	nodes, groups, services, names int
}

func (e *CiliumEntry) source(d Direction) ciliumSource {
	if d == Ingress {
		return ciliumSource{e.FromEndpoints, e.FromRequires, e.FromCIDR, e.FromCIDRSet, e.FromEntities, len(e.FromNodes), len(e.FromGroups), 0, 0}
	}
	return ciliumSource{e.ToEndpoints, e.ToRequires, e.ToCIDR, e.ToCIDRSet, e.ToEntities, len(e.ToNodes), len(e.ToGroups), len(e.ToServices), len(e.ToFQDNs)}
}

// emptied reports whether a list is there but has nothing in it. Alone it means nobody; so does a rule that has another
// besides where Cilium looks for such lists (mergeEndpointSelectors of github.com/cilium/cilium/pkg/policy/utils), which
// it once didn't (IngressRule.GetSourceEndpointSelectorsWithRequirements of pkg/policy/api).
func (s *ciliumSource) emptied() bool {
	return empty(s.endpoints) || empty(s.cidrs) || empty(s.sets) || empty(s.entities)
}

// empty reports whether a list is there but has nothing in it.
func empty[T any](list []T) bool { return list != nil && len(list) == 0 }

// undecided reports whether it has peers that can't be decided here.
func (s *ciliumSource) undecided() bool { return s.nodes+s.groups+s.services+s.names > 0 }

// members returns the fields, which begin with a word, that say whom an entry means. Cilium refuses more than one of them
// (IngressCommonRule.sanitize and EgressCommonRule.sanitize of github.com/cilium/cilium/pkg/policy/api: "combining %s and
// %s is not supported yet"); requirements are none.
func (s *ciliumSource) members(word string) []string {
	var set []string
	for _, m := range []struct {
		field   string
		entries int
	}{
		{"Endpoints", len(s.endpoints)}, {"CIDR", len(s.cidrs)}, {"CIDRSet", len(s.sets)}, {"Entities", len(s.entities)},
		{"Nodes", s.nodes}, {"Groups", s.groups}, {"Services", s.services}, {"FQDNs", s.names},
	} {
		if m.entries > 0 {
			set = append(set, word+m.field)
		}
	}
	return set
}

// ciliumEntry reads an entry. What depends on more than addresses, labels and ports is in doubt: application
// protocols, domain names, Services, groups, authentication. Of these only authentication refuses connections that nothing
// else does; application protocols refuse single requests, even where enableDefaultDeny is false ("doesn't apply to
// layer-7 policy", https://docs.cilium.io/en/stable/security/policy/language/). Blocks of addresses mean no Pod.
func (r *reader) ciliumEntry(path string, in *CiliumEntry, d Direction, a action, policy *remarks) verdictRule {
	out := verdictRule{rule: rule{path: path, outsideOnly: true}, action: a, denies: a == deny, may: a}
	from := in.source(d)
	problems := 0
	report := func(field, reason string) { problems++; policy.wrong(path+field, reason) }
	word := []string{"from", "to"}[d]
	set := from.members(word)
	if len(set) > 1 {
		report("", fmt.Sprintf("%s in one rule: Cilium refuses the policy", strings.Join(set, " and ")))
	}
	for i := range from.endpoints {
		if meansReserved(&from.endpoints[i]) {
			out.unsureOutside, out.unsureHosts = true, true
			continue
		}
		p, known := r.endpoints(fmt.Sprintf("%s.%sEndpoints[%d]", path, word, i), &from.endpoints[i], policy)
		if !known {
			out.unsurePods, out.unsureOutside, out.unsureHosts = true, true, true
			continue
		}
		out.pods = append(out.pods, p)
	}
	out.addresses = readNets(from.cidrs, "."+word+"CIDR", report)
	for i := range from.sets {
		of := &from.sets[i]
		if of.CIDR == "" {
			out.unsureOutside = true
			continue
		}
		block := networkingv1.IPBlock{CIDR: of.CIDR, Except: of.Except}
		out.addresses = append(out.addresses, readBlock(&block, func(field, reason string) {
			report(fmt.Sprintf(".%sCIDRSet[%d]%s", word, i, strings.TrimPrefix(field, ".ipBlock")), reason)
		})...)
	}
	for _, entity := range from.entities {
		if !out.addEntity(entity, r) {
			report("", fmt.Sprintf("entity %q isn't known", entity))
		}
	}
	out.unsureHosts = out.unsureHosts || from.nodes > 0
	out.unsureOutside = out.unsureOutside || from.groups+from.services+from.names > 0
	out.unsurePods = out.unsurePods || from.services > 0
	anyPeer := from.endpoints == nil && from.requires == nil && from.cidrs == nil && from.sets == nil && from.entities == nil && !from.undecided()
	out.everywhere = out.everywhere || anyPeer && len(in.ToPorts) > 0
	if from.emptied() && len(set) > 0 {
		policy.unclear(path, "an empty list beside another field: some versions of Cilium take the rule for nobody's, some take the other field alone")
		out.action = doubt
	}
	if len(from.requires) > 0 || in.Authentication != nil && in.Authentication.Mode != "disabled" {
		out.action, out.may = doubt, doubt
	}
	out.ports.every = len(in.ToPorts) == 0 && len(in.ICMPs) == 0
	for i := range in.ToPorts {
		p := &in.ToPorts[i]
		if p.Rules != nil || p.Listener != nil || p.ServerNames != nil || p.TerminatingTLS != nil || p.OriginatingTLS != nil {
			out.action, out.looks = doubt, true
		}
		out.ports.every = out.ports.every || len(p.Ports) == 0
		for j := range p.Ports {
			if err := out.ports.addCilium(&p.Ports[j]); err != nil {
				report(fmt.Sprintf(".toPorts[%d].ports[%d]", i, j), err.Error())
			}
		}
	}
	if from.undecided() {
		policy.unclear(path, "nodes, domain names, Services and groups aren't looked up here: indeterminate")
	}
	if out.looks || out.may == doubt {
		policy.unclear(path, "application protocols, TLS, authentication and requirements aren't decided here: indeterminate")
	}
	if problems > 0 || a == deny && anyPeer && len(in.ToPorts) == 0 {
		out.action, out.everywhere, out.ports = doubt, true, ports{every: true}
	}
	return out
}

// addEntity adds the peers that an entity stands for (https://docs.cilium.io/en/stable/security/policy/language/#entities-based).
func (r *rule) addEntity(entity string, from *reader) bool {
	every := podPeer{namespaces: from.namespaces.read(&metav1.LabelSelector{})}
	switch entity {
	case "all":
		r.everywhere = true
	case "world":
		r.addresses = append(r.addresses, whole[ipv4], whole[ipv6])
	case "world-ipv4":
		r.addresses = append(r.addresses, whole[ipv4])
	case "world-ipv6":
		r.addresses = append(r.addresses, whole[ipv6])
	case "cluster":
		r.pods, r.unsureHosts = append(r.pods, every), true
	case "host", "remote-node", "health", "init", "unmanaged", "ingress":
		r.unsureHosts = true
	case "kube-apiserver":
		r.unsureHosts, r.unsureOutside = true, true
	case "none":
	default:
		return false
	}
	return true
}

func (p *ports) addCilium(entry *CiliumPort) error {
	var of []corev1.Protocol
	switch entry.Protocol {
	case "", "ANY":
		of = protocols[:]
	case "TCP", "UDP", "SCTP":
		of = []corev1.Protocol{corev1.Protocol(entry.Protocol)}
	case "ICMP", "ICMPV6", "ICMPv6":
		return nil
	default:
		return fmt.Errorf("protocol %q isn't known", entry.Protocol)
	}
	first, err := strconv.ParseInt(entry.Port, 0, 32)
	if err != nil && entry.Port != "" {
		name := portName{name: entry.Port}
		if len(of) == 1 {
			name.protocol = of[0]
		}
		p.names = append(p.names, name)
		return nil
	}
	last := int32(first)
	if entry.EndPort != 0 {
		last = entry.EndPort
	}
	if first == 0 && err == nil {
		first, last = firstPort, lastPort
	}
	for _, protocol := range of {
		if err := p.addRange(protocol, int32(first), last); err != nil {
			return err
		}
	}
	return nil
}
