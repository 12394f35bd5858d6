package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var secretReadersKnown = audit.Check{
	ID:    "KEY-02",
	Title: "Those who can read the Secrets of every namespace are few and known",
	Doc: "Whoever may get, list or watch Secrets cluster-wide has every private key of the cluster. list and watch give the values too, not the names alone " +
		"(https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets).",
	Logic: "Each user, group and service account that a ClusterRoleBinding gives get, list or watch on Secrets of any name: expected readers (keys.secretReaders) pass and are listed, others are a warning. " +
		"Bindings that Kubernetes makes itself (label kubernetes.io/bootstrapping=rbac-defaults) are counted. " +
		"Namespaced bindings, the right to create Pods, escalate, bind and impersonate aren’t followed.",
	Fix: "kubectl delete clusterrolebinding NAME where nobody needs it; else bind a Role in the namespaces that it is needed in, with resourceNames; " +
		"a reader who is meant goes into keys.secretReaders of the configuration.",
	Controls:    pair("A.10.1.2", "A.8.24", audit.Supporting, "Private keys are protected by the number of those who can read them."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.ClusterRoles, audit.ClusterRoleBindings},
	Run: func(f *audit.Facts) []audit.Finding {
		readers, own := secretReaders(f)
		var findings []audit.Finding
		for _, key := range slices.Sorted(maps.Keys(readers)) {
			findings = append(findings, judgeReader(f, readers[key], own))
		}
		return findings
	},
}

// bootstrapping labels what the API server makes at its start
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings).
const bootstrapping = "kubernetes.io/bootstrapping"

// A secretReader is a subject of RBAC and what lets it read Secrets.
type secretReader struct {
	subject  audit.Subject
	verbs    map[string]bool
	bindings []string // "ClusterRoleBinding a (ClusterRole b)"
}

// secretReaders returns who may read Secrets cluster-wide, and by how many of the API
// server's own bindings others may.
func secretReaders(f *audit.Facts) (readers map[string]*secretReader, own int) {
	roles := map[string][]string{}
	for i := range f.ClusterRoles {
		roles[f.ClusterRoles[i].Name] = f.ClusterRoles[i].SecretVerbs
	}
	readers = map[string]*secretReader{}
	for i := range f.ClusterRoleBindings {
		b := &f.ClusterRoleBindings[i]
		verbs := roles[b.Role]
		switch {
		case len(verbs) == 0:
			continue
		case b.Labels[bootstrapping] == "rbac-defaults":
			own++
			continue
		}
		for _, holder := range b.Subjects {
			subject := holderSubject(holder)
			r := readers[subject.Key()]
			if r == nil {
				r = &secretReader{subject: subject, verbs: map[string]bool{}}
				readers[subject.Key()] = r
			}
			for _, verb := range verbs {
				r.verbs[verb] = true
			}
			if text := fmt.Sprintf("ClusterRoleBinding %s (ClusterRole %s)", b.Name, b.Role); !slices.Contains(r.bindings, text) {
				r.bindings = append(r.bindings, text)
			}
		}
	}
	return readers, own
}

func holderSubject(h audit.RoleHolder) audit.Subject {
	s := audit.Subject{APIVersion: "rbac.authorization.k8s.io/v1", Kind: h.Kind, Name: h.Name}
	if h.Kind == "ServiceAccount" {
		s.APIVersion, s.Namespace = "v1", h.Namespace
	}
	return s
}

func judgeReader(f *audit.Facts, r *secretReader, own int) audit.Finding {
	j := audit.Judge(r.subject)
	verbs := strings.Join(slices.Sorted(maps.Keys(r.verbs)), ", ")
	for _, binding := range r.bindings {
		j.Evidence(binding+": rules on secrets", verbs, audit.Configured)
	}
	j.Evidence("ClusterRoleBindings that Kubernetes makes itself, "+bootstrapping+"=rbac-defaults, that grant it", fmt.Sprint(own), audit.Configured)
	j.Command("kubectl get clusterrolebindings -o wide | grep -F %q", r.subject.Name)
	may := fmt.Sprintf("may %s Secrets of every namespace, by %s", verbs, several(r.bindings))
	if f.Config.ExpectsReader(r.subject) {
		j.Pass("%s: an expected reader", may)
	} else {
		j.Warn("%s", may)
	}
	return j.Finding()
}
