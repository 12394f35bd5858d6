package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var tenantsSegregated = audit.Check{
	ID:       "SEG-01",
	Title:    "A workload is reached from other owners' namespaces only by rules that name them",
	Expected: "of Pods of other owners' namespaces (tenant label: tenant, team, owner … or as configured) only those that its rules name may connect to it; at least 1 namespace has such a label",
	Doc:      "Tenants share a cluster's network. What one of them lets everybody reach, a compromised workload of any other reaches too.",
	Logic: "A namespace's owner is the value of the tenant label (configured: segregation.tenantLabels); the administrator's namespaces are another owner, " +
		"and a namespace without the label is its own. A workload that Pods of another owner's namespace may connect to, by declared policy of every engine: " +
		"fail, unless each rule that lets them in names them, by a namespaceSelector that doesn't match every namespace or a block that doesn't hold all Pods: then pass, and they are listed. " +
		"No tenant label in the whole cluster: one warning a namespace. In the administrator's namespaces a failure counts as a warning unless configured otherwise.",
	Fix: "Deny ingress by default in the namespace and let in by name: from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: …}}}]. " +
		"Without tenant labels: label each namespace with its owner, such as tenant=shop.",
	Controls:    refs(segregated("Tenants that can't reach one another are segregated.")),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Namespaces, audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run: func(f *audit.Facts) []audit.Finding {
		if !f.TenantsStated() {
			return withoutTenants(f)
		}
		t := &tenancy{reachView: viewReach(f), naming: namePeers(f), decided: map[int]verdictOfClass{}, sourcesOf: map[string][2][]string{}}
		var pods []int
		for i := range f.Workloads {
			pods = append(pods, f.Workloads[i].Members...)
		}
		t.matrix = t.classesFrom(pods)
		findings := make([]audit.Finding, 0, len(f.Workloads))
		for i := range f.Workloads {
			findings = append(findings, t.judge(&f.Workloads[i]))
		}
		return findings
	},
}

// withoutTenants says once a namespace that nobody can tell whose it is.
func withoutTenants(f *audit.Facts) []audit.Finding {
	var findings []audit.Finding
	seen := map[string]bool{}
	for i := range f.Workloads {
		namespace := f.Workloads[i].Subject.Namespace
		if _, admin := f.Administrators[namespace]; admin || seen[namespace] {
			continue
		}
		seen[namespace] = true
		j := audit.Judge(namespaceSubject(f, namespace))
		j.Evidence("Namespaces: metadata.labels["+strings.Join(f.Config.Segregation.TenantLabels, ", ")+"]", "absent in every namespace", audit.Configured)
		j.Warn("no namespace of the cluster says whose it is (looked for the labels %s): whether tenants are segregated can't be judged", several(f.Config.Segregation.TenantLabels))
		j.Command("kubectl get namespaces --show-labels")
		findings = append(findings, j.Finding())
	}
	return findings
}

// tenancy judges workloads against the namespaces of other owners.
type tenancy struct {
	*reachView
	naming    *peerNaming
	matrix    *classMatrix
	decided   map[int]verdictOfClass // by class of Pods
	sourcesOf map[string][2][]string // by namespace: those that reach it for certain, and those that may
}

// A verdictOfClass is what is true of a Pod and all that are like it.
type verdictOfClass struct {
	unguarded string        // a namespace of another owner that reaches it, and that no rule names
	rules     []netpol.Rule // that let it in without naming it; none: nothing guards the Pod
	named     []string      // namespaces of other owners that rules name
	doubtful  []string      // namespaces that may reach it
}

