package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var policyOpensNothing = audit.Check{
	ID:       "NET-04",
	Title:    "No NetworkPolicy has a rule that allows everything",
	Expected: "each of its rules, in the directions that it isolates, has from (or to) or ports",
	Doc: "A rule without peers and ports allows every Pod and every address on every port. Policies add up, so one such rule cancels " +
		"what all the others of the same Pods keep out.",
	Logic: "A rule with neither from (or to) nor ports, in a direction that the policy isolates: warning, one finding a policy. " +
		"A policy that selects nothing has no rule in force: not applicable (NET-06 tells of it).",
	Fix:         "Replace the empty rule by the peers and ports that are needed: a podSelector, a namespaceSelector or an ipBlock, and ports.",
	Controls:    refs(networks("A rule that allows everything is no control of the network.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        podControllers,
	Run: func(f *audit.Facts) []audit.Finding {
		subjects := f.PolicySubjects()
		var findings []audit.Finding
		for _, p := range f.Policies.Isolation.Policies() {
			j := audit.Judge(subjects[p.PolicyRef])
			j.Observed("%s that allow everything", counted(len(p.AllowsAll), "rule"))
			gap, unread := unreadController(f, p.Namespace)
			switch {
			case p.SelectsNothing() && len(p.AllowsAll) > 0 && unread:
				j.NotAssessed(gap.Reason, "selects no live Pod; whether it selects a controller's template isn't known: %s", gap.Message)
			case p.SelectsNothing() && len(p.AllowsAll) > 0:
				j.NotApplicable("selects nothing, so that none of its rules is in force (NET-06)")
			case len(p.AllowsAll) > 0:
				var paths []string
				for _, rule := range p.AllowsAll {
					paths = append(paths, rule.Path)
					j.Evidence(rule.Path, "neither peers nor ports", audit.Configured)
				}
				j.Warn("every peer on every port is allowed by %s: that cancels what other policies keep out from the %s that it selects",
					several(paths), countedPods(p))
			default:
				j.Evidence("spec", "no rule without peers and ports in its policyTypes", audit.Configured)
				j.Pass("no rule allows everything")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// opened names the one policy that opens everything as the cause of a deviation, where it is
// one alone: without its rule the others hold.
func opened(j *audit.Judgement, by []netpol.PolicyRef) {
	if len(by) == 1 && by[0].Kind == "" {
		j.Cause("NET-04", audit.Subject{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Namespace: by[0].Namespace, Name: by[0].Name})
	}
}

func countedPods(p netpol.Policy) string {
	if p.Pods == 0 {
		return counted(p.Templates, "controller template")
	}
	return counted(p.Pods, "Pod")
}
