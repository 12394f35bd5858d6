package collect

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	rbacv1 "k8s.io/api/rbac/v1"
)

var rbac = []kind{
	{
		resource: audit.ClusterRoles, group: rbacv1.GroupName, version: "v1", plural: "clusterroles", name: "ClusterRole",
		codec: decoding(reduceClusterRole),
	},
	{
		resource: audit.ClusterRoleBindings, group: rbacv1.GroupName, version: "v1", plural: "clusterrolebindings", name: "ClusterRoleBinding",
		codec: decoding(reduceClusterRoleBinding),
	},
}

// reduceClusterRole keeps which verbs a role grants on Secrets of any name, and which roles
// it aggregates: their rules the API server fills in, but files may lack them
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles).
func reduceClusterRole(k *kept, r *rbacv1.ClusterRole) string {
	var verbs []string
	for i := range r.Rules {
		rule := &r.Rules[i]
		if len(rule.ResourceNames) > 0 || !anyOf(rule.APIGroups, "") || !anyOf(rule.Resources, "secrets") {
			continue
		}
		for _, verb := range []string{"get", "list", "watch"} {
			if anyOf(rule.Verbs, verb) && !slices.Contains(verbs, verb) {
				verbs = append(verbs, verb)
			}
		}
	}
	slices.Sort(verbs)
	reduced := audit.ClusterRole{Object: k.meta(&r.ObjectMeta), SecretVerbs: verbs}
	if r.AggregationRule != nil {
		reduced.Aggregates = r.AggregationRule.ClusterRoleSelectors
	}
	k.ClusterRoles = append(k.ClusterRoles, reduced)
	return ""
}

// anyOf reports whether a list of RBAC holds a word or the star that stands for any.
func anyOf(list []string, word string) bool {
	return slices.Contains(list, word) || slices.Contains(list, rbacv1.ResourceAll)
}

func reduceClusterRoleBinding(k *kept, b *rbacv1.ClusterRoleBinding) string {
	reduced := audit.ClusterRoleBinding{Object: k.meta(&b.ObjectMeta), Role: b.RoleRef.Name}
	for i := range b.Subjects {
		s := &b.Subjects[i]
		reduced.Subjects = append(reduced.Subjects, audit.RoleHolder{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name})
	}
	k.ClusterRoleBindings = append(k.ClusterRoleBindings, reduced)
	return ""
}
