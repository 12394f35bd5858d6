package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var secretReadersKnown = audit.Check{
	ID:       "KEY-02",
	Title:    "Those who can read the Secrets of every namespace are few and known",
	Expected: "who may get, list or watch the Secrets of every namespace is in keys.secretReaders (default: cert-manager, ingress-nginx, Traefik, Argo CD, Flux, external-secrets, kube-system)",
	Doc: "Whoever may get, list or watch Secrets cluster-wide has every private key of the cluster. list and watch give the values too, not the names alone " +
		"(https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets).",
	Logic: "Each user, group and service account that a ClusterRoleBinding gives get, list or watch on Secrets of any name: expected readers (keys.secretReaders) pass and are listed, others are a warning. " +
		"Aggregated roles are resolved. In files the roles of Kubernetes’ bootstrap policy are known (cluster-admin, admin, edit, system:node and system:kube-controller-manager read Secrets, view doesn’t); another one that they don’t hold: not assessed. " +
		"Subjects that Kubernetes itself gives its bindings (label kubernetes.io/bootstrapping=rbac-defaults) aren’t, and the bindings are counted; others that were added to them are. " +
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
	unknown  []string // likewise, whose role the files don't hold
}

// secretReaders returns who may read Secrets cluster-wide, and by how many of the API
// server's own bindings others may.
func secretReaders(f *audit.Facts) (readers map[string]*secretReader, own int) {
	verbs := secretVerbs(f)
	readers = map[string]*secretReader{}
	for i := range f.ClusterRoleBindings {
		b := &f.ClusterRoleBindings[i]
		granted, known := verbs[b.Role]
		switch {
		case known && len(granted) == 0, !known && f.Collection.Source != audit.FromFiles:
			continue // a role that isn't there grants nothing
		}
		others := slices.DeleteFunc(slices.Clone(b.Subjects), func(h audit.RoleHolder) bool { return bootstraps(b, h) })
		if len(others) < len(b.Subjects) {
			own++
		}
		text := fmt.Sprintf("ClusterRoleBinding %s (ClusterRole %s)", b.Name, b.Role)
		for _, holder := range others {
			subject := holderSubject(holder)
			r := readers[subject.Key()]
			if r == nil {
				r = &secretReader{subject: subject, verbs: map[string]bool{}}
				readers[subject.Key()] = r
			}
			list := &r.bindings
			if !known {
				list = &r.unknown
			}
			if !slices.Contains(*list, text) {
				*list = append(*list, text)
			}
			for _, verb := range granted {
				r.verbs[verb] = true
			}
		}
	}
	return readers, own
}

// bootstraps reports whether a binding's subject is one that Kubernetes gives it itself:
// administrators of the cluster, the controller manager and each of its controllers. Others
// that were added to such a binding stay in it
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation).
func bootstraps(b *audit.ClusterRoleBinding, h audit.RoleHolder) bool {
	if b.Labels[bootstrapping] != "rbac-defaults" {
		return false
	}
	if controller, ok := strings.CutPrefix(b.Name, "system:controller:"); ok {
		return h.Kind == "ServiceAccount" && h.Namespace == "kube-system" && h.Name == controller
	}
	return b.Name == "cluster-admin" && h.Kind == "Group" && h.Name == "system:masters" ||
		b.Name == "system:kube-controller-manager" && h.Kind == "User" && h.Name == b.Name
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
	j.Command("kubectl get clusterrolebindings -o wide | grep -F -e %s", audit.Quote(r.subject.Name))
	may := fmt.Sprintf("may %s Secrets of every namespace, by %s", verbs, several(r.bindings))
	switch expected := f.Config.ExpectsReader(r.subject); {
	case expected && len(r.bindings) == 0:
		j.Pass("an expected reader, whatever %s grants", several(r.unknown))
	case expected:
		j.Pass("%s: an expected reader", may)
	case len(r.bindings) > 0:
		j.Warn("%s", may)
	default:
		for _, binding := range r.unknown {
			j.NotAssessed(audit.Unknown, "%s: the files don't hold that role, and whether it reads Secrets isn't known", binding)
		}
	}
	return j.Finding()
}
