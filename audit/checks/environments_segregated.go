package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var environmentsSegregated = audit.Check{
	ID:       "SEG-03",
	Title:    "Production and other environments don't reach one another",
	Expected: "by declared policy no Pod of another environment (label env or environment) may connect to its Pods where one of the two is production (prod, production or live; or as configured)",
	Doc:      "Test systems are looked after less than production, and people try things there. A path between the two makes the weaker one the way in.",
	Logic: "Over namespaces with an environment label (configured: segregation.environmentLabels) and Pods that policies cover: " +
		"Pods of a namespace of another environment may connect to Pods of this one, by declared policy of every engine, and one of the two environments is production (segregation.production): fail. " +
		"No namespace has such a label: not applicable.",
	Fix:         "Deny ingress by default and let in by name only namespaces of the same environment: from: [{namespaceSelector: {matchLabels: {env: production}}}].",
	Controls:    refs(segregated("Environments of different trust are segregated.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Namespaces, audit.Pods, audit.NetworkPolicies},
	Uses:        otherPolicies,
	Run: func(f *audit.Facts) []audit.Finding {
		view := viewReach(f)
		var findings []audit.Finding
		for _, group := range f.Policies.Namespaces {
			environment, production := f.EnvironmentOf(group.Name)
			if environment == "" || len(view.representatives(group.Name)) == 0 {
				continue
			}
			certain, possible := view.sources(group.Name, func(source string) bool {
				other, alsoProduction := f.EnvironmentOf(source)
				return other != "" && other != environment && (production || alsoProduction)
			})
			j := audit.Judge(namespaceSubject(f, group.Name))
			j.Command("%s", audit.ListCommand(string(audit.NetworkPolicies), group.Name, "yaml"))
			j.Observed("environment %s, reached from %s of another", environment, counted(len(certain), "namespace"))
			environmentEvidence(f, j, group.Name)
			switch {
			case len(certain) > 0:
				if deny := f.DefaultDeny(group.Name, netpol.Ingress); deny.Verdict == netpol.None {
					j.Cause("NET-03", namespaceSubject(f, group.Name))
				}
				environmentEvidence(f, j, certain[0])
				view.wayIn(j, certain[0], view.representatives(group.Name))
				j.Fail("its environment is %s, and Pods of %s may connect to it", environment, several(withEnvironments(f, certain)))
			case len(possible) > 0:
				j.NotAssessed(audit.Unknown, "its environment is %s; whether Pods of %s may connect to it hangs on a policy that can't be understood or wasn't read",
					environment, several(withEnvironments(f, possible)))
			default:
				j.Evidence(waysIn+"namespaces of another environment, across the border of production", "none", audit.Configured)
				j.Pass("its environment is %s, and no Pod of another one may connect across the border of production", environment)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// withEnvironments names namespaces and their environments.
func withEnvironments(f *audit.Facts, namespaces []string) []string {
	words := slices.Clone(namespaces)
	for i, name := range words {
		environment, _ := f.EnvironmentOf(name)
		words[i] = name + " (" + environment + ")"
	}
	return words
}
