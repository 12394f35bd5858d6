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
		for _, r := range a.Remainder {
			c.NotAssessed = append(c.NotAssessed, Remainder{What: r.What, Who: r.Who})
		}
		fillSlots(&c, attestations)
		list = append(list, c)
	}
	return list
}

// fillSlots notes the attestations in force at the entries of a control's list that they fill.
// One that names no entry of the list fills one of its own.
func fillSlots(c *Control, attestations []audit.AttestationState) {
	for i := range attestations {
		a := &attestations[i]
		inForce := a.State == "active" || a.State == "expiring" || a.State == "unused"
		if !inForce || a.Control != c.ID && !slices.Contains(c.MappedTo, a.Control) {
			continue
		}
		n := -1
		if a.Evidences != "" {
			n = slices.IndexFunc(c.NotAssessed, func(r Remainder) bool {
				return strings.Contains(strings.ToLower(r.What), strings.ToLower(a.Evidences))
			})
		}
		if n < 0 {
			c.NotAssessed = append(c.NotAssessed, Remainder{What: a.Statement, Who: strings.TrimSpace(a.By + ", " + a.Role)})
			n = len(c.NotAssessed) - 1
		}
		c.NotAssessed[n].Attestations = append(c.NotAssessed[n].Attestations, a.ID)
	}
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
