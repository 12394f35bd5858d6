package netpol

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// ciliumSays is a literal reading of https://docs.cilium.io/en/stable/security/policy/language: whether a Pod is denied
// by default, whether a rule denies a connection, whether one allows it. Only the fields that randomCilium fills are read.
func ciliumSays(c *Cluster, pod *Pod, d Direction, other *Pod, address netip.Addr, protocol corev1.Protocol, port int32) (denies, denied, allowed bool) {
	if pod.HostNetwork {
		return false, false, false
	}
	for _, p := range c.CiliumPolicies {
		if p.Kind == CiliumNetworkPolicy && p.Namespace != pod.Namespace || !ciliumSelects(p.Spec.EndpointSelector, "", pod) {
			continue
		}
		allows, bans := p.Spec.Ingress, p.Spec.IngressDeny
		if d == Egress {
			allows, bans = p.Spec.Egress, p.Spec.EgressDeny
		}
		denies = denies || len(allows)+len(bans) > 0
		matches := func(e CiliumEntry) bool {
			onPort := len(e.ToPorts) == 0
			for _, of := range e.ToPorts {
				for _, q := range of.Ports {
					number, _ := strconv.Atoi(q.Port)
					last := max(int32(number), q.EndPort)
					onPort = onPort || (q.Protocol == "ANY" || q.Protocol == string(protocol)) && int32(number) <= port && port <= last
				}
			}
			endpoints, networks := append(e.FromEndpoints, e.ToEndpoints...), append(e.FromCIDR, e.ToCIDR...)
			entities := append(e.FromEntities, e.ToEntities...)
			if e.ToPorts != nil && endpoints == nil && networks == nil && entities == nil {
				return onPort
			}
			meant := slices.Contains(entities, "all")
			if other == nil {
				meant = meant || slices.Contains(entities, "world") ||
					slices.ContainsFunc(networks, func(n string) bool { return netip.MustParsePrefix(n).Contains(address) })
			} else if !other.HostNetwork {
				meant = meant || slices.Contains(entities, "cluster") ||
					slices.ContainsFunc(endpoints, func(s metav1.LabelSelector) bool { return ciliumSelects(&s, p.Namespace, other) })
			}
			return onPort && meant
		}
		denied = denied || slices.ContainsFunc(bans, matches)
		allowed = allowed || slices.ContainsFunc(allows, matches)
	}
	return denies, denied, allowed
}

func ciliumSelects(s *metav1.LabelSelector, namespace string, pod *Pod) bool {
	all := map[string]string{ciliumNamespace: pod.Namespace}
	maps.Copy(all, pod.Labels)
	speaks := s.MatchLabels[ciliumNamespace] != "" ||
		slices.ContainsFunc(s.MatchExpressions, func(e metav1.LabelSelectorRequirement) bool { return e.Key == ciliumNamespace })
	return (speaks || namespace == "" || namespace == pod.Namespace) && selects(s, all)
}

// oracleSelectors are selectors of Calico, and what they mean. None is read by the parser here.
var oracleSelectors = map[string]func(map[string]string) bool{
	"":                          func(map[string]string) bool { return true },
	"all()":                     func(map[string]string) bool { return true },
	"app == '1'":                func(l map[string]string) bool { return l["app"] == "1" },
	"tier != '0'":               func(l map[string]string) bool { return l["tier"] != "0" },
	"has(set)":                  func(l map[string]string) bool { return l["set"] != "" },
	"!has(set) && app != '1'":   func(l map[string]string) bool { return l["set"] == "" && l["app"] != "1" },
	"set in {'a'} || tier=='1'": func(l map[string]string) bool { return l["set"] == "a" || l["tier"] == "1" },
	"projectcalico.org/namespace not in {'n0', 'n1'}": func(l map[string]string) bool {
		return l["projectcalico.org/namespace"] != "n0" && l["projectcalico.org/namespace"] != "n1"
	},
	"pcns.team starts with '0'": func(l map[string]string) bool { return l["pcns.team"] == "0" },
}

// oracleNamespaces are selectors of namespaces, and what they mean of the labels of endpoints.
var oracleNamespaces = map[string]func(map[string]string) bool{
	"all()":       func(l map[string]string) bool { return l["projectcalico.org/namespace"] != "" },
	"global()":    func(l map[string]string) bool { return l["projectcalico.org/namespace"] == "" },
	"team == '1'": func(l map[string]string) bool { return l["pcns.team"] == "1" },
	"projectcalico.org/name in {'n0', 'n2'}": func(l map[string]string) bool {
		return l["projectcalico.org/namespace"] == "n0" || l["projectcalico.org/namespace"] == "n2"
	},
}

