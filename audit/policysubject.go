package audit

import (
	"maps"
	"slices"

	"github.com/kubevidence/kubevidence/audit/netpol"
	networkingv1 "k8s.io/api/networking/v1"
)

// PolicySubjects returns the policies of every engine that were read, as subjects of
// findings, by what netpol calls them. A policy that is stored in both groups of Calico is
// one.
func (f *Facts) PolicySubjects() map[netpol.PolicyRef]Subject {
	subjects := map[netpol.PolicyRef]Subject{}
	for i := range f.NetworkPolicies {
		p := &f.NetworkPolicies[i]
		subjects[netpol.PolicyRef{Namespace: p.Namespace, Name: p.Name}] = SubjectOf(networkingv1.SchemeGroupVersion.String(), "NetworkPolicy", p)
	}
	for i := range f.AdminPolicies {
		p := &f.AdminPolicies[i]
		subjects[netpol.PolicyRef{Kind: p.Kind, Name: p.Name}] = SubjectOf(p.APIVersion, p.Kind, p)
	}
	for i := range f.CiliumPolicies {
		p := &f.CiliumPolicies[i]
		subjects[netpol.PolicyRef{Kind: p.Kind, Namespace: p.Namespace, Name: p.Name}] = SubjectOf(p.APIVersion, p.Kind, p)
	}
	for i := range f.CalicoPolicies {
		p := &f.CalicoPolicies[i]
		ref, apiVersion := netpol.PolicyRef{Kind: p.Kind, Namespace: p.Namespace, Name: p.Name}, p.APIVersion
		if p.Kind == "NetworkPolicy" { // its kind alone would be that of Kubernetes' own
			ref.Kind, apiVersion = netpol.CalicoNetworkPolicy, ""
		}
		subjects[ref] = SubjectOf(apiVersion, ref.Kind, p)
	}
	return subjects
}

// PolicyRefs returns the keys of PolicySubjects, sorted.
func PolicyRefs(subjects map[netpol.PolicyRef]Subject) []netpol.PolicyRef {
	return slices.SortedFunc(maps.Keys(subjects), netpol.PolicyRef.Compare)
}
