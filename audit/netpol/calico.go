package netpol

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A CalicoPolicy is what matters of a NetworkPolicy or a GlobalNetworkPolicy of projectcalico.org/v3 or of
// crd.projectcalico.org/v1, as it decodes from either
// (https://docs.tigera.io/calico/latest/reference/resources/networkpolicy). Its kind says which it is, as the API has
// it: the caller writes "NetworkPolicy" or "GlobalNetworkPolicy" there where a list leaves it out, and nothing else.
// Results call the former [CalicoNetworkPolicy].
//
// Both groups may show the same policy, the second as it is stored, "default.name" for "name": whoever reads both passes
// both on, and the one of projectcalico.org counts. Staged kinds, and the copies of Kubernetes' own policies that
// projectcalico.org lists as "knp.default.name", are passed over.
type CalicoPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              CalicoSpec `json:"spec"`
}

// The kinds of a [PolicyRef] to a [CalicoPolicy]. That of a namespace is told from Kubernetes' own by its group.
const (
	CalicoNetworkPolicy       = "NetworkPolicy.projectcalico.org"
	CalicoGlobalNetworkPolicy = "GlobalNetworkPolicy"
)

// A CalicoSpec is what a [CalicoPolicy] says. Selectors are expressions, see
// https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors.
type CalicoSpec struct {
	Tier                   string       `json:"tier"`  // empty: default
	Order                  *float64     `json:"order"` // lower first, none last, then by name
	Selector               string       `json:"selector"`
	NamespaceSelector      string       `json:"namespaceSelector"`      // of a GlobalNetworkPolicy
	ServiceAccountSelector string       `json:"serviceAccountSelector"` // of labels that aren't known here
	Types                  []string     `json:"types"`                  // empty: by the rules that there are, Ingress if none
	Ingress                []CalicoRule `json:"ingress"`
	Egress                 []CalicoRule `json:"egress"`
	DoNotTrack             bool         `json:"doNotTrack"` // of hosts, no Pods
	PreDNAT                bool         `json:"preDNAT"`    // of hosts, no Pods
}

// A CalicoRule is a rule: what it does, and with which connections. Whatever the direction, ports of the destination
// are those that are connected to.
type CalicoRule struct {
	Action      string              `json:"action"`   // Allow, Deny, Pass or Log
	Protocol    *intstr.IntOrString `json:"protocol"` // a name or a number
	NotProtocol *intstr.IntOrString `json:"notProtocol"`
	IPVersion   *int                `json:"ipVersion"` // 4 or 6
	Source      CalicoEntity        `json:"source"`
	Destination CalicoEntity        `json:"destination"`
	HTTP        *struct{}           `json:"http"` // not decided here
}

// A CalicoEntity is one end of the connections that a rule means: all of its fields that are set must hold.
type CalicoEntity struct {
	Selector          string                 `json:"selector"` // of Pods and of network sets
	NotSelector       string                 `json:"notSelector"`
	NamespaceSelector string                 `json:"namespaceSelector"`
	Nets              []string               `json:"nets"` // blocks or addresses
	NotNets           []string               `json:"notNets"`
	Ports             []intstr.IntOrString   `json:"ports"` // 80, "80", "8000:8010" or a name
	NotPorts          []intstr.IntOrString   `json:"notPorts"`
	ServiceAccounts   *CalicoServiceAccounts `json:"serviceAccounts"`
	Services          *struct{}              `json:"services"` // not looked up here
	Domains           []string               `json:"domains"`  // not looked up here
}

// CalicoServiceAccounts selects Pods by their service accounts: by name and by labels, which aren't known here.
type CalicoServiceAccounts struct {
	Names    []string `json:"names"`
	Selector string   `json:"selector"`
}

// A CalicoTier is what matters of a Tier of projectcalico.org/v3 or crd.projectcalico.org/v1. The tier "default" needs
// none, nor do those that hold the policies of policy.networking.k8s.io. Of two of one name that of projectcalico.org counts.
type CalicoTier struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Order         *float64 `json:"order"`         // lower first, none last, then by name
		DefaultAction string   `json:"defaultAction"` // Deny or Pass; empty is Deny
	} `json:"spec"`
}

// A CalicoNetworkSet is what matters of a NetworkSet or a GlobalNetworkSet of projectcalico.org/v3 or
// crd.projectcalico.org/v1: names for addresses that selectors of rules find by its labels. The kind isn't read: one with
// a namespace is a NetworkSet. The same set in both groups does no harm.
type CalicoNetworkSet struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Nets []string `json:"nets"` // blocks or addresses
	} `json:"spec"`
}
