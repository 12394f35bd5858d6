package netpol

// An Explanation is the reason for a [Column].
type Explanation struct {
	Column

	// OpenedBy lists rules that leave an open Pod open: together they allow everything, and none of them can be
	// missed. Other sets of rules may do so too; this one is the first in the order of policies.
	OpenedBy []Rule `json:"openedBy,omitempty"`

	// Unparseable says why an indeterminate Pod is so.
	Unparseable []Unparseable `json:"unparseable,omitempty"`
}

// Explain returns the reason for the verdict on the Pod at an index of [Cluster.Pods].
func (r *Isolation) Explain(pod int, d Direction) Explanation { return Explanation{} }
