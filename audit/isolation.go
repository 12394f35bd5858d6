package audit

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit/netpol"
)

// A WorkloadIsolation is how NetworkPolicies isolate a workload in one direction.
type WorkloadIsolation struct {
	Verdict    netpol.Verdict     // of its Pods the worst: none, open, indeterminate, restricted, notCoverable
	SelectedBy []netpol.PolicyRef // by any of its Pods, sorted
	Differing  []string           // names of the Pods whose verdict is another, sorted
	Example    int                // the first member with the verdict, for netpol's Explain
}

// isolationWorstFirst orders verdicts by how little they protect.
var isolationWorstFirst = []netpol.Verdict{
	netpol.None, netpol.Open, netpol.Indeterminate, netpol.Restricted, netpol.NotCoverable,
}

// Isolation returns how the policies isolate a workload. Pods of one workload can differ:
// their labels may. Where policies or Pods of the namespace are unread nothing is known.
func (f *Facts) Isolation(w *Workload, d netpol.Direction) WorkloadIsolation {
	var r WorkloadIsolation
	if _, unread := f.Unread(NetworkPolicies, w.Subject.Namespace); unread {
		return r
	}
	worst := len(isolationWorstFirst)
	for _, member := range w.Members {
		column := f.Policies.Isolation.Column(member, d)
		if rank := slices.Index(isolationWorstFirst, column.Verdict); rank < worst {
			worst, r.Verdict, r.Example = rank, column.Verdict, member
		}
		r.SelectedBy = append(r.SelectedBy, column.SelectedBy...)
	}
	slices.SortFunc(r.SelectedBy, netpol.PolicyRef.Compare)
	r.SelectedBy = slices.Compact(r.SelectedBy)
	for _, member := range w.Members {
		if f.Policies.Isolation.Column(member, d).Verdict != r.Verdict {
			r.Differing = append(r.Differing, f.Policies.Cluster.Pods[member].Name)
		}
	}
	slices.Sort(r.Differing)
	return r
}