// calicoPasses is a literal reading of https://docs.tigera.io/calico/latest/reference/resources/networkpolicy and .../tier
// for one address an endpoint. Only the fields that randomCalico fills are read, and no two orders are equal.
func calicoPasses(c *Cluster, pod *Pod, d Direction, other *Pod, address netip.Addr, protocol corev1.Protocol, port int32) bool {
	if pod.HostNetwork {
		return true
	}
	source, destination, from, to := other, pod, address, onlyAddress(pod)
	if other != nil {
		from = onlyAddress(other)
	}
	if d == Egress {
		source, destination, from, to = pod, other, to, from
	}
	policies := slices.Clone(c.CalicoPolicies)
	slices.SortFunc(policies, func(a, b CalicoPolicy) int { return cmp.Compare(*a.Spec.Order, *b.Spec.Order) })
tiers:
	for _, tier := range []string{"first", "default", "last"} {
		applies, kubernetes := false, tier != "default"
		isolated, allowed := kubernetesSays(c, pod, d, other, address, protocol, port)
		for i := range append(policies, CalicoPolicy{}) {
			if !kubernetes && (i == len(policies) || *policies[i].Spec.Order > 1000) {
				kubernetes, applies = true, applies || isolated
				if allowed {
					return true
				}
			}
			if i == len(policies) {
				break
			}
			p := &policies[i]
			rules, governs := p.Spec.Ingress, len(p.Spec.Egress) == 0 || len(p.Spec.Ingress) > 0
			if d == Egress {
				rules, governs = p.Spec.Egress, len(p.Spec.Egress) > 0
			}
			if cmp.Or(p.Spec.Tier, "default") != tier || !governs || p.Namespace != "" && p.Namespace != pod.Namespace ||
				!oracleSelectors[p.Spec.Selector](calicoLabels(c, pod)) {
				continue
			}
			applies = true
			for _, r := range rules {
				if r.Protocol != nil && r.Protocol.StrVal != string(protocol) || !calicoPorts(&r, destination, port) ||
					!calicoMeans(c, p.Namespace, &r.Source, source, from) || !calicoMeans(c, p.Namespace, &r.Destination, destination, to) {
					continue
				}
				switch r.Action {
				case "Pass":
					continue tiers
				case "Allow", "Deny":
					return r.Action == "Allow"
				}
			}
		}
		if applies && tier != "last" {
			return false
		}
	}
	return true
}

func onlyAddress(p *Pod) netip.Addr {
	if len(p.Addresses) == 0 {
		return netip.Addr{}
	}
	return p.Addresses[0]
}

func calicoLabels(c *Cluster, pod *Pod) map[string]string {
	all := map[string]string{"projectcalico.org/namespace": pod.Namespace}
	maps.Copy(all, pod.Labels)
	for _, n := range c.Namespaces {
		if n.Name == pod.Namespace {
			all["pcns.team"] = n.Labels["team"]
		}
	}
	return all
}

func calicoPorts(r *CalicoRule, destination *Pod, port int32) bool {
	holds := len(r.Destination.Ports) == 0
	for _, p := range r.Destination.Ports {
		first, last, isRange := strings.Cut(p.StrVal, ":")
		low, err := strconv.Atoi(first)
		high := low
		if isRange {
			high, _ = strconv.Atoi(last)
		}
		if err != nil {
			holds = holds || destination != nil && slices.Contains(destination.Ports, Port{p.StrVal, port, corev1.Protocol(r.Protocol.StrVal)})
		} else {
			holds = holds || int32(low) <= port && port <= int32(high)
		}
	}
	return holds && !slices.ContainsFunc(r.Destination.NotPorts, func(p intstr.IntOrString) bool { return p.IntVal == port })
}

func calicoMeans(c *Cluster, namespace string, e *CalicoEntity, pod *Pod, address netip.Addr) bool {
	inside := func(networks []string) bool {
		return slices.ContainsFunc(networks, func(n string) bool { return netip.MustParsePrefix(n).Contains(address) })
	}
	// found reports whether something with this address has labels that hold.
	found := func(holds func(map[string]string) bool) bool {
		if pod != nil && !pod.HostNetwork && holds(calicoLabels(c, pod)) {
			return true
		}
		return slices.ContainsFunc(c.CalicoNetworkSets, func(s CalicoNetworkSet) bool {
			all := maps.Clone(s.Labels)
			if s.Namespace != "" {
				maps.Copy(all, calicoLabels(c, &Pod{Namespace: s.Namespace}))
			}
			return inside(s.Spec.Nets) && holds(all)
		})
	}
	if len(e.Nets) > 0 && !inside(e.Nets) || inside(e.NotNets) || e.NotSelector != "" && found(oracleSelectors[e.NotSelector]) {
		return false
	}
	if e.Selector == "" && e.NotSelector == "" && e.NamespaceSelector == "" {
		return true
	}
	if e.Selector == "" && e.NamespaceSelector == "" && namespace == "" {
		return true
	}
	return found(func(l map[string]string) bool {
		if e.NamespaceSelector != "" {
			return oracleNamespaces[e.NamespaceSelector](l) && oracleSelectors[e.Selector](l)
		}
		return (namespace == "" || l["projectcalico.org/namespace"] == namespace) && oracleSelectors[e.Selector](l)
	})
}
