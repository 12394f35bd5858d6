package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var policySelectsSomething = audit.Check{
	ID:       "NET-06",
	Title:    "Every policy selects at least one Pod or the template of a controller",
	Expected: "it selects at least 1 live Pod outside the host's network, or the Pod template of a controller",
	Doc: "A policy whose podSelector matches nothing protects nothing. It is mostly a misspelt label, " +
		"and everybody believes that the workload is covered.",
	Logic: "Over NetworkPolicies and the policies of the admin tiers, Cilium and Calico: pass where the policy selects a live Pod outside the host's network, or the Pod template of a controller " +
		"(one that is scaled to 0, say). Neither: warning. A controller kind that couldn't be read, or a global policy of Calico's, which may be for HostEndpoints: not assessed.",
	Fix: "Compare spec.podSelector with the labels of the Pods that it is meant for (kubectl get pods --show-labels), " +
		"mend the selector or delete the policy.",
	Controls:    refs(supportsNetworks("A policy that selects nothing is a control that isn't there.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run: func(f *audit.Facts) []audit.Finding {
		subjects, selectors := map[[2]string]audit.Subject{}, map[[2]string]*metav1.LabelSelector{}
		for i := range f.NetworkPolicies {
			p := &f.NetworkPolicies[i]
			selectors[[2]string{p.Namespace, p.Name}] = &p.Spec.PodSelector
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
				j.Evidence("spec.podSelector", selectorText(selectors[[2]string{p.Namespace, p.Name}]), audit.Configured)
				j.Pass("selects %s and %s%s", counted(p.Pods, "Pod"), counted(p.Templates, "controller template"), standIns)
			case unread:
				j.NotAssessed(gap.Reason, "selects no live Pod; whether it selects a controller's template isn't known: %s", gap.Message)
			default:
				j.Evidence("spec.podSelector", selectorText(selectors[[2]string{p.Namespace, p.Name}]), audit.Configured)
				j.Evidence("Pods and Pod templates of namespace "+p.Namespace+": metadata.labels", "none is selected", audit.Configured)
				j.Warn("selects no Pod and no controller's template: it protects nothing")
			}
			findings = append(findings, j.Finding())
		}
		return append(findings, otherSelections(f)...)
	},
}

// otherSelections judges the policies of other engines.
func otherSelections(f *audit.Facts) []audit.Finding {
	subjects := f.PolicySubjects()
	var findings []audit.Finding
	for _, p := range f.Policies.Reach.Selections(f.Policies.Cluster.Templates) {
		j := audit.Judge(subjects[p.PolicyRef])
		if p.Namespace == "" {
			j.Responsible(audit.Administrator)
		}
		gap, unread := unreadController(f, p.Namespace)
		switch {
		case p.Pods || p.Templates:
			j.Evidence(selectingField(p.Kind), "selects a Pod or a Pod template", audit.Configured)
			j.Pass("selects a Pod, or a controller's template")
		case p.Unsure:
			j.NotAssessed(audit.Unknown, "whom it selects can't be told")
		case unread:
			j.NotAssessed(gap.Reason, "selects no live Pod; whether it selects a controller's template isn't known: %s", gap.Message)
		case p.Kind == netpol.CalicoGlobalNetworkPolicy:
			j.NotAssessed(audit.Unknown, "selects no Pod and no controller's template; it may be for HostEndpoints, which aren't read")
		default:
			j.Evidence(selectingField(p.Kind), "selects no Pod and no Pod template", audit.Configured)
			j.Warn("selects no Pod and no controller's template: it protects nothing")
		}
		findings = append(findings, j.Finding())
	}
	return findings
}

// selectorText is a selector as kubectl takes it; an empty one selects every Pod of its
// namespace.
func selectorText(s *metav1.LabelSelector) string {
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		return "{}"
	}
	return metav1.FormatLabelSelector(s)
}

// selectingField is where a policy of another engine says whom it selects.
func selectingField(kind string) string {
	switch kind {
	case "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy":
		return "spec.endpointSelector, spec.nodeSelector"
	case netpol.CalicoNetworkPolicy, netpol.CalicoGlobalNetworkPolicy:
		return "spec.selector"
	case "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy":
		return "spec.subject"
	}
	return "spec"
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
