package netpol

import "strings"

// CiliumSettings is what matters to policies of the ConfigMap kube-system/cilium-config, whose data has these keys
// (https://docs.cilium.io/en/stable/security/policy/intro/#policy-enforcement-modes). The zero value is that of a
// cluster without Cilium.
type CiliumSettings struct {
	// EnablePolicy is default, always or never; empty means default. With always every Pod is isolated in both
	// directions, whether a policy selects it or not: that counts in [Columns].Effective and in every path. With never
	// nothing is enforced, which says nothing about what is declared and changes no result here.
	EnablePolicy string `json:"enable-policy"`

	// PolicyAuditMode, where "true", only logs what it would drop. It changes no result here.
	PolicyAuditMode string `json:"policy-audit-mode"`

	// EnableK8sNetworkPolicy, where "false", leaves the policies of networking.k8s.io to others. They are
	// declared all the same: it changes no result here.
	EnableK8sNetworkPolicy string `json:"enable-k8s-networkpolicy"`
}

// always reports whether every Pod is isolated.
func (s CiliumSettings) always() bool { return strings.EqualFold(s.EnablePolicy, "always") }