func (t *tenancy) judge(w *audit.Workload) audit.Finding {
	namespace := w.Subject.Namespace
	j := audit.Judge(w.Subject)
	j.Speaks(w.Pods, nil)
	j.Command("kubevidence reach --to %s", audit.Quote(namespace+"/"+w.Subject.Name))
	covered := t.classes(w.Members)
	if len(covered) == 0 {
		j.NotApplicable("runs in the host's network, which policies don't cover (EXP-04 lists it)")
		return j.Finding()
	}
	certain, possible := t.foreign(namespace)
	deviates := administratorWarns(t.Facts, namespace, j)
	var named, doubtful []string
	for _, pod := range covered {
		v := t.verdict(pod, namespace, certain, possible)
		if v.unguarded != "" {
			j.Observed("reached from %s of other owners, %s among them", counted(len(certain), "namespace"), v.unguarded)
			ownerEvidence(t.Facts, j, namespace)
			ownerEvidence(t.Facts, j, v.unguarded)
			if len(v.rules) == 0 {
				unguarded(j, &t.Policies.Cluster.Pods[pod], netpol.Ingress)
				j.Cause("NET-03", namespaceSubject(t.Facts, namespace))
				deviates("every Pod of %s (%s) may connect to it%s: no policy guards its ingress", v.unguarded, t.ownerWords(v.unguarded), andOthers(len(certain)-1))
			} else {
				for _, rule := range v.rules {
					j.Evidence(policyWords(rule.Policy)+": "+rule.Path, "lets "+v.unguarded+" in without naming it", audit.Configured)
				}
				deviates("Pods of %s (%s) may connect to it by %s, which names nobody", v.unguarded, t.ownerWords(v.unguarded), ruleWords(v.rules[0]))
			}
			return j.Finding()
		}
		named, doubtful = append(named, v.named...), append(doubtful, v.doubtful...)
	}
	slices.Sort(named)
	slices.Sort(doubtful)
	named, doubtful = slices.Compact(named), slices.Compact(doubtful)
	switch {
	case len(doubtful) > 0:
		j.NotAssessed(audit.Unknown, "whether %s may connect to it hangs on a policy that can't be understood or wasn't read", several(doubtful))
	case len(named) > 0:
		t.guards(j, w)
		j.Evidence(waysIn+"namespaces of other owners", several(named)+", by rules that name them", audit.Configured)
		j.Observed("reached from %s", several(named))
		j.Pass("of other owners' namespaces only %s may connect to it, named by its rules", several(named))
	default:
		t.guards(j, w)
		j.Evidence(waysIn+"namespaces of other owners", "none", audit.Configured)
		j.Pass("no Pod of another owner's namespace may connect to it")
	}
	return j.Finding()
}

// andOthers counts further namespaces in a sentence.
func andOthers(n int) string {
	if n == 0 {
		return ""
	}
	return ", and those of " + counted(n, "more namespace") + " of other owners"
}

// ownerWords say whose a namespace is.
func (t *tenancy) ownerWords(namespace string) string {
	if o := t.OwnerOf(namespace); o.Stated {
		return "owner: " + o.Owner
	}
	return "without a tenant label"
}

// foreign returns the namespaces of other owners that reach a namespace, or may.
func (t *tenancy) foreign(namespace string) (certain, possible []string) {
	known, ok := t.sourcesOf[namespace]
	if !ok {
		own := t.OwnerOf(namespace)
		known[0], known[1] = t.sources(namespace, func(source string) bool {
			other := t.OwnerOf(source)
			return !own.Stated || !other.Stated || own.Owner != other.Owner
		})
		t.sourcesOf[namespace] = known
	}
	return known[0], known[1]
}

// verdict looks at the Pods of other owners' namespaces, a Pod of each class, until one
// comes in unnamed.
func (t *tenancy) verdict(pod int, namespace string, certain, possible []string) verdictOfClass {
	class := t.Policies.Reach.Class(pod)
	if known, ok := t.decided[class]; ok {
		return known
	}
	var v verdictOfClass
	named := t.namesAll(pod)
	for _, source := range certain {
		allowed, doubtful := t.matrix.from(source, class)
		switch {
		case !allowed && !doubtful:
			continue
		case !allowed:
			v.doubtful = append(v.doubtful, source)
			continue
		case named && !doubtful:
			v.named = append(v.named, source)
			continue
		}
		for _, from := range t.representatives(source) {
			path := t.Policies.Reach.Reach(netpol.PodEndpoint(from), netpol.PodEndpoint(pod))[0]
			if path.Allowed.Empty() {
				if !path.Indeterminate.Empty() {
					v.doubtful = append(v.doubtful, source)
				}
				continue
			}
			rules, guarded := t.naming.unnamed(path.Ingress, from, pod)
			if !guarded || len(rules) > 0 {
				v = verdictOfClass{unguarded: source, rules: rules}
				t.decided[class] = v
				return v
			}
			v.named = append(v.named, source)
		}
	}
	for _, source := range possible {
		if _, doubtful := t.matrix.from(source, class); doubtful {
			v.doubtful = append(v.doubtful, source)
		}
	}
	t.decided[class] = v
	return v
}

// namesAll reports whether a Pod is reached by rules alone, and each of them names whom it
// lets in, whoever that is: then it is enough to know which namespaces come in.
func (t *tenancy) namesAll(pod int) bool {
	rules, alone := t.Policies.Reach.Grants(pod)
	return alone && !slices.ContainsFunc(rules, func(r netpol.Rule) bool { return t.naming.mayOpen(r, pod) })
}

func ruleWords(r netpol.Rule) string { return policyList([]netpol.PolicyRef{r.Policy}) + " " + r.Path }
