package netpol

// A DefaultDeny says whether a namespace denies by default in one direction: whether a Pod that is started in
// it tomorrow, with whatever labels, is isolated with nothing allowed.
type DefaultDeny struct {
	// Verdict is Restricted where the namespace denies by default, Open where it would but policies leave some of
	// its live Pods open, None where no policy denies by default, NotCoverable where it has no live Pod that
	// policies cover, Indeterminate where that hangs on a policy that can't be understood.
	Verdict Verdict `json:"verdict"`

	// Policies that deny by default: an empty pod selector, the direction among their types, no rule in it.
	Policies []PolicyRef `json:"policies,omitempty"`

	// IsolatesAll lists the policies with an empty pod selector and the direction among their types, whatever
	// they allow: Policies, and those that isolate every Pod but let something through.
	IsolatesAll []PolicyRef `json:"isolatesAll,omitempty"`

	// CancelledBy lists the policies that leave some live Pods of the namespace open.
	CancelledBy []PolicyRef `json:"cancelledBy,omitempty"`
}

// DefaultDeny returns whether a namespace denies by default.
func (r *Isolation) DefaultDeny(namespace string, d Direction) DefaultDeny { return DefaultDeny{} }
