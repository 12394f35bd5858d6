package netpol

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// passes says whether policies let one connection pass at one Pod. The other end is a Pod, or an address outside.
func passes(c *Cluster, pod *Pod, d Direction, other *Pod, address netip.Addr, protocol corev1.Protocol, port int32) bool {
	if c.CalicoPolicies != nil {
		return calicoPasses(c, pod, d, other, address, protocol, port)
	}
	if decided, allowed := adminDecides(c, false, pod, d, other, address, protocol, port); decided {
		return allowed
	}
	isolated, allowed := kubernetesSays(c, pod, d, other, address, protocol, port)
	if c.CiliumPolicies != nil {
		denies, denied, allows := ciliumSays(c, pod, d, other, address, protocol, port)
		isolated, allowed = isolated || denies, allowed || allows
		if denied {
			return false
		}
	}
	if decided, allowed := adminDecides(c, true, pod, d, other, address, protocol, port); decided && !isolated {
		return allowed
	}
	return allowed || !isolated
}

// kubernetesSays is a literal reading of k8s.io/api/networking/v1/types.go.
func kubernetesSays(c *Cluster, pod *Pod, d Direction, other *Pod, address netip.Addr, protocol corev1.Protocol, port int32) (isolated, allowed bool) {
	for i := range c.Policies {
		p := &c.Policies[i]
		of := slices.Contains(p.Spec.PolicyTypes, []networkingv1.PolicyType{"Ingress", "Egress"}[d])
		if len(p.Spec.PolicyTypes) == 0 {
			of = d == Ingress || len(p.Spec.Egress) > 0
		}
		if pod.HostNetwork || !of || p.Namespace != pod.Namespace || !selects(&p.Spec.PodSelector, pod.Labels) {
			continue
		}
		isolated = true
		var rules []networkingv1.NetworkPolicyEgressRule
		if d == Egress {
			rules = p.Spec.Egress
		} else {
			for _, r := range p.Spec.Ingress {
				rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: r.From, Ports: r.Ports})
			}
		}
		destination := pod
		if d == Egress {
			if destination = other; other == nil {
				destination = &Pod{}
			}
		}
		for _, r := range rules {
			onPort, toPeer := len(r.Ports) == 0, len(r.To) == 0
			for _, e := range r.Ports {
				onPort = onPort || oraclePort(e, destination, Ingress, protocol, port)
			}
			for _, p2 := range r.To {
				toPeer = toPeer || meansPeer(c, p.Namespace, p2, other, address)
			}
			allowed = allowed || onPort && toPeer
		}
	}
	return isolated, allowed
}

// adminDecides is a literal reading of the tiers of policy.networking.k8s.io; no two priorities are equal.
func adminDecides(c *Cluster, baseline bool, pod *Pod, d Direction, other *Pod, address netip.Addr, protocol corev1.Protocol, port int32) (decided, allowed bool) {
	inOrder := slices.Clone(c.AdminPolicies)
	slices.SortFunc(inOrder, func(a, b AdminPolicy) int { return int(a.Spec.Priority) - int(b.Spec.Priority) })
	for _, p := range inOrder {
		if pod.HostNetwork || (p.Kind == BaselineAdminNetworkPolicy || p.Spec.Tier == "Baseline") != baseline ||
			!meansAdmin(c, p.Spec.Subject.Namespaces, p.Spec.Subject.Pods, pod) {
			continue
		}
		rules, destination := p.Spec.Ingress, pod
		if d == Egress {
			if rules, destination = p.Spec.Egress, other; other == nil {
				destination = &Pod{}
			}
		}
		for _, r := range rules {
			onPort, toPeer := len(r.Ports) == 0, false
			for _, e := range r.Ports {
				switch {
				case e.PortNumber != nil:
					onPort = onPort || e.PortNumber.Protocol == protocol && e.PortNumber.Port == port
				case e.PortRange != nil:
					onPort = onPort || e.PortRange.Protocol == protocol && e.PortRange.Start <= port && port <= e.PortRange.End
				default:
					onPort = onPort || slices.Contains(destination.Ports, Port{*e.NamedPort, port, protocol})
				}
			}
			for _, peer := range append(slices.Clone(r.From), r.To...) {
				addresses := []netip.Addr{address}
				if other != nil {
					addresses = other.Addresses
					toPeer = toPeer || !other.HostNetwork && meansAdmin(c, peer.Namespaces, peer.Pods, other)
				}
				for _, network := range peer.Networks {
					toPeer = toPeer || slices.ContainsFunc(addresses, netip.MustParsePrefix(network).Contains)
				}
			}
			if onPort && toPeer {
				return r.Action != "Pass", r.Action != "Deny"
			}
		}
	}
	return false, false
}

