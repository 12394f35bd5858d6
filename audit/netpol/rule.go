package netpol

import (
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"
)

// A rule is one ingress or egress rule of a policy, read. Peers that select Pods are checked and not kept: to
// isolation they make no difference.
type rule struct {
	path       string
	everywhere bool           // no peers given: every Pod and every address
	addresses  []addressRange // of the ipBlocks, otherwise
	ports      ports
}

// all reports whether the rule alone allows everything by having neither peers nor ports.
func (r *rule) all() bool { return r.everywhere && r.ports.every }

// peers reads the peers of a rule and returns the addresses of their ipBlocks. A peer that is wrong is reported
// and left out: since rules only ever allow, what is left holds whatever the rest was meant to say.
func (r *reader) peers(path string, peers []networkingv1.NetworkPolicyPeer, wrong report) []addressRange {
	var addresses []addressRange
	for i := range peers {
		addresses = append(addresses, r.peer(&peers[i], func(field, reason string) {
			wrong(fmt.Sprintf("%s[%d]%s", path, i, field), reason)
		})...)
	}
	return addresses
}

// peer applies the rules of ValidateNetworkPolicyPeer.
func (r *reader) peer(p *networkingv1.NetworkPolicyPeer, wrong report) []addressRange {
	switch {
	case p.PodSelector == nil && p.NamespaceSelector == nil && p.IPBlock == nil:
		wrong("", "peer has neither podSelector, namespaceSelector nor ipBlock")
		return nil
	case p.IPBlock != nil && (p.PodSelector != nil || p.NamespaceSelector != nil):
		wrong("", "peer has both an ipBlock and a selector")
		return nil
	case p.IPBlock != nil:
		return readBlock(p.IPBlock, wrong)
	}
	if p.PodSelector != nil {
		for _, problem := range r.pods.read(p.PodSelector).problems {
			wrong(".podSelector"+problem.path, problem.reason)
		}
	}
	if p.NamespaceSelector != nil {
		for _, problem := range r.namespaces.read(p.NamespaceSelector).problems {
			wrong(".namespaceSelector"+problem.path, problem.reason)
		}
	}
	return nil
}
