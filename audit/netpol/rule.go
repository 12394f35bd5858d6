package netpol

import (
	"fmt"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// A rule is one ingress or egress rule of a policy, read. Peers that select Pods make no difference to isolation,
// only to reachability.
type rule struct {
	path       string
	everywhere bool           // no peers given: every Pod and every address
	addresses  []addressRange // of the ipBlocks, otherwise
	pods       []podPeer      // of the selectors, otherwise
	ports      ports

	// Of policies of other groups than networking.k8s.io:
	literal       bool // addresses are those of Pods too, whatever the plugin
	unsurePods    bool // it may mean any Pod
	unsureOutside bool // it may mean any address outside
	unsureHosts   bool // it may mean any hostNetwork Pod
	outsideOnly   bool // addresses are never those of Pods

	// Of policies of Calico: whom it means, and nothing of the above does.
	entity *entity
}

// appendBounds appends where the addresses that the rule speaks of begin, and where what follows them does.
func (r *rule) appendBounds(bounds []netip.Addr) []netip.Addr {
	if r.entity != nil {
		return appendBounds(appendBounds(bounds, r.entity.addresses), r.entity.within)
	}
	return appendBounds(bounds, r.addresses)
}

// everyPod reports whether the rule means every Pod of every namespace.
func (r *rule) everyPod() bool {
	return r.everywhere || slices.ContainsFunc(r.pods, func(p podPeer) bool {
		return p.namespaces != nil && p.namespaces.everything() && (p.pods == nil || p.pods.everything())
	})
}

// A podPeer selects Pods by their namespace and their labels; hostNetwork Pods, known by their node's address, never.
type podPeer struct {
	namespace  string    // the policy's own, where namespaces is nil
	namespaces *selector // nil: only the policy's own namespace
	pods       *selector // nil: every Pod
}

// all reports whether the rule alone allows everything by having neither peers nor ports.
func (r *rule) all() bool { return r.everywhere && r.ports.every }

// peers reads the peers of a rule of a policy in a namespace into it. A peer that is wrong is reported and left
// out: since rules only ever allow, what is left holds whatever the rest was meant to say.
func (r *reader) peers(into *rule, namespace, path string, peers []networkingv1.NetworkPolicyPeer, wrong report) {
	into.everywhere = len(peers) == 0
	for i := range peers {
		r.peer(into, namespace, &peers[i], func(field, reason string) {
			wrong(fmt.Sprintf("%s[%d]%s", path, i, field), reason)
		})
	}
}

// peer applies the rules of ValidateNetworkPolicyPeer.
func (r *reader) peer(into *rule, namespace string, p *networkingv1.NetworkPolicyPeer, wrong report) {
	switch {
	case p.PodSelector == nil && p.NamespaceSelector == nil && p.IPBlock == nil:
		wrong("", "peer has neither podSelector, namespaceSelector nor ipBlock")
		return
	case p.IPBlock != nil && (p.PodSelector != nil || p.NamespaceSelector != nil):
		wrong("", "peer has both an ipBlock and a selector")
		return
	case p.IPBlock != nil:
		into.addresses = append(into.addresses, readBlock(p.IPBlock, wrong)...)
		return
	}
	peer := podPeer{namespace: namespace}
	understood := true
	if p.PodSelector != nil {
		peer.pods = r.pods.read(p.PodSelector)
		understood = peer.pods.understood(".podSelector", wrong)
	}
	if p.NamespaceSelector != nil {
		peer.namespaces = r.namespaces.read(p.NamespaceSelector)
		understood = peer.namespaces.understood(".namespaceSelector", wrong) && understood
	}
	if understood {
		into.pods = append(into.pods, peer)
	}
}
