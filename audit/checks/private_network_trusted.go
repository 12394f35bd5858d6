package checks

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

var privateNetworkTrusted = audit.Check{
	ID:       "PRV-02",
	Title:    "The network between the nodes is encrypted, or was audited",
	Expected: "encryption between Pods is configured on every node; in its stead a valid attestation of an infrastructure audit names PRV-02",
	Doc: "Inside the cluster traffic mostly travels in the clear. The private network may be trusted where it is encrypted from Pod to Pod, " +
		"or where an infrastructure audit says that nobody else is on it.",
	Logic: "Encryption between Pods is configured on every node: pass. On some: warning. Not configured, and a valid attestation of an infrastructure audit names this check: attested. " +
		"Neither: fail. Whether it is configured isn't known: not assessed.",
	Fix: "Switch encryption on in the network plugin (Cilium or Calico with WireGuard, OVN-Kubernetes with IPsec, k3s with --flannel-backend=wireguard-native), " +
		"or have the infrastructure audited and state the audit in the configuration's attestations, with checks: [PRV-02].",
	Controls: refs(networks("The private network deserves trust where nobody can listen in."), services("Traffic between services is protected on its way."),
		cryptography("Traffic between nodes is encrypted.")),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Attestable:  true,
	Needs:       []audit.Resource{audit.Pods, audit.Nodes, audit.DaemonSets},
	Uses:        pluginResources,
	Run: func(f *audit.Facts) []audit.Finding {
		if nothingRuns(f) {
			return nil
		}
		j := audit.Judge(audit.ClusterSubject())
		j.Command("%s", agentsCommand)
		finding := audit.Finding{Check: "PRV-02", Subject: audit.ClusterSubject()}
		attestation := f.AttestationOf(&finding)
		p := &f.Plugin.Encryption
		if p.Status == audit.Fail && len(p.Evidence) == 0 {
			notePlugins(f, j) // it has no setting that would say so
		}
		if p.Command != "" {
			j.Command("%s", p.Command)
		}
		switch {
		case p.Status == audit.Fail && attestation != nil && attestation.Valid(f.At):
			noteEvidence(j, p)
			j.Fail("%s The attestation %s stands in for it.", p.Statement, attestation.ID)
		case p.Status == audit.Fail && attestation != nil:
			noteEvidence(j, p)
			j.Fail("%s The attestation %s %s.", p.Statement, attestation.ID, staleWords(f, attestation))
		case p.Status == audit.Fail:
			noteEvidence(j, p)
			j.Fail("%s No attestation of an infrastructure audit stands in for it.", p.Statement)
		default:
			noteProtection(j, p)
		}
		return []audit.Finding{j.Finding()}
	},
}

// notePlugins notes by which images it is known which network plugin runs.
func notePlugins(f *audit.Facts, j *audit.Judgement) {
	for i := range f.Controllers {
		c := &f.Controllers[i]
		if is, known := audit.Components.Named(c.Component); known && is.Role == "network" && c.Kind == "DaemonSet" && len(c.Containers) > 0 {
			j.Evidence(c.Subject().String()+": image", c.Containers[0].Image, audit.Configured)
		}
	}
}

// staleWords say why an attestation doesn't hold.
func staleWords(f *audit.Facts, a *audit.Attestation) string {
	if f.At.Before(a.Date.Time) {
		return "is of " + a.Date.Format(time.DateOnly) + ", which was still to come"
	}
	return "ended on " + a.ValidUntil.Format(time.DateOnly)
}
