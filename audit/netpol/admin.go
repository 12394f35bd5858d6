package netpol

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An AdminPolicy is what matters of a policy of the group policy.networking.k8s.io: an AdminNetworkPolicy or a
// BaselineAdminNetworkPolicy of v1alpha1, or a ClusterNetworkPolicy of v1alpha2. Any of them decodes into it; its
// kind says what it is. Fields that aren't known leave no trace but that none of the known ones is set, which is how
// the API wants them noticed (https://network-policy-api.sigs.k8s.io).
type AdminPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              AdminSpec `json:"spec"`
}

// The kinds of an [AdminPolicy].
const (
	AdminNetworkPolicy         = "AdminNetworkPolicy"
	BaselineAdminNetworkPolicy = "BaselineAdminNetworkPolicy"
	ClusterNetworkPolicy       = "ClusterNetworkPolicy"
)

// An AdminSpec is what an [AdminPolicy] says.
type AdminSpec struct {
	Tier     string       `json:"tier"`     // of a ClusterNetworkPolicy: Admin or Baseline
	Priority int32        `json:"priority"` // 0 to 1000, lower first; a BaselineAdminNetworkPolicy has none
	Subject  AdminSubject `json:"subject"`
	Ingress  []AdminRule  `json:"ingress"`
	Egress   []AdminRule  `json:"egress"`
}

// An AdminSubject selects the Pods that a policy is about: one of its fields is set.
type AdminSubject struct {
	Namespaces *metav1.LabelSelector `json:"namespaces"`
	Pods       *AdminPods            `json:"pods"`
}

// AdminPods selects Pods by the labels of their namespace and their own.
type AdminPods struct {
	NamespaceSelector metav1.LabelSelector `json:"namespaceSelector"`
	PodSelector       metav1.LabelSelector `json:"podSelector"`
}

// An AdminRule is a rule of an [AdminPolicy].
type AdminRule struct {
	Name      string          `json:"name"`
	Action    string          `json:"action"`    // Allow (v1alpha1) or Accept (v1alpha2), Deny, Pass
	From      []AdminPeer     `json:"from"`      // of ingress
	To        []AdminPeer     `json:"to"`        // of egress
	Ports     []AdminPort     `json:"ports"`     // of v1alpha1; every port where both are empty
	Protocols []AdminProtocol `json:"protocols"` // of v1alpha2
}

// An AdminPeer is the other end: one of its fields is set.
type AdminPeer struct {
	Namespaces  *metav1.LabelSelector `json:"namespaces"`
	Pods        *AdminPods            `json:"pods"`
	Nodes       *metav1.LabelSelector `json:"nodes"`
	Networks    []string              `json:"networks"`
	DomainNames []string              `json:"domainNames"`
}

// An AdminPort is a port of v1alpha1: one of its fields is set.
type AdminPort struct {
	PortNumber *AdminPortNumber `json:"portNumber"`
	PortRange  *AdminPortRange  `json:"portRange"`
	NamedPort  *string          `json:"namedPort"`
}

// An AdminPortNumber is one port; a missing protocol is TCP.
type AdminPortNumber struct {
	Protocol corev1.Protocol `json:"protocol"`
	Port     int32           `json:"port"`
}

// An AdminPortRange is a range of ports, both ends included; a missing protocol is TCP.
type AdminPortRange struct {
	Protocol corev1.Protocol `json:"protocol"`
	Start    int32           `json:"start"`
	End      int32           `json:"end"`
}

// An AdminProtocol is a protocol and its ports of v1alpha2: one of its fields is set.
type AdminProtocol struct {
	TCP                  *AdminDestination `json:"tcp"`
	UDP                  *AdminDestination `json:"udp"`
	SCTP                 *AdminDestination `json:"sctp"`
	DestinationNamedPort string            `json:"destinationNamedPort"`
}

// An AdminDestination is the ports of one protocol of v1alpha2.
type AdminDestination struct {
	DestinationPort *AdminDestinationPort `json:"destinationPort"`
}

// An AdminDestinationPort is a port or a range of ports: one of its fields is set.
type AdminDestinationPort struct {
	Number int32           `json:"number"`
	Range  *AdminPortRange `json:"range"`
}
