package checks

import (
	"github.com/kubevidence/kubevidence/audit"
)

var policySelectsSomething = audit.Check{
	ID:    "NET-06",
	Title: "Every NetworkPolicy selects at least one Pod or the template of a controller",
	Doc: "A policy whose podSelector matches nothing protects nothing. It is mostly a misspelt label, " +
		"and everybody believes that the workload is covered.",
	Logic: "Pass where spec.podSelector matches a live Pod of the namespace outside the host's network, or the Pod template of a controller " +
		"(one that is scaled to 0, say). Neither: warning. A controller kind that couldn't be read: not assessed.",
	Fix: "Compare spec.podSelector with the labels of the Pods that it is meant for (kubectl get pods --show-labels), " +
		"mend the selector or delete the policy.",
	Controls:    refs(supportsNetworks("A policy that selects nothing is a control that isn't there.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        podControllers,
	Run: func(f *audit.Facts) []audit.Finding {
		subjects := map[[2]string]audit.Subject{}
		for i := range f.NetworkPolicies {
			p := &f.NetworkPolicies[i]
			subjects[[2]string{p.Namespace, p.Name}] = audit.SubjectOf("networking.k8s.io/v1", "NetworkPolicy", p)
		}
		standIns := ""
		if f.Collection.Source == audit.FromFiles {
			standIns = " (a controller without Pods counts as one Pod)"
		}
		var findings []audit.Finding
		for _, p := range f.Policies.Isolation.Policies() {
			j := audit.Judge(subjects[[2]string{p.Namespace, p.Name}])
			j.Observed("%d Pods and %d templates selected", p.Pods, p.Templates)
			gap, unread := unreadController(f, p.Namespace)
			switch {
			case len(p.Unparseable) > 0 && p.SelectsNothing():
				j.NotAssessed(audit.Unknown, "what it selects can't be told: %s", reasons(p.Unparseable))
			case !p.SelectsNothing():
				j.Pass("selects %s and %s%s", counted(p.Pods, "Pod"), counted(p.Templates, "controller template"), standIns)
			case unread:
				j.NotAssessed(gap.Reason, "selects no live Pod; whether it selects a controller's template isn't known: %s", gap.Message)
			default:
				j.Warn("selects no Pod and no controller's template: it protects nothing")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// unreadController returns the first gap among the controllers of Pods in a namespace.
func unreadController(f *audit.Facts, namespace string) (audit.Gap, bool) {
	for _, r := range podControllers {
		if r == audit.Namespaces {
			continue
		}
		if gap, unread := f.Unread(r, namespace); unread {
			return gap, true
		}
	}
	return audit.Gap{}, false
}
