package audit

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// An Ownership says whose a namespace is, as its labels state.
type Ownership struct {
	Owner  string // the tenant label's value; "administrator"; "" where nobody states it
	Label  string // the label that says so, "" where none does
	Stated bool
}

// OwnerOf returns whose a namespace is: the administrator's, or what the first of the
// configured tenant labels that it has says.
func (f *Facts) OwnerOf(namespace string) Ownership {
	if why, ok := f.Administrators[namespace]; ok {
		return Ownership{Owner: "the administrator", Label: why, Stated: true}
	}
	value, label := f.labelOf(namespace, f.Config.Segregation.TenantLabels)
	return Ownership{Owner: value, Label: label, Stated: label != ""}
}

// TenantsStated reports whether any namespace beside the administrator's has a tenant
// label: without one nobody can tell tenants apart.
func (f *Facts) TenantsStated() bool {
	return slices.ContainsFunc(f.Namespaces, func(n Namespace) bool {
		_, admin := f.Administrators[n.Name]
		_, label := f.labelOf(n.Name, f.Config.Segregation.TenantLabels)
		return !admin && label != ""
	})
}

// EnvironmentOf returns the environment of a namespace, and whether it is production; ""
// where its labels don't state one.
func (f *Facts) EnvironmentOf(namespace string) (environment string, production bool) {
	value, _ := f.labelOf(namespace, f.Config.Segregation.EnvironmentLabels)
	return value, slices.Contains(f.Config.Segregation.Production, value)
}

// Sensitive reports whether the configured selector marks a workload: by the labels of
// one of its Pods, or by those of its namespace.
func (f *Facts) Sensitive(w *Workload) bool {
	selector, err := labels.Parse(f.Config.Segregation.Sensitive)
	if err != nil || selector.Empty() { // configurations are checked when they are read
		return false
	}
	if n := f.Namespace(w.Subject.Namespace); n != nil && selector.Matches(labels.Set(n.Labels)) {
		return true
	}
	return slices.ContainsFunc(w.Members, func(member int) bool {
		return selector.Matches(labels.Set(f.Policies.Cluster.Pods[member].Labels))
	})
}

// labelOf returns the value of the first of some labels that a namespace has.
func (f *Facts) labelOf(namespace string, names []string) (value, label string) {
	n := f.Namespace(namespace)
	if n == nil {
		return "", ""
	}
	for _, name := range names {
		if value := n.Labels[name]; value != "" {
			return value, name
		}
	}
	return "", ""
}