func meansAdmin(c *Cluster, namespaces *metav1.LabelSelector, pods *AdminPods, pod *Pod) bool {
	for _, n := range c.Namespaces {
		all := maps.Clone(n.Labels)
		all["kubernetes.io/metadata.name"] = n.Name
		if n.Name == pod.Namespace && (namespaces != nil && selects(namespaces, all) ||
			pods != nil && selects(&pods.NamespaceSelector, all) && selects(&pods.PodSelector, pod.Labels)) {
			return true
		}
	}
	return false
}

func meansPeer(c *Cluster, namespace string, peer networkingv1.NetworkPolicyPeer, other *Pod, address netip.Addr) bool {
	if b := peer.IPBlock; b != nil {
		addresses := []netip.Addr{address}
		if other != nil {
			addresses = other.Addresses
		}
		return slices.ContainsFunc(addresses, func(a netip.Addr) bool {
			return netip.MustParsePrefix(b.CIDR).Contains(a) &&
				!slices.ContainsFunc(b.Except, func(e string) bool { return netip.MustParsePrefix(e).Contains(a) })
		})
	}
	if other == nil || other.HostNetwork {
		return false
	}
	if peer.NamespaceSelector == nil {
		return other.Namespace == namespace && selects(peer.PodSelector, other.Labels)
	}
	for _, n := range c.Namespaces {
		all := maps.Clone(n.Labels)
		all["kubernetes.io/metadata.name"] = n.Name
		if n.Name == other.Namespace && selects(peer.NamespaceSelector, all) {
			return peer.PodSelector == nil || selects(peer.PodSelector, other.Labels)
		}
	}
	return false
}

func selects(s *metav1.LabelSelector, set map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(set))
}

// TestReachAgainstOracle compares every pair of Pods, every Pod and sample address outside, and every cell of the
// matrix of namespaces, on random clusters.
func TestReachAgainstOracle(t *testing.T) {
	defer func(n, m, k int) { wideFrom, directPairs, tileSize = n, m, k }(wideFrom, directPairs, tileSize)
	verdicts := map[bool]int{}
	for seed := range uint64(oracleSeeds(t)) {
		c := randomReach(rand.New(rand.NewPCG(seed, 2)))
		wideFrom, directPairs, tileSize = 1+int(seed%3), int(seed%5/4)*256, 1+int(seed%7)
		switch r := rand.New(rand.NewPCG(seed, 3)); seed % 4 {
		case 1:
			randomAdmin(r, c)
		case 2:
			randomCilium(r, c)
		case 3:
			randomCalico(r, c)
		}
		r := EvaluateReachability(c)
		check := func(got Connections, i, j int, want func(corev1.Protocol, int32) bool) {
			for _, protocol := range protocols {
				for _, port := range samplePorts {
					allowed := want(protocol, port)
					if got.Allows(protocol, port) != allowed {
						t.Fatalf("seed %d, %d -> %d %s %d: got %s, want allowed %t\n%+v", seed, i, j, protocol, port, got, allowed, c)
					}
					verdicts[allowed]++
				}
			}
		}
		for i := range c.Pods {
			for j := range c.Pods {
				path := r.Reach(PodEndpoint(i), PodEndpoint(j))[0]
				single := len(c.Pods[i].Addresses) == 1 && len(c.Pods[j].Addresses) == 1
				if c.CalicoPolicies != nil && (c.Pods[i].HostNetwork || c.Pods[j].HostNetwork) {
					continue // HostEndpoints aren't known
				}
				if !path.Indeterminate.Empty() && single {
					t.Fatalf("seed %d, %d -> %d is indeterminate: %s", seed, i, j, path.Indeterminate)
				}
				if single || c.AdminPolicies == nil && c.CalicoPolicies == nil && len(c.Pods[i].Addresses) > 0 && len(c.Pods[j].Addresses) > 0 {
					check(path.Allowed, i, j, func(protocol corev1.Protocol, port int32) bool {
						return i == j || passes(c, &c.Pods[i], Egress, &c.Pods[j], netip.Addr{}, protocol, port) &&
							passes(c, &c.Pods[j], Ingress, &c.Pods[i], netip.Addr{}, protocol, port)
					})
				}
			}
			for _, d := range Directions {
				if c.CalicoPolicies != nil && len(c.Pods[i].Addresses) != 1 {
					continue // rules may ask for the Pod's own address
				}
				for _, path := range r.Outside(i, d) {
					for _, text := range sampleAddresses {
						a := netip.MustParseAddr(text)
						if holds([]addressRange{{path.Outside.First, path.Outside.Last}}, a) == yes {
							check(path.Allowed, i, -1, func(protocol corev1.Protocol, port int32) bool {
								return passes(c, &c.Pods[i], d, nil, a, protocol, port)
							})
						}
					}
				}
			}
		}
		checkMatrix(t, c, r)
		checkColumns(t, c, r)
	}
	t.Logf("%d allowed, %d denied", verdicts[true], verdicts[false])
	if verdicts[true] < 1000 || verdicts[false] < 1000 {
		t.Errorf("the clusters don't try both: %v", verdicts)
	}
}

