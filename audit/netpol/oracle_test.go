package netpol

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TestAgainstOracle compares verdicts on random clusters with those of a literal reading of the API's
// documentation (k8s.io/api/networking/v1/types.go) that tries sample ports and addresses one by one. All bounds
// of the random policies are among the samples, so trying them is exact.
func TestAgainstOracle(t *testing.T) {
	seen := map[Verdict]int{}
	for seed := range uint64(4000) {
		c := randomCluster(rand.New(rand.NewPCG(seed, 1)))
		r := Evaluate(c)
		for i := range c.Pods {
			for _, d := range Directions {
				got, want := r.Column(i, d).Verdict, oracle(c, &c.Pods[i], d)
				if got != want {
					t.Fatalf("seed %d, %s of %v: got %s, want %s\npolicies: %+v", seed, d, c.Pods[i], got, want, c.Policies)
				}
				seen[got]++
				checkOpening(t, r, i, d)
			}
		}
	}
	for _, v := range []Verdict{Restricted, Open, None, NotCoverable} {
		if seen[v] < 100 {
			t.Errorf("only %d verdicts %s: the clusters don't try it", seen[v], v)
		}
	}
}

// checkOpening holds an explanation to its word: the rules that open a Pod do so without the others.
func checkOpening(t *testing.T, r *Isolation, pod int, d Direction) {
	t.Helper()
	class := r.classes[r.classOf[pod]]
	rules, _ := certain(class.columns[d].statements, d)
	var chosen []*rule
	for _, i := range class.opening(rules, d) {
		chosen = append(chosen, rules[i])
	}
	if open := class.columns[d].Verdict == Open; open != (len(chosen) > 0) || open && !class.allowsEverything(chosen, d) {
		t.Errorf("%d rules said to open a Pod that is %s", len(chosen), class.columns[d].Verdict)
	}
}

var (
	samplePorts     = []int32{1, 79, 80, 81, 99, 100, 65535}
	sampleAddresses = []string{"0.0.0.0", "10.0.0.0", "10.255.255.255", "11.0.0.0", "127.255.255.255", "128.0.0.0", "255.255.255.255", "::", "fd00::", "ffff::"}
	sampleBlocks    = []networkingv1.IPBlock{
		{CIDR: "0.0.0.0/0"}, {CIDR: "0.0.0.0/1"}, {CIDR: "128.0.0.0/1"}, {CIDR: "10.0.0.0/8"}, {CIDR: "::/0"}, {CIDR: "::/1"}, {CIDR: "8000::/1"},
		{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}, {CIDR: "0.0.0.0/1", Except: []string{"10.0.0.0/9", "10.128.0.0/9"}},
	}
)

func oracle(c *Cluster, pod *Pod, d Direction) Verdict {
	if pod.HostNetwork {
		return NotCoverable
	}
	var selecting []*networkingv1.NetworkPolicy
	for i := range c.Policies {
		p := &c.Policies[i]
		isolates := slices.Contains(p.Spec.PolicyTypes, []networkingv1.PolicyType{"Ingress", "Egress"}[d])
		if len(p.Spec.PolicyTypes) == 0 {
			isolates = d == Ingress || len(p.Spec.Egress) > 0
		}
		selector, _ := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		if isolates && p.Namespace == pod.Namespace && selector.Matches(labels.Set(pod.Labels)) {
			selecting = append(selecting, p)
		}
	}
	if len(selecting) == 0 {
		return None
	}
	for _, protocol := range []corev1.Protocol{"TCP", "UDP", "SCTP"} {
		for _, port := range samplePorts {
			for _, text := range sampleAddresses {
				address := netip.MustParseAddr(text)
				if !ofFamily(c, pod, address) {
					continue
				}
				allowed := func(p *networkingv1.NetworkPolicy) bool { return oracleAllows(p, pod, d, protocol, port, address) }
				if !slices.ContainsFunc(selecting, allowed) {
					return Restricted
				}
			}
		}
	}
	return Open
}

func ofFamily(c *Cluster, pod *Pod, address netip.Addr) bool {
	addresses := pod.Addresses
	if len(addresses) == 0 {
		for i := range c.Pods {
			if !c.Pods[i].HostNetwork {
				addresses = append(addresses, c.Pods[i].Addresses...)
			}
		}
	}
	if len(addresses) == 0 {
		return address.Is4()
	}
	return slices.ContainsFunc(addresses, func(a netip.Addr) bool { return a.Is4() == address.Is4() })
}

