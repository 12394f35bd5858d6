package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	"k8s.io/apimachinery/pkg/labels"
)

var sensitiveClosed = audit.Check{
	ID:       "SEG-02",
	Title:    "What is marked sensitive is reached from its own namespace only",
	Expected: "no Pod of another namespace and no address outside the cluster may connect to what is marked sensitive=true (or as configured), by declared policy",
	Doc:      "Workloads that hold personal or payment data deserve a network of their own: nothing from other namespaces, nothing from outside.",
	Logic: "Over the workloads that the selector matches (configured: segregation.sensitive, over the labels of Pods and of namespaces): " +
		"reached, by declared policy of every engine, from any other namespace or from any address outside the cluster: fail. Nothing is marked: not applicable.",
	Fix: "Deny ingress by default and let in only what the namespace itself needs (from: [{podSelector: …}]). " +
		"Where others have to reach it, put a workload between that isn't sensitive, or ask for a waiver.",
	Controls:    refs(segregated("What is sensitive is kept apart from everything else.")),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Namespaces, audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run: func(f *audit.Facts) []audit.Finding {
		view := viewReach(f)
		var marked []*audit.Workload
		var pods []int
		for i := range f.Workloads {
			if w := &f.Workloads[i]; f.Sensitive(w) {
				marked, pods = append(marked, w), append(pods, w.Members...)
			}
		}
		if marked == nil {
			return nil
		}
		matrix := view.classesFrom(pods)
		findings := make([]audit.Finding, 0, len(marked))
		for _, w := range marked {
			findings = append(findings, view.judgeSensitive(w, matrix))
		}
		return findings
	},
}

func (v *reachView) judgeSensitive(w *audit.Workload, matrix *classMatrix) audit.Finding {
	namespace := w.Subject.Namespace
	j := audit.Judge(w.Subject)
	j.Speaks(w.Pods, nil)
	j.Command("kubevidence reach --to %s", audit.Quote(namespace+"/"+w.Subject.Name))
	v.markEvidence(j, namespace)
	covered := v.classes(w.Members)
	if len(covered) == 0 {
		j.Evidence(podField(w.Subject, "hostNetwork"), "true", audit.Configured)
		j.Fail("is marked sensitive and runs in the host's network, which no policy closes")
		return j.Finding()
	}
	certain, possible := v.sources(namespace, func(string) bool { return true })
	var reached, doubtful []string
	fromOutside := -1 // a Pod that is reached from there
	for _, pod := range covered {
		for _, source := range slices.Concat(certain, possible) {
			allowed, doubt := matrix.from(source, v.Policies.Reach.Class(pod))
			switch {
			case allowed:
				reached = append(reached, source)
			case doubt:
				doubtful = append(doubtful, source)
			}
		}
		for _, path := range v.Policies.Reach.Outside(pod, netpol.Ingress) {
			switch {
			case !path.Allowed.Empty():
				reached, fromOutside = append(reached, "outside the cluster"), pod
			case !path.Indeterminate.Empty():
				doubtful = append(doubtful, "outside the cluster")
			}
		}
	}
	slices.Sort(reached)
	slices.Sort(doubtful)
	reached, doubtful = slices.Compact(reached), slices.Compact(doubtful)
	switch {
	case len(reached) > 0:
		if isolation := v.Isolation(w, netpol.Ingress); isolation.Verdict == netpol.None {
			j.Cause("NET-03", namespaceSubject(v.Facts, namespace))
		}
		for _, source := range reached[:min(len(reached), mostSources)] {
			if source != "outside the cluster" {
				v.wayIn(j, source, covered)
			}
		}
		if fromOutside >= 0 {
			v.wayInFromOutside(j, fromOutside, v.Policies.Reach.Outside(fromOutside, netpol.Ingress))
		}
		j.Observed("reached from %s", several(reached))
		j.Fail("is marked sensitive and may be reached from %s", several(reached))
	case len(doubtful) > 0:
		j.NotAssessed(audit.Unknown, "is marked sensitive; whether %s may reach it hangs on a policy that can't be understood or wasn't read", several(doubtful))
	default:
		v.guards(j, w)
		j.Evidence(waysIn+"other namespaces and from outside the cluster", "none", audit.Configured)
		j.Pass("may be reached from its own namespace only")
	}
	return j.Finding()
}

// mostSources is of how many namespaces evidence says how they get in.
const mostSources = 2

// markEvidence notes where a workload is marked sensitive.
func (v *reachView) markEvidence(j *audit.Judgement, namespace string) {
	mark, path := v.Config.Segregation.Sensitive, "metadata.labels"
	selector, err := labels.Parse(mark)
	if n := v.Namespace(namespace); err == nil && n != nil && selector.Matches(labels.Set(n.Labels)) {
		path = "Namespace " + namespace + ": " + path
	}
	j.Evidence(path, mark, audit.Configured)
}
