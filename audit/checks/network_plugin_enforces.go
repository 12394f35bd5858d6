package checks

import (
	"github.com/kubevidence/kubevidence/audit"
)

// pluginResources are what tells which network plugin runs, and how it is set.
var pluginResources = []audit.Resource{
	audit.ConfigMaps, audit.CiliumNodes, audit.FelixConfigurations, audit.CRDFelixConfigurations,
	audit.OpenShiftNetworks, audit.OpenShiftNetworkOperators, audit.AWSPolicyEndpoints, audit.PeerAuthentications,
}

var pluginEnforces = audit.Check{
	ID:       "NET-08",
	Title:    "The network plugin enforces policies on every node",
	Expected: "the plugin is known to enforce NetworkPolicies, isn't off or audit-only, and has a ready agent on every schedulable Linux node (not those NotReady, virtual or younger than 10 minutes)",
	Doc:      "A NetworkPolicy is a wish: the API server stores it whether or not anything heeds it. Where the network plugin doesn't, all that policies declare is void.",
	Logic: "A plugin that is known to enforce NetworkPolicies, not switched off or to audit only, with a ready agent on every schedulable Linux node " +
		"(not those NotReady, younger than 10 minutes, or virtual): pass, which says \"configured\": no API proves it. A plugin that doesn't enforce, or a node without an agent: fail. No plugin that is known: not assessed.",
	Fix: "Install a network plugin that enforces NetworkPolicies (Cilium, Calico, Antrea …) or switch enforcement on: cilium-config enable-policy, policy-audit-mode; " +
		"the VPC CNI's enable-network-policy-controller and its node agent's --enable-network-policy; kube-router without --run-firewall=false; k3s without --disable-network-policy. Where an agent is missing: kubectl -n kube-system get pods -o wide.",
	Controls:    segregation("Policies segregate only where something enforces them."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.Nodes, audit.DaemonSets},
	Uses:        pluginResources,
	Run: func(f *audit.Facts) []audit.Finding {
		if nothingRuns(f) {
			return nil
		}
		j := audit.Judge(audit.ClusterSubject())
		j.Command("%s", agentsCommand)
		noteProtection(j, &f.Plugin.Enforcement)
		return []audit.Finding{j.Finding()}
	},
}

// nothingRuns reports whether there is neither a node nor a Pod nor a controller: no
// network to speak of.
func nothingRuns(f *audit.Facts) bool {
	return len(f.Nodes)+len(f.Workloads) == 0
}

// noteProtection hands what is known of the plugin to a judgement.
func noteProtection(j *audit.Judgement, p *audit.Protection) {
	noteEvidence(j, p)
	switch p.Status {
	case audit.Pass:
		j.Pass("%s", p.Statement)
	case audit.Warning:
		j.Warn("%s", p.Statement)
	case audit.Fail:
		j.Fail("%s", p.Statement)
	default:
		reason := p.Reason
		if reason == "" {
			reason = audit.Unknown
		}
		j.NotAssessed(reason, "%s", p.Statement)
	}
}

func noteEvidence(j *audit.Judgement, p *audit.Protection) {
	for _, e := range p.Evidence {
		j.Evidence(e.Path, e.Value, e.Level)
	}
}