func oracleAllows(p *networkingv1.NetworkPolicy, pod *Pod, d Direction, protocol corev1.Protocol, port int32, address netip.Addr) bool {
	var rules []networkingv1.NetworkPolicyEgressRule
	if d == Egress {
		rules = p.Spec.Egress
	} else {
		for _, r := range p.Spec.Ingress {
			rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: r.From, Ports: r.Ports})
		}
	}
	for _, r := range rules {
		onPort := len(r.Ports) == 0
		for _, e := range r.Ports {
			onPort = onPort || oraclePort(e, pod, d, protocol, port)
		}
		toPeer := len(r.To) == 0
		for _, peer := range r.To {
			if b := peer.IPBlock; b != nil && netip.MustParsePrefix(b.CIDR).Contains(address) {
				toPeer = toPeer || !slices.ContainsFunc(b.Except, func(e string) bool { return netip.MustParsePrefix(e).Contains(address) })
			}
		}
		if onPort && toPeer {
			return true
		}
	}
	return false
}

func oraclePort(e networkingv1.NetworkPolicyPort, pod *Pod, d Direction, protocol corev1.Protocol, port int32) bool {
	want := corev1.ProtocolTCP
	if e.Protocol != nil {
		want = *e.Protocol
	}
	switch {
	case want != protocol:
		return false
	case e.Port == nil:
		return true
	case e.Port.Type == intstr.String:
		return d == Ingress && slices.Contains(pod.Ports, Port{e.Port.StrVal, port, protocol})
	case e.EndPort != nil:
		return e.Port.IntVal <= port && port <= *e.EndPort
	}
	return e.Port.IntVal == port
}

func randomCluster(r *rand.Rand) *Cluster {
	c := &Cluster{}
	for i := range 3 {
		p := Pod{Namespace: "x", Name: fmt.Sprint(i), Labels: map[string]string{"app": fmt.Sprint(r.IntN(2))}, HostNetwork: r.IntN(8) == 0}
		for _, a := range []string{"10.0.0.1", "fd00::1"} {
			if r.IntN(3) == 0 {
				p.Addresses = append(p.Addresses, netip.MustParseAddr(a))
			}
		}
		if r.IntN(2) == 0 {
			p.Ports = []Port{{"web", 80, corev1.ProtocolTCP}, {"other", 81, corev1.ProtocolTCP}}
		}
		c.Pods = append(c.Pods, p)
	}
	for i := range r.IntN(4) {
		p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "x", Name: fmt.Sprint(i)}}
		if r.IntN(2) == 0 {
			p.Spec.PodSelector.MatchLabels = map[string]string{"app": fmt.Sprint(r.IntN(2))}
		}
		for _, t := range []networkingv1.PolicyType{"Ingress", "Egress"} {
			if r.IntN(2) == 0 {
				p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, t)
			}
		}
		for range r.IntN(4) {
			p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: randomPeers(r), Ports: randomPorts(r)})
		}
		for range r.IntN(4) {
			p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: randomPeers(r), Ports: randomPorts(r)})
		}
		c.Policies = append(c.Policies, p)
	}
	return c
}

func randomPeers(r *rand.Rand) (peers []networkingv1.NetworkPolicyPeer) {
	for range r.IntN(4) {
		peer := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{}}
		if r.IntN(6) > 0 {
			peer = networkingv1.NetworkPolicyPeer{IPBlock: &sampleBlocks[r.IntN(len(sampleBlocks))]}
		}
		peers = append(peers, peer)
	}
	return peers
}

func randomPorts(r *rand.Rand) (ports []networkingv1.NetworkPolicyPort) {
	for range r.IntN(5) {
		e := networkingv1.NetworkPolicyPort{Protocol: &[]corev1.Protocol{"TCP", "UDP", "SCTP"}[r.IntN(3)]}
		if *e.Protocol == corev1.ProtocolTCP && r.IntN(2) == 0 {
			e.Protocol = nil
		}
		first, last := intstr.FromInt32([]int32{1, 80, 81, 100}[r.IntN(4)]), []int32{79, 80, 99, 65535}[r.IntN(4)]
		switch web := intstr.FromString("web"); {
		case r.IntN(5) == 0:
			e.Port = &web
		case r.IntN(3) > 0:
			e.Port = &first
			if last >= first.IntVal {
				e.EndPort = &last
			}
		}
		ports = append(ports, e)
	}
	return ports
}
