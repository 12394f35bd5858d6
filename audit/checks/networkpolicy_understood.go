package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var policyUnderstood = audit.Check{
	ID:       "NET-07",
	Title:    "Every policy can be understood",
	Expected: "each of its fields has a defined meaning, and no other admin policy of its tier and priority selects the same Pods in the same direction",
	Doc: "A selector, an address block or a port range without a defined meaning is read differently by each network plugin, or not at all. " +
		"Of two admin policies with equal priority nobody knows which is tried first.",
	Logic: "Over the policies of every engine that this build evaluates (NetworkPolicy, the admin tiers, Cilium, Calico): a field that has no defined meaning, or that the engine refuses: fail. " +
		"A field that has one, but can't be decided here (application protocols, domain names, Services, labels that Cilium adds) passes. " +
		"Admin policies of one tier and one priority that select the same Pods in the same direction: fail on each. Otherwise: pass.",
	Fix:         "Mend the field that the message names (the API server refuses it today, so the object is older than that rule), or give each admin policy a priority of its own.",
	Controls:    refs(networks("A control that can't be understood can't be relied on.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run: func(f *audit.Facts) []audit.Finding {
		wrong := map[netpol.PolicyRef][]string{}
		for _, u := range slices.Concat(f.Policies.Isolation.Unparseable(), f.Policies.Reach.Unparseable()) {
			if !u.Unevaluated {
				wrong[u.Policy] = append(wrong[u.Policy], u.Reason)
			}
		}
		for _, c := range f.Policies.Reach.Conflicts() {
			tier := "Admin"
			if c.Baseline {
				tier = "Baseline"
			}
			for _, p := range c.Policies {
				others := slices.DeleteFunc(slices.Clone(c.Policies), func(other netpol.PolicyRef) bool { return other == p })
				wrong[p] = append(wrong[p], fmt.Sprintf("spec.priority: %d in the %s tier is also that of %s, which selects the same Pods for %s: the order is undefined", c.Priority, tier, policyList(others), c.Direction))
			}
		}
		subjects := f.PolicySubjects()
		var findings []audit.Finding
		for _, ref := range audit.PolicyRefs(subjects) {
			j := audit.Judge(subjects[ref])
			if ref.Namespace == "" {
				j.Responsible(audit.Administrator)
			}
			if len(wrong[ref]) == 0 {
				j.Evidence("spec", "no field without a defined meaning", audit.Configured)
				j.Pass("every field has a defined meaning")
			}
			for _, reason := range wrong[ref] {
				field, why, _ := strings.Cut(reason, ": ")
				j.Evidence(field, why, audit.Configured)
				j.Fail("%s", reason)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}