// checkColumns holds the columns to what they sum up: that of NetworkPolicies is the isolation's, and the effective one
// is restricted wherever something is kept out.
func checkColumns(t *testing.T, c *Cluster, r *Reachability) {
	t.Helper()
	isolation := Evaluate(c)
	for i := range c.Pods {
		for _, d := range Directions {
			got := r.Columns(i, d)
			if want := isolation.Column(i, d).Verdict; got.ByNetworkPolicy.Verdict != want {
				t.Fatalf("Pod %d %s: got %s by NetworkPolicy, want %s", i, d, got.ByNetworkPolicy.Verdict, want)
			}
			class := r.class(i)
			if open := got.ByNetworkPolicy.Verdict; len(class.gates[d].statements) > 0 && c.AdminPolicies == nil && c.CiliumPolicies == nil && c.CalicoPolicies == nil {
				if judged := class.gates[d].judge(class, Open); judged != open {
					t.Fatalf("Pod %d %s: judged %s, decided %s\n%+v", i, d, judged, open, c)
				}
			}
			for j, other := range r.classes {
				f := class.gates[d].toward(&peer{class: other}, podsByAddress, nil)
				if e := got.Effective.Verdict; len(other.addresses) == 1 && other.families&class.families != 0 && !f.allowed.union(f.doubtful).Everything() && (e == Open || e == None) {
					t.Fatalf("Pod %d %s is %s, but %d has %s\n%+v", i, d, e, j, f.allowed, c)
				}
			}
			for _, p := range r.Outside(i, d) {
				if e := got.Effective.Verdict; !p.Allowed.Everything() && e != Restricted && e != Indeterminate {
					t.Fatalf("Pod %d %s is %s, but %s has %s\n%+v", i, d, e, p.Outside, p.Allowed, c)
				}
			}
		}
	}
}

func oracleSeeds(t *testing.T) int {
	if testing.Short() {
		return 100
	}
	return 400
}

// checkMatrix compares cells with the sum of the paths between Pods.
func checkMatrix(t *testing.T, c *Cluster, r *Reachability) {
	t.Helper()
	groups := r.Namespaces()
	m := r.Matrix(groups)
	for i, from := range groups {
		for j, to := range groups {
			var sum tally
			for _, s := range from.Pods {
				for _, d := range to.Pods {
					if s != d && !c.Pods[s].HostNetwork && !c.Pods[d].HostNetwork {
						sum.add(&r.Reach(PodEndpoint(s), PodEndpoint(d))[0])
					}
				}
			}
			got, want := m.Cell(i, j), sum.sum()
			if got.Access != want.Access || got.Uniform != want.Uniform || !got.Allowed.Equal(want.Allowed) ||
				!got.Indeterminate.Equal(want.Indeterminate) || !got.DependsOnPlugin.Equal(want.DependsOnPlugin) {
				t.Fatalf("%s -> %s: got %+v, want %+v\n%+v", from.Name, to.Name, got, want, c)
			}
			g := m.Grounds(i, j)
			if (len(g.Rules) > 0 || g.OpenEgress || g.OpenIngress) != !got.Allowed.Empty() {
				t.Fatalf("%s -> %s allows %s for %+v", from.Name, to.Name, got.Allowed, g)
			}
		}
		for _, d := range Directions {
			border := m.Outside(i, d)
			checkBorder(t, r, from, border, d)
			for _, part := range border.Ranges {
				g := m.OutsideGrounds(i, d, part.Addresses)
				if (len(g.Rules) > 0 || g.OpenEgress || g.OpenIngress) != !part.Allowed.Empty() || g.OpenEgress && d == Ingress || g.OpenIngress && d == Egress {
					t.Fatalf("%s %s %s allows %s for %+v", from.Name, d, part.Addresses, part.Allowed, g)
				}
			}
		}
	}
}

func checkBorder(t *testing.T, r *Reachability, g Group, got Border, d Direction) {
	t.Helper()
	var sum tally
	for _, pod := range g.Pods {
		if r.pods[pod].HostNetwork {
			continue
		}
		for _, path := range r.Outside(pod, d) {
			sum.add(&path)
			for _, part := range got.Ranges {
				if part.Addresses.First == path.Outside.First && !path.Allowed.minus(part.Allowed).Empty() {
					t.Fatalf("%s %s %s: %s, but a Pod has %s", g.Name, d, part.Addresses, part.Allowed, path.Allowed)
				}
			}
		}
	}
	if want := sum.sum().Access; got.Access != want {
		t.Fatalf("%s %s: got %s, want %s", g.Name, d, got.Access, want)
	}
}
