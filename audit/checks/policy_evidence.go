package checks

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// mostEvidence is how many things of one kind a finding's evidence names.
const mostEvidence = 5

// noPolicy notes as evidence that no NetworkPolicy of a namespace does something.
func noPolicy(j *audit.Judgement, namespace, field, none string) {
	j.Evidence("NetworkPolicies of namespace "+namespace+": "+field, none, audit.Configured)
}

// selecting notes the policies that select a workload in a direction, the first of them, or
// the setting that isolates every Pod in their stead.
func selecting(f *audit.Facts, j *audit.Judgement, policies []netpol.PolicyRef, d netpol.Direction) {
	if len(policies) == 0 && f.IsolatesAll() {
		isolatesAll(j)
	}
	for _, p := range policies[:min(len(policies), mostEvidence)] {
		j.Evidence(place(p), "selects the workload for "+d.String(), audit.Configured)
	}
}

// isolatesAll notes Cilium's setting that isolates every Pod, for which no policy stands.
func isolatesAll(j *audit.Judgement) {
	j.Evidence("ConfigMap kube-system/cilium-config: data.enable-policy", "always", audit.Configured)
}

// policiesEvidence notes what a field of some policies says, of the first of them.
func policiesEvidence(j *audit.Judgement, policies []netpol.PolicyRef, field, value string) {
	for i, p := range policies {
		if i == mostEvidence {
			j.Evidence("policies", fmt.Sprintf("%d more: %s", len(policies)-i, value), audit.Configured)
			return
		}
		j.Evidence(policyWords(p)+": "+field, value, audit.Configured)
	}
}

// rulesEvidence notes the rules that allow something on a path, the first of them, and
// reports whether there are any.
func rulesEvidence(j *audit.Judgement, passage *netpol.Passage, value string) bool {
	noted := 0
	for i := range passage.Decided {
		if d := &passage.Decided[i]; d.Action == "allow" && noted < mostEvidence {
			noted++
			j.Evidence(policyWords(d.Policy)+": "+d.Path, value, audit.Configured)
		}
	}
	return noted > 0
}

// wayIn notes what lets Pods of a namespace connect to one of some Pods: the rules that do,
// or that no policy guards it.
func (v *reachView) wayIn(j *audit.Judgement, source string, pods []int) {
	for _, from := range v.representatives(source) {
		for _, to := range pods {
			path := &v.Policies.Reach.Reach(netpol.PodEndpoint(from), netpol.PodEndpoint(to))[0]
			if path.Allowed.Empty() {
				continue
			}
			if !rulesEvidence(j, path.Ingress, "lets Pods of "+source+" in") {
				unguarded(j, &v.Policies.Cluster.Pods[to], netpol.Ingress)
			}
			return
		}
	}
}

// waysIn is where evidence says who comes in by what policies of every engine declare.
const waysIn = "declared policies: ways in from "

// guards notes the policies that select a workload for ingress, or that none does.
func (v *reachView) guards(j *audit.Judgement, w *audit.Workload) {
	by := v.Isolation(w, netpol.Ingress).SelectedBy
	selecting(v.Facts, j, by, netpol.Ingress)
	if len(by) == 0 && !v.IsolatesAll() {
		noPolicy(j, w.Subject.Namespace, "spec.podSelector", "none selects the workload for ingress")
	}
}

// wayInFromOutside notes what lets addresses outside the cluster connect to a Pod.
func (v *reachView) wayInFromOutside(j *audit.Judgement, pod int, paths []netpol.Path) {
	i := slices.IndexFunc(paths, func(p netpol.Path) bool { return !p.Allowed.Empty() })
	if i >= 0 && !rulesEvidence(j, paths[i].Ingress, "lets addresses outside the cluster in") {
		unguarded(j, &v.Policies.Cluster.Pods[pod], netpol.Ingress)
	}
}

// unguarded notes that nothing isolates a Pod.
func unguarded(j *audit.Judgement, pod *netpol.Pod, d netpol.Direction) {
	noPolicy(j, pod.Namespace, "spec.podSelector", fmt.Sprintf("none guards %s/%s for %s", pod.Namespace, pod.Name, d))
}

// ownerEvidence notes whose a namespace is.
func ownerEvidence(f *audit.Facts, j *audit.Judgement, namespace string) {
	own := f.OwnerOf(namespace)
	path, value := "Namespace "+namespace+": metadata.labels", "no tenant label"
	switch _, admin := f.Administrators[namespace]; {
	case admin:
		path, value = "Namespace "+namespace, own.Owner+"’s ("+own.Label+")"
	case own.Stated:
		path, value = path+"["+own.Label+"]", own.Owner
	}
	j.Evidence(path, value, audit.Configured)
}

// environmentEvidence notes which environment a namespace is.
func environmentEvidence(f *audit.Facts, j *audit.Judgement, namespace string) {
	n := f.Namespace(namespace)
	environment, _ := f.EnvironmentOf(namespace)
	for _, label := range f.Config.Segregation.EnvironmentLabels {
		if n != nil && n.Labels[label] != "" {
			j.Evidence("Namespace "+namespace+": metadata.labels["+label+"]", environment, audit.Configured)
			return
		}
	}
}
