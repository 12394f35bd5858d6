package checks

import (
	"net/netip"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A reachView is what the segregation checks ask of reachability, by namespace.
type reachView struct {
	*audit.Facts
	index map[string]int // of namespaces in the matrix
}

func viewReach(f *audit.Facts) *reachView {
	v := &reachView{f, make(map[string]int, len(f.Policies.Namespaces))}
	for i, group := range f.Policies.Namespaces {
		v.index[group.Name] = i
	}
	return v
}

// sources returns the namespaces but the given one, of those that wanted admits, from
// which something in it is reached, or may be.
func (v *reachView) sources(namespace string, wanted func(source string) bool) (certain, possible []string) {
	to, ok := v.index[namespace]
	if !ok {
		return nil, nil
	}
	for from, group := range v.Policies.Namespaces {
		if from == to || !wanted(group.Name) {
			continue
		}
		switch cell := v.Policies.Matrix.Cell(from, to); {
		case cell.Access == netpol.NoAccess || cell.Access == netpol.NotApplicableAccess:
		case !cell.Allowed.Empty():
			certain = append(certain, group.Name)
		default:
			possible = append(possible, group.Name)
		}
	}
	return certain, possible
}

// representatives returns a Pod of each class of a namespace that policies cover: what is
// true of it is true of its class.
func (v *reachView) representatives(namespace string) []int {
	i, ok := v.index[namespace]
	if !ok {
		return nil
	}
	return v.classes(v.Policies.Namespaces[i].Pods)
}

// classes returns one Pod of each class among Pods outside the host's network.
func (v *reachView) classes(pods []int) []int {
	seen := map[int]bool{}
	var list []int
	for _, pod := range pods {
		class := v.Policies.Reach.Class(pod)
		if !seen[class] && !v.Policies.Cluster.Pods[pod].HostNetwork {
			seen[class] = true
			list = append(list, pod)
		}
	}
	return list
}

// A peerNaming tells rules that name their peers from rules that let anybody in.
type peerNaming struct {
	*audit.Facts
	policies map[netpol.PolicyRef]*networkingv1.NetworkPolicy
	admin    map[netpol.PolicyRef]*netpol.AdminPolicy
	pods     []netip.Addr
	every    map[string]bool // by canonical selector: whether it matches every namespace
}

func namePeers(f *audit.Facts) *peerNaming {
	n := &peerNaming{Facts: f, policies: map[netpol.PolicyRef]*networkingv1.NetworkPolicy{}, admin: map[netpol.PolicyRef]*netpol.AdminPolicy{}, every: map[string]bool{}}
	for i := range f.NetworkPolicies {
		p := &f.NetworkPolicies[i]
		n.policies[netpol.PolicyRef{Namespace: p.Namespace, Name: p.Name}] = p
	}
	for i := range f.AdminPolicies {
		p := &f.AdminPolicies[i]
		n.admin[netpol.PolicyRef{Kind: p.Kind, Name: p.Name}] = p
	}
	for i := range f.Policies.Cluster.Pods {
		if p := &f.Policies.Cluster.Pods[i]; !p.HostNetwork {
			n.pods = append(n.pods, p.Addresses...)
		}
	}
	return n
}

// unnamed returns the rules of a destination that let a source in without naming it: the
// peer that matches has no selector, one that matches every namespace, or a block that
// holds all Pods. A destination that no rule guards has none, and names nobody.
func (n *peerNaming) unnamed(ingress *netpol.Passage, from, to int) (rules []netpol.Rule, guarded bool) {
	for _, d := range ingress.Decided {
		if d.Action != "allow" {
			continue
		}
		guarded = true
		if !n.names(d.Rule, from, to) {
			rules = append(rules, d.Rule)
		}
	}
	return rules, guarded
}

func (n *peerNaming) names(rule netpol.Rule, from, to int) bool {
	source := &n.Policies.Cluster.Pods[from]
	i, ok := ruleIndex(rule.Path)
	if p := n.policies[rule.Policy]; p != nil {
		if !ok || i >= len(p.Spec.Ingress) || len(p.Spec.Ingress[i].From) == 0 {
			return false
		}
		return !slices.ContainsFunc(p.Spec.Ingress[i].From, func(peer networkingv1.NetworkPolicyPeer) bool {
			return n.opensTo(&peer, source)
		})
	}
	if p := n.admin[rule.Policy]; p != nil && ok && i < len(p.Spec.Ingress) {
		return !slices.ContainsFunc(p.Spec.Ingress[i].From, func(peer netpol.AdminPeer) bool {
			selector := peer.Namespaces
			if peer.Pods != nil {
				selector = &peer.Pods.NamespaceSelector
			}
			return selector != nil && n.everywhere(selector)
		})
	}
	return !n.Policies.Reach.AdmitsAnybody(to, rule, from) // Cilium and Calico: their engines read their selectors
}

// mayOpen reports whether a rule may let some Pods in without naming them.
func (n *peerNaming) mayOpen(rule netpol.Rule, to int) bool {
	i, ok := ruleIndex(rule.Path)
	switch p, admin := n.policies[rule.Policy], n.admin[rule.Policy]; {
	case p != nil:
		return !ok || i >= len(p.Spec.Ingress) || len(p.Spec.Ingress[i].From) == 0 ||
			slices.ContainsFunc(p.Spec.Ingress[i].From, func(peer networkingv1.NetworkPolicyPeer) bool {
				return peer.IPBlock != nil && n.holdsAllPods(peer.IPBlock) || peer.NamespaceSelector != nil && n.everywhere(peer.NamespaceSelector)
			})
	case admin != nil:
		return !n.names(rule, to, to)
	}
	return n.Policies.Reach.MayAdmitAnybody(to, rule)
}

// opensTo reports whether a peer lets a Pod of another namespace in without naming it.
func (n *peerNaming) opensTo(peer *networkingv1.NetworkPolicyPeer, source *netpol.Pod) bool {
	switch {
	case peer.IPBlock != nil:
		return n.holdsAllPods(peer.IPBlock)
	case peer.NamespaceSelector == nil:
		return false // Pods of the policy's own namespace
	case !n.everywhere(peer.NamespaceSelector):
		return false
	case peer.PodSelector == nil:
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(peer.PodSelector)
	return err == nil && selector.Matches(labels.Set(source.Labels))
}

// everywhere reports whether a selector is empty or matches every namespace there is.
func (n *peerNaming) everywhere(s *metav1.LabelSelector) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return false
	}
	text := selector.String()
	known, ok := n.every[text]
	if !ok {
		known = selector.Empty() || !slices.ContainsFunc(n.Policies.Cluster.Namespaces, func(namespace netpol.Namespace) bool {
			return !selector.Matches(labels.Set(namespace.Labels))
		})
		n.every[text] = known
	}
	return known
}

// holdsAllPods reports whether a block covers the addresses of all Pods of its family.
func (n *peerNaming) holdsAllPods(block *networkingv1.IPBlock) bool {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		return false
	}
	held := false
	for _, a := range n.pods {
		if a.Is4() != prefix.Addr().Is4() {
			continue
		}
		if !prefix.Contains(a) {
			return false
		}
		held = true
		for _, except := range block.Except {
			if e, err := netip.ParsePrefix(except); err == nil && e.Contains(a) {
				return false
			}
		}
	}
	return held
}

// ruleIndex takes the index out of a path such as spec.ingress[2].
func ruleIndex(path string) (int, bool) {
	open, closed := -1, -1
	for i, r := range path {
		if r == '[' && open < 0 {
			open = i
		}
		if r == ']' && closed < 0 {
			closed = i
		}
	}
	if open < 0 || closed < open {
		return 0, false
	}
	n := 0
	for _, r := range path[open+1 : closed] {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = 10*n + int(r-'0')
	}
	return n, true
}
