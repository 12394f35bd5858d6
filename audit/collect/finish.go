package collect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// finish brings a snapshot into its final form: sorted, and without the templates of
// controllers whose owner's template says the same.
func finish(s *audit.Snapshot) {
	known := map[string]bool{}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		known[c.Kind+"/"+c.Namespace+"/"+c.Name] = true
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Owner != nil && known[c.Owner.Kind+"/"+c.Namespace+"/"+c.Owner.Name] {
			c.PodLabels = nil
			c.Template = audit.Template{HostNetwork: c.HostNetwork, Component: c.Component, Containers: c.Containers}
		}
	}

	slices.SortFunc(s.Controllers, func(a, b audit.Controller) int {
		return cmp.Or(byName(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(s.Namespaces, func(a, b audit.Namespace) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Pods, func(a, b audit.Pod) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Secrets, func(a, b audit.Secret) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.ConfigMaps, func(a, b audit.ConfigMap) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Nodes, func(a, b audit.Node) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Services, func(a, b audit.Service) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Backends, func(a, b audit.Backends) int {
		return cmp.Or(byName(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(s.ServiceCIDRs, func(a, b audit.ServiceCIDR) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.Routes, func(a, b audit.Route) int {
		return cmp.Or(byName(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(s.Settings, func(a, b audit.Setting) int {
		return cmp.Or(strings.Compare(string(a.Resource), string(b.Resource)), byName(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(s.OtherPolicies, func(a, b audit.OtherPolicy) int {
		return cmp.Or(strings.Compare(string(a.Resource), string(b.Resource)), byName(a.Object, b.Object), strings.Compare(a.Kind, b.Kind))
	})
	sortKinds(s.AdminPolicies)
	sortKinds(s.CiliumPolicies)
	sortKinds(s.CalicoPolicies)
	sortKinds(s.CalicoTiers)
	sortKinds(s.CalicoNetworkSets)
	sortObjects(s.NetworkPolicies)
	sortObjects(s.Ingresses)
	sortObjects(s.IngressClasses)
	sortObjects(s.Gateways)
	sortObjects(s.Issuers)
	sortObjects(s.ClusterIssuers)
	sortObjects(s.Certificates)
	sortObjects(s.CertificateRequests)
	sortObjects(s.Orders)
	sortObjects(s.Challenges)
	sortObjects(s.ListenerSets)
	sortObjects(s.ReferenceGrants)
	slices.SortFunc(s.Leases, func(a, b audit.Lease) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.ClusterRoles, func(a, b audit.ClusterRole) int { return byName(a.Object, b.Object) })
	slices.SortFunc(s.ClusterRoleBindings, func(a, b audit.ClusterRoleBinding) int { return byName(a.Object, b.Object) })

	slices.SortFunc(s.Handshakes, compareHandshakes)

	slices.SortFunc(s.Collection.Readings, func(a, b audit.Reading) int { return cmp.Compare(a.Resource, b.Resource) })
	slices.SortFunc(s.Collection.Queries, func(a, b audit.Query) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), strings.Compare(a.Scope, b.Scope))
	})
	slices.SortFunc(s.Collection.Ignored, func(a, b audit.Ignored) int {
		return cmp.Or(strings.Compare(a.APIVersion, b.APIVersion), strings.Compare(a.Kind, b.Kind))
	})
}

func byName(a, b audit.Object) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

// sortObjects sorts Kubernetes' own types by namespace and name.
func sortObjects[T any, P interface {
	*T
	GetNamespace() string
	GetName() string
}](objects []T) {
	slices.SortFunc(objects, func(a, b T) int {
		return cmp.Or(strings.Compare(P(&a).GetNamespace(), P(&b).GetNamespace()), strings.Compare(P(&a).GetName(), P(&b).GetName()))
	})
}

// sortKinds sorts objects of several kinds by namespace, name, kind and apiVersion.
func sortKinds[T any, P interface {
	*T
	GetNamespace() string
	GetName() string
	GroupVersionKind() schema.GroupVersionKind
}](objects []T) {
	slices.SortFunc(objects, func(a, b T) int {
		p, q := P(&a), P(&b)
		return cmp.Or(
			strings.Compare(p.GetNamespace(), q.GetNamespace()), strings.Compare(p.GetName(), q.GetName()),
			strings.Compare(p.GroupVersionKind().Kind, q.GroupVersionKind().Kind),
			strings.Compare(p.GroupVersionKind().Group, q.GroupVersionKind().Group),
		)
	})
}

// verify reports a snapshot whose ledger doesn't add up: for each resource,
// listed = kept + excluded + errored.
func verify(s *audit.Snapshot) error {
	listed := map[audit.Resource]int{}
	for _, q := range s.Collection.Queries {
		listed[q.Resource] += q.Listed - len(q.Errors)
		for _, e := range q.Excluded {
			listed[q.Resource] -= e.Count
		}
	}
	for i := range table {
		r := table[i].resource
		held := 0
		s.Objects(r, func(string, string) { held++ })
		if held != listed[r] {
			return fmt.Errorf("the ledger accounts for %d %s, the snapshot holds %d", listed[r], r, held)
		}
	}
	return nil
}
