package controls

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// An Assessment is how one control comes out of one evaluation. It is evidence for an
// auditor's conclusion, never the conclusion.
type Assessment struct {
	Control
	Status audit.Status
	Counts Counts    // of the findings of all its checks
	Checks []Bearing // in the order of the list of checks
}

// A Bearing is a check as it bears on a control.
type Bearing struct {
	Check  string // ID
	Role   audit.Role
	Why    string       // one sentence
	Status audit.Status // on this control: a supporting Fail is a Warning
	Counts Counts       // on this control, likewise
}

// Assess rolls findings up to the controls of the editions named, of all where none is:
// the edition in force first, controls in the order of the standard. The worst finding
// decides (see [audit.RollUp]), where a Fail of a check that only supports the control
// counts as a Warning. A check without any finding, and a control without any check, is
// NotAssessed; with findings that are all NotApplicable it is NotApplicable.
func Assess(findings []audit.Finding, checks []audit.Check, editions ...string) []Assessment {
	counts := make(map[string]Counts, len(checks))
	for i := range findings {
		c := counts[findings[i].Check]
		c.Add(findings[i].Status, findings[i].Reason)
		counts[findings[i].Check] = c
	}
	var assessments []Assessment
	for _, e := range Editions() {
		if len(editions) > 0 && !slices.Contains(editions, e.Name) {
			continue
		}
		for _, control := range e.Controls {
			assessments = append(assessments, assess(control, checks, counts))
		}
	}
	return assessments
}

func assess(control Control, checks []audit.Check, counts map[string]Counts) Assessment {
	a := Assessment{Control: control}
	unjudged := false // by a check that has no finding
	for i := range checks {
		for _, ref := range checks[i].Controls {
			if ref.Control != control.ID {
				continue
			}
			b := Bearing{Check: checks[i].ID, Role: ref.Role, Why: ref.Why, Counts: counts[checks[i].ID]}
			if ref.Role != audit.Direct {
				b.Counts = b.Counts.supporting()
			}
			b.Status = b.Counts.Status()
			unjudged = unjudged || b.Counts == Counts{}
			a.Counts = a.Counts.plus(b.Counts)
			a.Checks = append(a.Checks, b)
		}
	}
	a.Status = a.Counts.Status()
	if unjudged {
		a.Status = audit.Worse(a.Status, audit.NotAssessed)
	}
	return a
}
