package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var namespaceDefaultDeny = audit.Check{
	ID:    "NET-03",
	Title: "Every namespace with Pods denies ingress and egress by default",
	Doc: "Only a NetworkPolicy with an empty podSelector covers Pods that don't exist yet. " +
		"Without a default-deny each new workload starts unprotected until somebody thinks of it.",
	Logic: "Over namespaces with live Pods outside the host's network: a NetworkPolicy with an empty podSelector, the direction among its policyTypes and no rule in it denies by default. " +
		"None for ingress: fail. None for egress: warning. A policy that opens everything for the same Pods cancels it. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Apply to the namespace: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: default-deny}, " +
		"spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}, after the policies that allow what is needed.",
	Controls: refs(
		segregated("A default-deny makes segregation hold for every Pod of the namespace, future ones included."),
		networks("Traffic that nobody allowed is denied."),
	),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Namespaces, audit.Pods, audit.NetworkPolicies},
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Namespaces {
			ingress := f.Policies.Isolation.DefaultDeny(f.Namespaces[i].Name, netpol.Ingress)
			egress := f.Policies.Isolation.DefaultDeny(f.Namespaces[i].Name, netpol.Egress)
			if ingress.Verdict == netpol.NotCoverable {
				continue // no live Pod that policies cover
			}
			j := audit.Judge(namespaceSubject(f, f.Namespaces[i].Name))
			j.Observed("ingress: %s, egress: %s", defaultDenyWords[ingress.Verdict], defaultDenyWords[egress.Verdict])
			j.Command("kubectl get networkpolicies.networking.k8s.io -n %s -o yaml", f.Namespaces[i].Name)
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
		j.Evidence("NetworkPolicy "+policy.String()+": spec", "denies "+d.String()+" by default", audit.Configured)
	}
	for _, policy := range deny.CancelledBy {
		j.Evidence("NetworkPolicy "+policy.String()+": spec", "opens "+d.String()+" again", audit.Configured)
	}
	switch deny.Verdict {
	case netpol.Restricted:
		j.Pass("%s denies %s by default", policyList(deny.Policies), d)
	case netpol.Open:
		deviates("%s denies %s by default, but %s opens everything again for Pods of the namespace", policyList(deny.Policies), d, policyList(deny.CancelledBy))
	case netpol.None:
		if len(deny.IsolatesAll) > 0 {
			deviates("no NetworkPolicy denies %s by default; %s isolates all Pods, but allows something for every one of them", d, policyList(deny.IsolatesAll))
			return
		}
		deviates("no NetworkPolicy denies %s by default", d)
	case netpol.NotCoverable:
		j.NotApplicable("no Pod that policies cover for %s", d)
	default:
		j.NotAssessed(audit.Unknown, "whether %s is denied by default hangs on a policy that has no defined meaning", d)
	}
}

// namespaceSubject is a namespace as the subject of a finding, by name where it wasn't read.
func namespaceSubject(f *audit.Facts, name string) audit.Subject {
	s := audit.Subject{APIVersion: "v1", Kind: "Namespace", Name: name}
	if n := f.Namespace(name); n != nil {
		s.UID, s.ResourceVersion = n.UID, n.ResourceVersion
	}
	return s
}
