package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var workloadIngressIsolated = audit.Check{
	ID:    "NET-01",
	Title: "Every workload is isolated for ingress by a NetworkPolicy that keeps something out",
	Doc: "Without a NetworkPolicy that selects it, a Pod accepts connections from every Pod of the cluster. " +
		"A compromised application then reaches all others: segregation limits how far an attack spreads.",
	Logic: "Pass where each of the workload's Pods is selected by a NetworkPolicy for ingress and what these policies allow " +
		"together is less than everything. Not selected: fail. Selected, but everything is allowed: fail (isolated, not restricted). " +
		"hostNetwork Pods can't be covered by policy: not applicable. A policy that can't be understood and may select the Pods: not assessed. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Deny ingress by default in the namespace (a NetworkPolicy with an empty podSelector, policyTypes [Ingress] and no rule), " +
		"then allow by name what the workload has to be reached by.",
	Controls:    segregation("An isolated workload is reached only by what a policy allows."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        podControllers,
	Run:         func(f *audit.Facts) []audit.Finding { return judgeIsolation(f, netpol.Ingress) },
}

var workloadEgressIsolated = audit.Check{
	ID:    "NET-02",
	Title: "Every workload is isolated for egress by a NetworkPolicy that keeps something in",
	Doc: "Without a NetworkPolicy that selects it for egress, a Pod may connect to every Pod, to the cloud's metadata service and to the Internet. " +
		"Egress rules keep an intruder from moving on and from carrying data away.",
	Logic: "Pass where each of the workload's Pods is selected by a NetworkPolicy for egress and what these policies allow " +
		"together is less than everything. Not selected: fail. Selected, but everything is allowed: fail (isolated, not restricted). " +
		"hostNetwork Pods can't be covered by policy: not applicable. A policy that can't be understood and may select the Pods: not assessed. " +
		"In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Deny egress by default in the namespace (a NetworkPolicy with an empty podSelector, policyTypes [Egress] and no rule), " +
		"then allow DNS and, by name, what the workload has to reach.",
	Controls:    segregation("A workload that is isolated for egress reaches only what a policy allows."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        podControllers,
	Run:         func(f *audit.Facts) []audit.Finding { return judgeIsolation(f, netpol.Egress) },
}

// podControllers are what a Pod's top controller is found with.
var podControllers = []audit.Resource{
	audit.Namespaces, audit.Deployments, audit.StatefulSets, audit.DaemonSets, audit.ReplicaSets,
	audit.Jobs, audit.CronJobs, audit.ReplicationControllers,
}

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
	j.Observed("%s: %s", d, isolation.Verdict)
	j.Command("kubectl get networkpolicies.networking.k8s.io -n %s -o yaml", w.Subject.Namespace)
	for _, policy := range isolation.SelectedBy {
		j.Evidence("NetworkPolicy "+policy.String()+": spec.podSelector", "selects the workload for "+d.String(), audit.Configured)
	}
	deviates := administratorWarns(f, w.Subject.Namespace, j)
	differing := ""
	if n := len(isolation.Differing); n > 0 {
		differing = fmt.Sprintf(" (true of %d of its %d Pods)", w.Pods-n, w.Pods)
	}
	switch isolation.Verdict {
	case netpol.Restricted:
		j.Pass("isolated for %s by %s", d, policyList(isolation.SelectedBy))
	case netpol.NotCoverable:
		j.NotApplicable("runs in the host's network, which NetworkPolicies don't cover")
	case netpol.None:
		j.Cause("NET-03", namespaceSubject(f, w.Subject.Namespace))
		deviates("no NetworkPolicy selects it for %s: everything is allowed%s", d, differing)
	case netpol.Open:
		explained := f.Policies.Isolation.Explain(isolation.Example, d)
		var opening []netpol.PolicyRef
		for _, rule := range explained.OpenedBy {
			opening = append(opening, rule.Policy)
			j.Evidence("NetworkPolicy "+rule.Policy.String()+": "+rule.Path, "allows everything, alone or with the others", audit.Configured)
		}
		deviates("isolated for %s, but not restricted: everything is allowed by %s%s", d, policyList(slices.Compact(opening)), differing)
	default:
		explained := f.Policies.Isolation.Explain(isolation.Example, d)
		for _, u := range explained.Unparseable {
			j.Evidence("NetworkPolicy "+u.Policy.String(), u.Reason, audit.Configured)
		}
		j.NotAssessed(audit.Unknown, "whether it is isolated for %s hangs on a policy that has no defined meaning: %s", d, reasons(explained.Unparseable))
	}
	return j.Finding()
}

// administratorWarns returns how a deviation is noted: as a warning in the
// administrator's namespaces unless they are configured to fail, as a failure elsewhere.
func administratorWarns(f *audit.Facts, namespace string, j *audit.Judgement) func(format string, args ...any) {
	if _, admin := f.Administrators[namespace]; admin && f.Config.Thresholds.AdministratorSegregation != "fail" {
		return j.Warn
	}
	return j.Fail
}

func policyList(policies []netpol.PolicyRef) string {
	names := make([]string, 0, len(policies))
	for _, p := range policies {
		names = append(names, p.Name)
	}
	return listed("NetworkPolicy", "NetworkPolicies", names)
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
		return one + " " + names[0]
	case n > most:
		return fmt.Sprintf("%s %s and %d more", many, strings.Join(names[:most], ", "), n-most)
	}
	return many + " " + strings.Join(names, ", ")
}
