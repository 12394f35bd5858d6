package netpol

import "slices"

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
func (r *Isolation) DefaultDeny(namespace string, d Direction) DefaultDeny {
	var deny DefaultDeny
	maybe := false
	for _, s := range r.ofNamespace[namespace] {
		side := &s.sides[d]
		if !side.isolates || !s.selector.everything() {
			continue
		}
		if side.unsure {
			maybe = maybe || len(side.rules) == 0
			continue
		}
		deny.IsolatesAll = append(deny.IsolatesAll, s.ref)
		if len(side.rules) == 0 {
			deny.Policies = append(deny.Policies, s.ref)
		}
	}

	covered, unclear := false, false
	seen := map[*decision]bool{}
	for _, class := range r.byNamespace[namespace] {
		decision := class.columns[d]
		if class.hostNetwork || seen[decision] {
			continue
		}
		seen[decision] = true
		covered = true
		unclear = unclear || decision.Verdict == Indeterminate
		if decision.Verdict == Open {
			for _, rule := range class.openedBy(d) {
				deny.CancelledBy = append(deny.CancelledBy, rule.Policy)
			}
		}
	}
	slices.SortFunc(deny.CancelledBy, PolicyRef.Compare)
	deny.CancelledBy = slices.Compact(deny.CancelledBy)

	switch {
	case !covered:
		deny.Verdict = NotCoverable
	case len(deny.Policies) == 0 && !maybe:
		deny.Verdict = None
	case len(deny.CancelledBy) > 0:
		deny.Verdict = Open
	case len(deny.Policies) == 0 || unclear:
		deny.Verdict = Indeterminate
	default:
		deny.Verdict = Restricted
	}
	return deny
}
