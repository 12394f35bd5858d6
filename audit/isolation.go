package audit

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit/netpol"
)

// A WorkloadIsolation is how policies isolate a workload in one direction. The three
// verdicts are each the worst of its Pods: none, open, indeterminate, restricted,
// notCoverable.
type WorkloadIsolation struct {
	ByNetworkPolicy netpol.Verdict
	ByAdminTiers    netpol.Verdict // what policies of policy.networking.k8s.io alone keep out
	Verdict         netpol.Verdict // effective: by the policies of every engine together

	SelectedBy []netpol.PolicyRef // by any of its Pods, of every engine, sorted
	Differing  []string           // names of the Pods whose effective verdict is another, sorted
	Example    int                // the first member with the effective verdict, for netpol's Explain
	Unread     string             // why nothing is known, where the NetworkPolicies of its namespace weren't read
}

// isolationWorstFirst orders verdicts by how little they protect.
var isolationWorstFirst = []netpol.Verdict{
	netpol.None, netpol.Open, netpol.Indeterminate, netpol.Restricted, netpol.NotCoverable,
}

// Isolation returns how the policies isolate a workload. Pods of one workload can differ:
// their labels may. Where the NetworkPolicies of the namespace are unread nothing is
// known; policies of other engines that are unread make its Pods indeterminate.
func (f *Facts) Isolation(w *Workload, d netpol.Direction) WorkloadIsolation {
	var r WorkloadIsolation
	if gap, unread := f.Unread(NetworkPolicies, w.Subject.Namespace); unread {
		r.Unread = gap.Message
		return r
	}
	byPolicy, byTiers, effective := len(isolationWorstFirst), len(isolationWorstFirst), len(isolationWorstFirst)
	verdicts := make([]netpol.Verdict, len(w.Members))
	var last netpol.Column
	for i, member := range w.Members {
		columns := f.Policies.Reach.Columns(member, d)
		byPolicy = min(byPolicy, slices.Index(isolationWorstFirst, columns.ByNetworkPolicy.Verdict))
		byTiers = min(byTiers, slices.Index(isolationWorstFirst, columns.ByAdminTiers.Verdict))
		verdicts[i] = columns.Effective.Verdict
		if rank := slices.Index(isolationWorstFirst, columns.Effective.Verdict); rank < effective {
			effective, r.Example = rank, member
		}
		if i == 0 || !slices.Equal(last.SelectedBy, columns.Effective.SelectedBy) {
			r.SelectedBy = append(r.SelectedBy, columns.Effective.SelectedBy...)
		}
		last = columns.Effective
	}
	if len(w.Members) == 0 {
		return r
	}
	r.ByNetworkPolicy, r.ByAdminTiers, r.Verdict = isolationWorstFirst[byPolicy], isolationWorstFirst[byTiers], isolationWorstFirst[effective]
	slices.SortFunc(r.SelectedBy, netpol.PolicyRef.Compare)
	r.SelectedBy = slices.Compact(r.SelectedBy)
	for i, member := range w.Members {
		if verdicts[i] != r.Verdict {
			r.Differing = append(r.Differing, f.Policies.Cluster.Pods[member].Name)
		}
	}
	slices.Sort(r.Differing)
	return r
}
