package audit

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit/netpol"
)

// A PolicyView is the evaluation of all policies over Pods; Workload.Members index its
// Pods.
type PolicyView struct {
	Cluster   *netpol.Cluster
	Isolation *netpol.Isolation    // by NetworkPolicies alone
	Reach     *netpol.Reachability // by all policies

	Sweeping [2]map[string]netpol.Sweeping // by direction and namespace: policies of other engines that select every Pod

	Namespaces []netpol.Group // the Pods by namespace, sorted; what Matrix is indexed by
	Matrix     *netpol.Matrix // what all policies allow between them, and with the outside
}

// PolicyResources are the policies of every engine. What a check says of reachability
// rests on all of them: each that is installed and unread makes it indeterminate.
var PolicyResources = []Resource{
	NetworkPolicies, AdminNetworkPolicies, BaselineAdminNetworkPolicies, ClusterNetworkPolicies,
	CiliumNetworkPolicies, CiliumClusterwidePolicies,
	CalicoNetworkPolicies, CalicoGlobalNetworkPolicies, CalicoTiers, CalicoNetworkSets, CalicoGlobalNetworkSets,
	CRDCalicoNetworkPolicies, CRDCalicoGlobalNetworkPolicies, CRDCalicoTiers, CRDCalicoNetworkSets, CRDCalicoGlobalNetworkSets,
	AntreaNetworkPolicies, AntreaClusterNetworkPolicies, AWSClusterNetworkPolicies, AWSApplicationNetworkPolicies,
}

// policies are what a snapshot holds of policies, and of what they select by.
func policies(s *Snapshot) *netpol.Cluster {
	c := &netpol.Cluster{
		Policies: s.NetworkPolicies, AdminPolicies: s.AdminPolicies, CiliumPolicies: s.CiliumPolicies,
		CalicoPolicies: s.CalicoPolicies, CalicoTiers: s.CalicoTiers, CalicoNetworkSets: s.CalicoNetworkSets,
	}
	for i := range s.ConfigMaps {
		if m := &s.ConfigMaps[i]; m.Namespace == "kube-system" && m.Name == "cilium-config" {
			c.Cilium.EnablePolicy = m.Data["enable-policy"]
			c.Cilium.PolicyAuditMode = m.Data["policy-audit-mode"]
			c.Cilium.EnableK8sNetworkPolicy = m.Data["enable-k8s-networkpolicy"]
		}
	}
	for i := range s.Namespaces {
		n := &s.Namespaces[i]
		c.Namespaces = append(c.Namespaces, netpol.Namespace{Name: n.Name, Labels: n.Labels})
	}
	for i := range s.Nodes {
		n := netpol.Node{Name: s.Nodes[i].Name, Labels: s.Nodes[i].Labels}
		for _, a := range s.Nodes[i].Addresses {
			n.Addresses = append(n.Addresses, addresses([]string{a.Address})...)
		}
		c.Nodes = append(c.Nodes, n)
	}
	for i := range s.OtherPolicies {
		p := &s.OtherPolicies[i]
		c.Unread = append(c.Unread, netpol.Unread{
			PolicyRef: netpol.PolicyRef{Kind: p.Kind, Namespace: p.Namespace, Name: p.Name},
			Reason:    p.APIVersion + " isn't evaluated",
		})
	}
	for _, r := range PolicyResources {
		reading := s.Reading(r)
		if _, unread := reading.Gap(""); !unread {
			continue
		}
		gaps := reading.Gaps
		if len(gaps) == 0 {
			gap, _ := reading.Gap("")
			gaps = []Gap{gap}
		}
		plural, _, _ := strings.Cut(string(r), ".")
		for _, gap := range gaps {
			unread := netpol.Unread{PolicyRef: netpol.PolicyRef{Kind: string(r), Namespace: gap.Namespace}, Reason: plural + " could not be read: " + gap.Message}
			if gap.Namespace == "*" { // namespaces that nobody could name
				unread.Namespace = ""
			}
			c.Unread = append(c.Unread, unread)
		}
	}
	return c
}
