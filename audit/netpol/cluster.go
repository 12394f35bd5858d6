package netpol

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// A Cluster is what policies are evaluated against. Its slices are read, never changed.
type Cluster struct {
	// Namespaces that exist. One that only a Pod or a policy mentions is taken to exist too.
	Namespaces []Namespace

	// Pods that are live. The caller leaves out those that have Succeeded or Failed: their addresses are reused
	// by others. Pending and terminating Pods count.
	Pods []Pod

	// Policies of the group networking.k8s.io.
	Policies []networkingv1.NetworkPolicy

	// AdminPolicies of the group policy.networking.k8s.io. Only a [Reachability] looks at them.
	AdminPolicies []AdminPolicy

	// CiliumPolicies of the group cilium.io. Only a [Reachability] looks at them.
	CiliumPolicies []CiliumPolicy

	// Cilium is how Cilium is set up. Only a [Reachability] looks at it.
	Cilium CiliumSettings

	// CalicoPolicies, CalicoTiers and CalicoNetworkSets of the groups projectcalico.org and crd.projectcalico.org. Only a
	// [Reachability] looks at them.
	CalicoPolicies    []CalicoPolicy
	CalicoTiers       []CalicoTier
	CalicoNetworkSets []CalicoNetworkSet

	// Unread policies make all paths of the Pods that they may select indeterminate. Only a [Reachability] looks at them.
	Unread []Unread

	// Nodes matter to admin policies that select nodes.
	Nodes []Node

	// Templates are the Pods that controllers would make. They answer one question: whether a policy that
	// selects no live Pod would select something once a controller is scaled up.
	Templates []Pod
}

// A Namespace is a name and its labels. The label kubernetes.io/metadata.name is implied, as the API server
// sets it on every namespace.
type Namespace struct {
	Name   string
	Labels map[string]string
}

// Unread is a policy that is known to exist and isn't evaluated: of an engine whose meaning isn't read here, such as
// Antrea's or AWS's own kinds, or of a list that the caller was forbidden to read. What it does is not known,
// so that nothing about its Pods is.
type Unread struct {
	PolicyRef        // without a namespace it may select any Pod; of a forbidden list only the kind is known
	Reason    string // such as "crd.antrea.io/v1beta1 isn't evaluated"
}

// A Node is what policies can tell about a node.
type Node struct {
	Name      string
	Labels    map[string]string
	Addresses []netip.Addr // all of status.addresses that are IP addresses
}

// A Pod is what policies can tell about a Pod.
type Pod struct {
	Namespace, Name string
	Labels          map[string]string

	// Node that it runs on, which policies can't keep from it; empty where that isn't known.
	Node string

	// ServiceAccount is spec.serviceAccountName, which only policies of Calico ask for; empty where that isn't known.
	ServiceAccount string

	// Addresses from status.podIPs. A Pod without one is judged by the families seen on other Pods.
	Addresses []netip.Addr

	// Ports of all containers, init containers included: these may be sidecars.
	Ports []Port

	// HostNetwork Pods share the address of their node. Network plugins don't, as a rule, apply policies to them
	// (https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods).
	HostNetwork bool
}

// A Port is a port that a container declares.
type Port struct {
	Name     string          // may be empty; only named ports matter to policies
	Number   int32           // 1 to 65535
	Protocol corev1.Protocol // empty means TCP
}
