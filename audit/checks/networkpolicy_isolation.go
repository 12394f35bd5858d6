package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var workloadIngressIsolated = audit.Check{
	ID:       "NET-01",
	Title:    "Every workload is isolated for ingress by policies that keep something out",
	Expected: "each of its Pods is isolated for ingress, and policies together don't allow every Pod and every address on every port",
	Doc: "Without a NetworkPolicy that selects it, a Pod accepts connections from every Pod of the cluster. " +
		"A compromised application then reaches all others: segregation limits how far an attack spreads.",
	Logic: "What counts is the effective verdict: NetworkPolicies, the admin tiers of policy.networking.k8s.io, Cilium's and Calico's policies together. " +
		"Pass where they keep something out from each of the workload's Pods. No policy selects them: fail. Selected, but everything is allowed: fail (isolated, not restricted). " +
		"hostNetwork Pods can't be covered by policy: not applicable. A policy that may select the Pods and can't be understood or wasn't read: not assessed. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Deny ingress by default in the namespace (a NetworkPolicy with an empty podSelector, policyTypes [Ingress] and no rule), " +
		"then allow by name what the workload has to be reached by.",
	Controls:    segregation("An isolated workload is reached only by what a policy allows."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run:         func(f *audit.Facts) []audit.Finding { return judgeIsolation(f, netpol.Ingress) },
}

var workloadEgressIsolated = audit.Check{
	ID:       "NET-02",
	Title:    "Every workload is isolated for egress by policies that keep something in",
	Expected: "each of its Pods is isolated for egress, and policies together don't allow every Pod and every address on every port",
	Doc: "Without a NetworkPolicy that selects it for egress, a Pod may connect to every Pod, to the cloud's metadata service and to the Internet. " +
		"Egress rules keep an intruder from moving on and from carrying data away.",
	Logic: "What counts is the effective verdict: NetworkPolicies, the admin tiers of policy.networking.k8s.io, Cilium's and Calico's policies together. " +
		"Pass where they keep something in from each of the workload's Pods. No policy selects them: fail. Selected, but everything is allowed: fail (isolated, not restricted). " +
		"hostNetwork Pods can't be covered by policy: not applicable. A policy that may select the Pods and can't be understood or wasn't read: not assessed. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Deny egress by default in the namespace (a NetworkPolicy with an empty podSelector, policyTypes [Egress] and no rule), " +
		"then allow DNS and, by name, what the workload has to reach.",
	Controls:    segregation("A workload that is isolated for egress reaches only what a policy allows."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run:         func(f *audit.Facts) []audit.Finding { return judgeIsolation(f, netpol.Egress) },
}

// podControllers are what a Pod's top controller is found with.
var podControllers = []audit.Resource{
	audit.Namespaces, audit.Deployments, audit.StatefulSets, audit.DaemonSets, audit.ReplicaSets,
	audit.Jobs, audit.CronJobs, audit.ReplicationControllers,
}

// otherPolicies are what the effective verdict rests on beside NetworkPolicies: policies
// of other engines, and what they select by.
var otherPolicies = append(slices.DeleteFunc(slices.Clone(audit.PolicyResources), func(r audit.Resource) bool { return r == audit.NetworkPolicies }),
	audit.Nodes, audit.ConfigMaps)

// segregation is how policies bear on the network controls: N1 and N3 direct.
func segregation(why string) []audit.ControlRef { return refs(networks(why), segregated(why)) }

func judgeIsolation(f *audit.Facts, d netpol.Direction) []audit.Finding {
	findings := make([]audit.Finding, 0, len(f.Workloads))
	for i := range f.Workloads {
		findings = append(findings, judgeWorkload(f, &f.Workloads[i], d))
	}
	return findings
}

func judgeWorkload(f *audit.Facts, w *audit.Workload, d netpol.Direction) audit.Finding {
	j := audit.Judge(w.Subject)
	isolation := f.Isolation(w, d)
	j.Speaks(w.Pods, isolation.Differing)
	j.Observed("%s: %s", d, observedColumns(isolation))
	j.Command("%s", audit.ListCommand(string(audit.NetworkPolicies), w.Subject.Namespace, "yaml"))
	selecting(f, j, isolation.SelectedBy, d)
	deviates := administratorWarns(f, w.Subject.Namespace, j)
	differing := ""
	if n := len(isolation.Differing); n > 0 {
		differing = fmt.Sprintf(" (true of %d of its %d Pods)", w.Pods-n, w.Pods)
	}
	switch isolation.Verdict {
	case netpol.Restricted:
		j.Pass("isolated for %s by %s", d, isolators(f, isolation))
	case netpol.NotCoverable:
		j.NotApplicable("runs in the host's network, which policies don't cover (EXP-04 lists it)")
	case netpol.None:
		if f.MayIsolateAll() {
			unread(f, j, audit.ConfigMaps, "kube-system", "no policy selects it, and whether Cilium isolates every Pod (enable-policy: always) isn't known")
			break
		}
		j.Cause("NET-03", namespaceSubject(f, w.Subject.Namespace))
		noPolicy(j, w.Subject.Namespace, "spec.podSelector", "none selects it for "+d.String()+differing)
		deviates("no policy selects it for %s: everything is allowed%s", d, differing)
	case netpol.Open:
		opening := openedBy(f, isolation, d, j)
		opened(j, opening)
		deviates("isolated for %s, but not restricted: everything is allowed by %s%s", d, policyList(opening), differing)
	default:
		j.NotAssessed(audit.Unknown, "whether it is isolated for %s can't be told: %s", d, doubts(f, isolation, d, j))
	}
	return j.Finding()
}

// observedColumns says the effective verdict, and those of the engines where they differ.
func observedColumns(isolation audit.WorkloadIsolation) string {
	if isolation.Verdict == isolation.ByNetworkPolicy {
		return isolation.Verdict.String()
	}
	return fmt.Sprintf("%s (by NetworkPolicies %s, by admin tiers %s)", isolation.Verdict, isolation.ByNetworkPolicy, isolation.ByAdminTiers)
}

// isolators names what isolates a workload. Cilium can be told to isolate every Pod, which
// no policy stands for.
func isolators(f *audit.Facts, isolation audit.WorkloadIsolation) string {
	if len(isolation.SelectedBy) == 0 && f.IsolatesAll() {
		return "Cilium's setting enable-policy: always"
	}
	return policyList(isolation.SelectedBy)
}

// openedBy names the policies that leave a workload open. Those of other engines are
// named as they select it: they add up.
func openedBy(f *audit.Facts, isolation audit.WorkloadIsolation, d netpol.Direction, j *audit.Judgement) []netpol.PolicyRef {
	if isolation.ByNetworkPolicy != netpol.Open {
		return isolation.SelectedBy
	}
	var opening []netpol.PolicyRef
	for _, rule := range f.Policies.Isolation.Explain(isolation.Example, d).OpenedBy {
		opening = append(opening, rule.Policy)
		j.Evidence("NetworkPolicy "+rule.Policy.String()+": "+rule.Path, "allows everything, alone or with the others", audit.Configured)
	}
	if len(opening) == 0 {
		return isolation.SelectedBy
	}
	return slices.Compact(opening)
}

// doubts says why a verdict is indeterminate: policies that have no defined meaning, that
// this build doesn't evaluate, or that couldn't be read.
func doubts(f *audit.Facts, isolation audit.WorkloadIsolation, d netpol.Direction, j *audit.Judgement) string {
	if isolation.Unread != "" {
		return "the namespace's NetworkPolicies could not be read: " + isolation.Unread
	}
	var words []string
	note := func(place, reason string) {
		j.Evidence(place, reason, audit.Configured)
		if text := strings.TrimSpace(place + " " + reason); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	for _, u := range f.Policies.Isolation.Explain(isolation.Example, d).Unparseable {
		note("NetworkPolicy "+u.Policy.String(), u.Reason)
	}
	for _, u := range f.Policies.Reach.Unparseable() {
		if slices.Contains(isolation.SelectedBy, u.Policy) {
			note(u.Policy.String(), u.Reason)
		}
	}
	for _, u := range f.Policies.Cluster.Unread {
		if slices.Contains(isolation.SelectedBy, u.PolicyRef) {
			name := ""
			if u.Name != "" { // else it speaks of a kind that wasn't read
				name = u.PolicyRef.String() + ":"
			}
			note(name, u.Reason)
		}
	}
	if len(words) == 0 {
		return "it hangs on what " + policyList(isolation.SelectedBy) + " can't decide without traffic, such as names and requests"
	}
	return several(words)
}

// administratorWarns returns how a deviation is noted: as a warning in the
// administrator's namespaces unless they are configured to fail, as a failure elsewhere.
func administratorWarns(f *audit.Facts, namespace string, j *audit.Judgement) func(format string, args ...any) {
	if _, admin := f.Administrators[namespace]; admin && f.Config.Thresholds.AdministratorSegregation != "fail" {
		return j.Warn
	}
	return j.Fail
}

// place names a policy as evidence does.
func place(p netpol.PolicyRef) string {
	switch {
	case p.Kind == "":
		return "NetworkPolicy " + p.String() + ": spec.podSelector"
	case p.Name == "": // a kind that wasn't read
		return p.String()
	}
	return p.String() + ": " + selectingField(p.Kind)
}

func policyList(policies []netpol.PolicyRef) string {
	var own, others []string
	for _, p := range policies {
		if p.Kind == "" {
			own = append(own, p.Name)
		} else {
			others = append(others, p.String())
		}
	}
	switch {
	case len(policies) == 0:
		return "no policy"
	case len(others) == 0:
		return listed("NetworkPolicy", "NetworkPolicies", own)
	case len(own) == 0:
		return listed("", "", others)
	}
	return listed("NetworkPolicy", "NetworkPolicies", own) + " and " + listed("", "", others)
}

func reasons(unparseable []netpol.Unparseable) string {
	words := make([]string, 0, len(unparseable))
	for _, u := range unparseable {
		words = append(words, u.Policy.String()+" "+u.Reason)
	}
	return strings.Join(words, "; ")
}

// listed names a few things in a sentence: "NetworkPolicy a", "NetworkPolicies a, b and 3 more".
func listed(one, many string, names []string) string {
	const most = 5
	switch n := len(names); {
	case n == 1:
		return strings.TrimSpace(one + " " + names[0])
	case n > most:
		return strings.TrimSpace(fmt.Sprintf("%s %s and %d more", many, strings.Join(names[:most], ", "), n-most))
	}
	return strings.TrimSpace(many + " " + strings.Join(names, ", "))
}
