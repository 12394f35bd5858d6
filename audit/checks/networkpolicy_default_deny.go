package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var namespaceDefaultDeny = audit.Check{
	ID:       "NET-03",
	Title:    "Every namespace with Pods denies ingress and egress by default",
	Expected: "for ingress, and for egress, a policy selects every Pod of it and lets nothing pass, and no policy opens everything again for any of them",
	Doc: "Only a NetworkPolicy with an empty podSelector covers Pods that don't exist yet. " +
		"Without a default-deny each new workload starts unprotected until somebody thinks of it.",
	Logic: "Over namespaces with live Pods outside the host's network: a NetworkPolicy with an empty podSelector, the direction among its policyTypes and no rule in it denies by default, " +
		"and so does a policy of Cilium, Calico or the admin tiers that selects every Pod of the namespace and by itself lets nothing pass. " +
		"None for ingress: fail. None for egress: warning. A policy that opens everything for the same Pods cancels it. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Apply to the namespace: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: default-deny}, " +
		"spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}, after the policies that allow what is needed. Where there is one, and another policy opens everything again, take that one’s rule out (NET-04).",
	Controls: refs(
		segregated("A default-deny makes segregation hold for every Pod of the namespace, future ones included."),
		networks("Traffic that nobody allowed is denied."),
	),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Namespaces, audit.Pods, audit.NetworkPolicies},
	Uses:        otherPolicies,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Namespaces {
			ingress, egress := f.DefaultDeny(f.Namespaces[i].Name, netpol.Ingress), f.DefaultDeny(f.Namespaces[i].Name, netpol.Egress)
			if ingress.Verdict == netpol.NotCoverable {
				continue // no live Pod that policies cover
			}
			j := audit.Judge(namespaceSubject(f, f.Namespaces[i].Name))
			j.Observed("ingress: %s, egress: %s", defaultDenyWords[ingress.Verdict], defaultDenyWords[egress.Verdict])
			j.Command("%s", audit.ListCommand(string(audit.NetworkPolicies), f.Namespaces[i].Name, "yaml"))
			judgeDefaultDeny(j, ingress, netpol.Ingress, administratorWarns(f, f.Namespaces[i].Name, j))
			judgeDefaultDeny(j, egress, netpol.Egress, j.Warn)
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

var defaultDenyWords = map[netpol.Verdict]string{
	netpol.Restricted:    "denied by default",
	netpol.Open:          "denied by default, but opened again",
	netpol.None:          "not denied by default",
	netpol.Indeterminate: "can't be told",
}

func judgeDefaultDeny(j *audit.Judgement, deny netpol.DefaultDeny, d netpol.Direction, deviates func(string, ...any)) {
	for _, policy := range deny.Policies {
		j.Evidence(policyWords(policy)+": spec", "denies "+d.String()+" by default", audit.Configured)
	}
	for _, policy := range deny.CancelledBy {
		j.Evidence(policyWords(policy)+": spec", "opens "+d.String()+" again", audit.Configured)
	}
	switch deny.Verdict {
	case netpol.Restricted:
		if len(deny.Policies) == 0 {
			isolatesAll(j)
		}
		j.Pass("%s denies %s by default", deniers(deny), d)
	case netpol.Open:
		opened(j, deny.CancelledBy)
		deviates("%s denies %s by default, but %s opens everything again for Pods of the namespace", deniers(deny), d, policyList(deny.CancelledBy))
	case netpol.None:
		if len(deny.IsolatesAll) > 0 {
			policiesEvidence(j, deny.IsolatesAll, "spec."+d.String(), "allows something for every Pod of the namespace")
			deviates("%s isolates all Pods for %s, but allows something for every one of them: that is no default-deny", policyList(deny.IsolatesAll), d)
			return
		}
		noPolicy(j, j.Subject().Name, "spec", "none denies "+d.String()+" by default")
		deviates("no policy denies %s by default", d)
	case netpol.NotCoverable:
		j.NotApplicable("no Pod that policies cover for %s", d)
	default:
		j.NotAssessed(audit.Unknown, "whether %s is denied by default hangs on a policy that has no defined meaning, isn't evaluated or wasn't read", d)
	}
}

// deniers names what denies by default.
func deniers(deny netpol.DefaultDeny) string {
	if len(deny.Policies) == 0 {
		return "Cilium's setting enable-policy: always"
	}
	return policyList(deny.Policies)
}

// policyWords names a policy with its kind.
func policyWords(p netpol.PolicyRef) string {
	if p.Kind == "" {
		return "NetworkPolicy " + p.String()
	}
	return p.String()
}

// namespaceSubject is a namespace as the subject of a finding, by name where it wasn't read.
func namespaceSubject(f *audit.Facts, name string) audit.Subject {
	s := audit.Subject{APIVersion: "v1", Kind: "Namespace", Name: name}
	if n := f.Namespace(name); n != nil {
		s.UID, s.ResourceVersion = n.UID, n.ResourceVersion
	}
	return s
}
