package report

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
)

// workpapers writes down how each control came out, in the order of the assessments. A
// criterion is the organization's statement of applicability for the control.
func workpapers(assessments []controls.Assessment, criteria map[string]string, attestations []audit.AttestationState) []Control {
	var list []Control
	for i := range assessments {
		a := &assessments[i]
		c := Control{
			ID: a.ID, Edition: a.Edition, Title: a.Title, MappedTo: a.MappedTo,
			Intent: a.Intent, Criterion: criteria[a.ID], Procedure: a.Procedure,
			Status: a.Status, Counts: Counts(a.Counts), Population: Counts(a.Counts).Assessed(),
		}
		for _, b := range a.Checks {
			c.Checks = append(c.Checks, ControlCheck{
				Check: b.Check, Role: b.Role, Why: b.Why, Status: b.Status, Counts: Counts(b.Counts),
			})
		}
		slices.SortStableFunc(c.Checks, func(a, b ControlCheck) int { return strings.Compare(a.Check, b.Check) })
		for _, r := range a.Remainder {
			c.NotAssessed = append(c.NotAssessed, Remainder{What: r.What, Who: r.Who})
		}
		fillSlots(&c, attestations)
		list = append(list, c)
	}
	return list
}

// fillSlots notes the attestations in force at the entries of a control's list that they fill.
// One that names none is an entry of its own.
func fillSlots(c *Control, attestations []audit.AttestationState) {
	for i := range attestations {
		a := &attestations[i]
		if !a.Holds() || a.Control != c.ID && !slices.Contains(c.MappedTo, a.Control) {
			continue
		}
		n := len(c.NotAssessed)
		if a.Evidences == "" {
			c.NotAssessed = append(c.NotAssessed, Remainder{What: a.Statement, Who: strings.TrimSpace(a.By + ", " + a.Role)})
		} else if n = entry(c, a.Evidences); n < 0 {
			continue // of the counterpart, which has an entry that this control doesn't
		}
		c.NotAssessed[n].Attestations = append(c.NotAssessed[n].Attestations, a.ID)
	}
}

// entry is the one entry of a control's list that holds words, -1 where there isn't one.
func entry(c *Control, words string) int {
	var whats []string
	for _, rest := range c.NotAssessed {
		whats = append(whats, rest.What)
	}
	if found := audit.Entries(whats, words); len(found) == 1 {
		return found[0]
	}
	return -1
}

// editions describes the editions that controls were assessed of.
func editions(assessed []Control) []Edition {
	var list []Edition
	for _, e := range controls.Editions() {
		if slices.ContainsFunc(assessed, func(c Control) bool { return c.Edition == e.Name }) {
			list = append(list, Edition{Edition: e.Name, Standard: e.Standard, Note: e.Note})
		}
	}
	return list
}
