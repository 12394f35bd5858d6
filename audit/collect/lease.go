package collect

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	coordinationv1 "k8s.io/api/coordination/v1"
)

var coordination = []kind{
	{
		resource: audit.Leases, group: coordinationv1.GroupName, version: "v1", plural: "leases", name: "Lease", namespaced: true,
		codec: decoding(reduceLease),
	},
}

// RuleNotAsked is the exclusion of leases in files that no check asks for by name.
const RuleNotAsked = "not named: Leases that no check asks for"

func reduceLease(k *kept, l *coordinationv1.Lease) string {
	if !k.named && !slices.Contains(audit.LeaseNames, l.Name) {
		return RuleNotAsked
	}
	reduced := audit.Lease{Object: k.meta(&l.ObjectMeta)}
	if l.Spec.HolderIdentity != nil {
		reduced.Holder = *l.Spec.HolderIdentity
	}
	if l.Spec.RenewTime != nil {
		reduced.Renewed = l.Spec.RenewTime.UTC()
	}
	k.Leases = append(k.Leases, reduced)
	return ""
}
