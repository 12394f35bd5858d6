package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	aggregateTo    = "rbac.authorization.k8s.io/aggregate-to-"
	aggregateAdmin = aggregateTo + "admin"
	aggregateEdit  = aggregateTo + "edit"
	aggregateView  = aggregateTo + "view"
)

// ownRoles are the ClusterRoles of every API server that others bind, as far as Secrets go:
// files that were written for a cluster don't hold them
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings).
var ownRoles = []audit.ClusterRole{
	ownRole("cluster-admin", "", "", "get", "list", "watch"),
	ownRole("admin", "", aggregateAdmin, "get", "list", "watch"),
	ownRole("edit", aggregateAdmin, aggregateEdit, "get", "list", "watch"),
	ownRole("view", aggregateEdit, aggregateView),
	ownRole("system:aggregate-to-admin", aggregateAdmin, ""),
	ownRole("system:aggregate-to-edit", aggregateEdit, "", "get", "list", "watch"),
	ownRole("system:aggregate-to-view", aggregateView, ""),
	ownRole("system:auth-delegator", "", ""),
	ownRole("system:basic-user", "", ""),
	ownRole("system:discovery", "", ""),
	ownRole("system:monitoring", "", ""),
	ownRole("system:node-proxier", "", ""),
	ownRole("system:persistent-volume-provisioner", "", ""),
	ownRole("system:public-info-viewer", "", ""),
	ownRole("system:service-account-issuer-discovery", "", ""),
}

// ownRole is a ClusterRole with a label by which others aggregate it, and one of those that it
// aggregates, "" for none.
func ownRole(name, label, aggregates string, verbs ...string) audit.ClusterRole {
	r := audit.ClusterRole{Object: audit.Object{Name: name}, SecretVerbs: verbs}
	if label != "" {
		r.Labels = map[string]string{label: "true"}
	}
	if aggregates != "" {
		r.Aggregates = []metav1.LabelSelector{{MatchLabels: map[string]string{aggregates: "true"}}}
	}
	return r
}

// secretVerbs returns what each known ClusterRole grants on Secrets, by its name.
func secretVerbs(f *audit.Facts) map[string][]string {
	roles := slices.Clone(f.ClusterRoles)
	if f.Collection.Source == audit.FromFiles {
		for i := range ownRoles {
			if !slices.ContainsFunc(f.ClusterRoles, func(r audit.ClusterRole) bool { return r.Name == ownRoles[i].Name }) {
				roles = append(roles, ownRoles[i])
			}
		}
	}
	verbs := make(map[string][]string, len(roles))
	for i := range roles {
		verbs[roles[i].Name] = aggregated(roles, &roles[i], map[string]bool{})
	}
	return verbs
}

// aggregated returns what a role grants on Secrets, by its own rules and those of the roles
// that it aggregates.
func aggregated(roles []audit.ClusterRole, r *audit.ClusterRole, seen map[string]bool) []string {
	if seen[r.Name] {
		return nil
	}
	seen[r.Name] = true
	verbs := slices.Clone(r.SecretVerbs)
	for i := range r.Aggregates {
		selector, err := metav1.LabelSelectorAsSelector(&r.Aggregates[i])
		if err != nil {
			continue // a server would have refused it
		}
		for k := range roles {
			if selector.Matches(labels.Set(roles[k].Labels)) {
				verbs = append(verbs, aggregated(roles, &roles[k], seen)...)
			}
		}
	}
	return verbs
}
