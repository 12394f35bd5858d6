package netpol

// An Explanation is the reason for a [Column].
type Explanation struct {
	Column

	// OpenedBy lists what leaves an open Pod open: every rule that does so alone or, if none does, a set of rules
	// that does so together and of which none can be missed. Another such set may exist; this one prefers the
	// earlier policies.
	OpenedBy []Rule `json:"openedBy,omitempty"`

	// Unparseable says why an indeterminate Pod is so.
	Unparseable []Unparseable `json:"unparseable,omitempty"`
}

// Explain returns the reason for the verdict on the Pod at an index of [Cluster.Pods].
func (r *Isolation) Explain(pod int, d Direction) Explanation {
	class := r.classes[r.classOf[pod]]
	decision := class.columns[d]
	e := Explanation{Column: decision.Column}
	switch decision.Verdict {
	case Open:
		e.OpenedBy = class.openedBy(d)
	case Indeterminate:
		for _, s := range decision.statements {
			e.Unparseable = append(e.Unparseable, s.sides[d].problems...)
		}
	}
	return e
}

func (c *class) openedBy(d Direction) []Rule {
	rules, of := certain(c.columns[d].statements, d)
	var opened []Rule
	for _, i := range c.opening(rules, d) {
		opened = append(opened, Rule{of[i], rules[i].path})
	}
	return opened
}
