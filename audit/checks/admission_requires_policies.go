package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// admissionResources are what admission controllers are told.
var admissionResources = []audit.Resource{
	audit.GatekeeperConstraints, audit.KyvernoClusterPolicies, audit.KyvernoPolicies,
	audit.ValidatingAdmissionPolicies, audit.ValidatingAdmissionPolicyBindings,
}

var admissionRequiresPolicies = audit.Check{
	ID:       "NET-09",
	Title:    "Admission requires or guards NetworkPolicies",
	Expected: "a Gatekeeper constraint, a Kyverno policy or a ValidatingAdmissionPolicy with a binding concerns NetworkPolicies, and denies or generates rather than only audits or warns",
	Doc:      "Policies that people have to remember are forgotten. An admission controller can demand them, make them, or refuse those that open everything.",
	Logic: "A Gatekeeper constraint, a Kyverno policy or a ValidatingAdmissionPolicy with a binding, about NetworkPolicies, that denies or generates: pass. " +
		"Only such that audit, warn or run dry, or none at all: warning. A kind that couldn't be read, and none found in the others: not assessed.",
	Fix: "Have admission demand a default-deny: a Kyverno policy that generates one in each new namespace, a Gatekeeper constraint, " +
		"or a ValidatingAdmissionPolicy with validationActions [Deny].",
	Controls:    refs(supportsNetworks("What admission demands doesn't hang on anybody's memory.")),
	Responsible: audit.Administrator,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        admissionResources,
	Run: func(f *audit.Facts) []audit.Finding {
		if nothingRuns(f) {
			return nil
		}
		j := audit.Judge(audit.ClusterSubject())
		j.Command("kubectl get validatingadmissionpolicies.admissionregistration.k8s.io -o yaml")
		var enforcing, advising, enforcers, advisers []string // names, and commands that show them
		for i := range f.Settings {
			s := &f.Settings[i]
			if !slices.Contains(admissionResources, s.Resource) || s.Resource == audit.ValidatingAdmissionPolicyBindings || !aboutPolicies(s) {
				continue
			}
			subject := audit.Subject{APIVersion: s.APIVersion, Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
			if enforced(f, s) {
				enforcing, enforcers = append(enforcing, subject.String()), append(enforcers, subject.Command())
			} else {
				advising, advisers = append(advising, subject.String()), append(advisers, subject.Command())
			}
		}
		gap, unread := firstGap(f, "", admissionResources...)
		switch {
		case len(enforcing) > 0:
			admissionEvidence(j, enforcing, "concerns NetworkPolicies, enforced")
			j.By(enforcers...)
			j.Pass("%s concerns NetworkPolicies and is enforced", several(enforcing))
		case unread:
			j.NotAssessed(gap.Reason, "nothing that concerns NetworkPolicies was found, but not all was read: %s", gap.Message)
		case len(advising) > 0:
			admissionEvidence(j, advising, "concerns NetworkPolicies, not enforced")
			j.By(advisers...)
			j.Warn("%s concerns NetworkPolicies, but only audits, warns or runs dry", several(advising))
		default:
			noAdmission(f, j)
			j.Warn("no admission controller demands NetworkPolicies or looks at them")
		}
		return []audit.Finding{j.Finding()}
	},
}

// admissionEvidence notes what is true of some objects of admission, of the first of them.
func admissionEvidence(j *audit.Judgement, names []string, value string) {
	for _, name := range names[:min(len(names), mostEvidence)] {
		j.Evidence(name, value, audit.Configured)
	}
}

// noAdmission notes in which objects of admission nothing was found.
func noAdmission(f *audit.Facts, j *audit.Judgement) {
	for _, r := range admissionResources {
		switch {
		case r == audit.ValidatingAdmissionPolicyBindings: // they only put policies in force
		case f.Reading(r).State == audit.NotServed:
			j.Evidence(string(r), "not served", audit.Configured)
		default:
			j.Evidence(string(r), "none concerns NetworkPolicies", audit.Configured)
		}
	}
}

// aboutPolicies reports whether an object of admission speaks of NetworkPolicies: what it
// matches, generates or is called.
func aboutPolicies(s *audit.Setting) bool {
	text := strings.ToLower(s.Kind + " " + s.Values["spec.match"] + s.Values["spec.rules"] + s.Values["spec.matchConstraints"])
	return strings.Contains(text, "networkpolic")
}

// enforced reports whether an object of admission does more than report.
func enforced(f *audit.Facts, s *audit.Setting) bool {
	switch s.Resource {
	case audit.GatekeeperConstraints: // https://open-policy-agent.github.io/gatekeeper/website/docs/violations/
		action := s.Values["spec.enforcementAction"]
		return action == "" || action == "deny" || action == "scoped" && strings.Contains(s.Values["spec.scopedEnforcementActions"], `"deny"`)
	case audit.KyvernoClusterPolicies, audit.KyvernoPolicies: // https://kyverno.io/docs/policy-types/cluster-policy/
		rules := s.Values["spec.rules"]
		return strings.Contains(rules, `"generate":`) || strings.EqualFold(s.Values["spec.validationFailureAction"], "enforce") || strings.Contains(rules, `"failureAction":"Enforce"`)
	}
	// https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
	return slices.ContainsFunc(f.Settings, func(b audit.Setting) bool {
		return b.Resource == audit.ValidatingAdmissionPolicyBindings && b.Values["spec.policyName"] == s.Name && strings.Contains(b.Values["spec.validationActions"], `"Deny"`)
	})
}
