package audit

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit/netpol"
)

// DefaultDeny returns whether a namespace denies by default, by the policies of every
// engine: NetworkPolicies, and those of others that select every Pod that may come and let
// nothing pass. What live Pods' effective verdict opens again doesn't count as denied.
func (f *Facts) DefaultDeny(namespace string, d netpol.Direction) netpol.DefaultDeny {
	deny := f.Policies.Isolation.DefaultDeny(namespace, d)
	others := f.Policies.Sweeping[d][namespace]
	if deny.Verdict == netpol.NotCoverable {
		return deny
	}
	opened, doubtful := f.openedAgain(namespace, d)
	deny.Policies, deny.IsolatesAll = append(deny.Policies, others.Denies...), append(deny.IsolatesAll, others.Isolates...)
	switch {
	case len(others.Denies) > 0:
		deny.Verdict = netpol.Restricted
	case f.IsolatesAll():
		deny.Verdict = netpol.Restricted
	case deny.Verdict == netpol.None && f.maybeDenied(namespace):
		deny.Verdict = netpol.Indeterminate
	}
	switch {
	case deny.Verdict != netpol.Restricted:
	case len(opened) > 0:
		deny.Verdict, deny.CancelledBy = netpol.Open, opened
	case doubtful:
		deny.Verdict = netpol.Indeterminate
	}
	return deny
}

// openedAgain returns the policies that leave live Pods of a namespace open, and whether
// that can't be told of some.
func (f *Facts) openedAgain(namespace string, d netpol.Direction) (by []netpol.PolicyRef, doubtful bool) {
	i, ok := slices.BinarySearchFunc(f.Policies.Namespaces, namespace, func(g netpol.Group, name string) int {
		return strings.Compare(g.Name, name)
	})
	if !ok {
		return nil, false
	}
	seen := map[int]bool{}
	for _, pod := range f.Policies.Namespaces[i].Pods {
		class := f.Policies.Reach.Class(pod)
		if seen[class] {
			continue
		}
		seen[class] = true
		switch c := f.Policies.Reach.Columns(pod, d).Effective; c.Verdict {
		case netpol.Open:
			by = append(by, c.SelectedBy...)
		case netpol.Indeterminate:
			doubtful = true
		}
	}
	slices.SortFunc(by, netpol.PolicyRef.Compare)
	return slices.Compact(by), doubtful
}

// IsolatesAll reports whether Cilium is set to isolate every Pod, for which no policy
// stands (https://docs.cilium.io/en/stable/security/policy/intro/).
func (f *Facts) IsolatesAll() bool {
	return strings.EqualFold(f.Policies.Cluster.Cilium.EnablePolicy, "always")
}

// MayIsolateAll reports whether Cilium, which the cluster serves, may be set to isolate every
// Pod: the ConfigMap that says so wasn't read.
func (f *Facts) MayIsolateAll() bool {
	_, unread := f.Unread(ConfigMaps, "kube-system")
	return unread && f.Reading(CiliumNetworkPolicies).State == Read
}

// maybeDenied reports whether a policy that isn't evaluated, or wasn't read, may deny by
// default in a namespace, or the setting of Cilium's that does.
func (f *Facts) maybeDenied(namespace string) bool {
	if f.MayIsolateAll() {
		return true
	}
	return slices.ContainsFunc(f.Policies.Cluster.Unread, func(u netpol.Unread) bool {
		return u.Namespace == "" || u.Namespace == namespace
	})
}
