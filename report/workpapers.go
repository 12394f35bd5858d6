package report

import (
	"slices"

	"github.com/kubevidence/kubevidence/controls"
)

// workpapers writes down how each control came out, in the order of the assessments. A
// criterion is the organization's statement of applicability for the control.
func workpapers(assessments []controls.Assessment, criteria map[string]string) []Control {
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
		for _, r := range a.Remainder {
			c.NotAssessed = append(c.NotAssessed, Remainder{What: r.What, Who: r.Who})
		}
		list = append(list, c)
	}
	return list
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
