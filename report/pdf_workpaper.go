package report

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// workpaper is a control's chapter.
func (d *pdfDocument) workpaper(p controlPair) {
	c := p.lead
	if len(p.beside) == 0 {
		d.labelled(92, append([]pdfLabelled{{"Status", pdfCell{pdfStatus(c.Status)}}}, is("Edition", c.Edition), is("Counts", countWords(&c.Counts)),
			is("Population", populationWords(c)), is("Intent", c.Intent), is("Criterion", stated(c.Criterion)), is("Procedure", c.Procedure)))
	} else {
		d.editionsBeside(p)
		d.labelled(92, []pdfLabelled{is("Procedure", c.Procedure)})
	}
	d.heading("Results by check")
	d.checkResults(p)
	d.heading("Deviations and what could not be assessed")
	d.controlDeviations(c)
	d.threeLists(p)
	d.conclusion()
}

// editionsBeside sets the control that leads beside its counterparts, a column each.
func (d *pdfDocument) editionsBeside(p controlPair) {
	all := append([]*Control{p.lead}, p.beside...)
	const label = 92.0
	width := (pdfWidth - label) / float64(len(all))
	columns := []pdfColumn{{title: " ", width: label}}
	for _, c := range all {
		columns = append(columns, pdfColumn{title: "ISO/IEC 27001:" + c.Edition + ", " + c.ID, width: width, gap: 8})
	}
	t := d.table(columns...)
	line := func(words string, cell func(*Control) pdfText) {
		cells := []pdfCell{{{words: words, style: pdfLabel}}}
		for _, c := range all {
			cells = append(cells, pdfCell{cell(c)})
		}
		t.row(cells...)
	}
	in := func(words string) pdfText { return pdfText{words: words, style: pdfCellIn} }
	line("Title", func(c *Control) pdfText { return pdfText{words: c.Title, style: pdfCellBig} })
	line("Status", func(c *Control) pdfText { return pdfStatus(c.Status) })
	line("Counts", func(c *Control) pdfText { return in(countWords(&c.Counts)) })
	line("Population", func(c *Control) pdfText { return in(populationWords(c)) })
	line("Intent", func(c *Control) pdfText { return in(c.Intent) })
	line("Criterion", func(c *Control) pdfText { return in(stated(c.Criterion)) })
}

// checkResults is a row a check that bears on the control, with its role in each edition.
func (d *pdfDocument) checkResults(p controlPair) {
	if len(p.lead.Checks) == 0 {
		d.paragraph("None: no check of this evaluation bears on the control.")
		return
	}
	d.caption("A check that only supports a control shows on it as a Warning where it fails, never as a Fail.")
	columns := append([]pdfColumn{{title: "Check, and why it bears on the control", width: 145}, {title: "On this control", width: 77}}, pdfCountColumns()...)
	t := d.table(columns...)
	for i := range p.lead.Checks {
		c := &p.lead.Checks[i]
		title := ""
		if check := d.checks[c.Check]; check != nil {
			title = check.Title
		}
		cell := pdfCell{
			{words: c.Check + "  " + title, style: pdfCellBig, anchor: "check:" + c.Check, limit: 200},
			{words: c.Why, style: pdfCellDim},
		}
		for _, other := range p.beside {
			for j := range other.Checks {
				if o := &other.Checks[j]; o.Check == c.Check && o.Role != c.Role {
					cell = append(cell, pdfText{words: fmt.Sprintf("%s on %s.", o.Role, other.ID), style: pdfCellDim})
				}
			}
		}
		t.row(append([]pdfCell{cell, {pdfStatus(c.Status), {words: string(c.Role), style: pdfCellDim}}}, countCells(&c.Counts)...)...)
	}
	t.end()
}

// controlDeviations lists the deviations of a control's checks, worst first.
func (d *pdfDocument) controlDeviations(c *Control) {
	roles := map[string]audit.Role{}
	for i := range c.Checks {
		roles[c.Checks[i].Check] = c.Checks[i].Role
	}
	deviations := d.worst(func(f *audit.Finding) bool { return roles[f.Check] != "" && deviates(f) })
	if len(deviations) == 0 {
		d.paragraph("None.")
		return
	}
	d.findingRows(deviations[:min(len(deviations), pdfMaxDeviations)], func(f *audit.Finding) string {
		if roles[f.Check] == audit.Supporting && f.Status == audit.Fail {
			return "supporting: a Warning on this control"
		}
		return string(roles[f.Check])
	})
	d.leftOutFindings(len(deviations) - pdfMaxDeviations)
}

// threeLists says what the tool assessed, what it did not, and who evidences the rest.
func (d *pdfDocument) threeLists(p controlPair) {
	c := p.lead
	var assessed, not []string
	for i := range c.Checks {
		check := &c.Checks[i]
		words := check.Check
		if known := d.checks[check.Check]; known != nil {
			words += ": " + known.Title
		}
		switch n := &check.Counts; {
		case n.Pass+n.Warning+n.Fail+n.Waived > 0:
			assessed = append(assessed, words)
		case n.NotAssessed > 0:
			not = append(not, words+" (could not be assessed)")
		case n.NotRequested > 0:
			not = append(not, words+" (not requested)")
		case n.Attested > 0:
			not = append(not, words+" (declared by a person: attested)")
		default:
			not = append(not, words+" (no subject in this cluster)")
		}
	}
	var evidenced []string
	for _, rest := range append(slices.Clone(c.NotAssessed), besideRest(p)...) {
		if !slices.Contains(not, rest.What) {
			not = append(not, rest.What)
		}
		if slot := rest.Who + ": " + rest.words(); !slices.Contains(evidenced, slot) {
			evidenced = append(evidenced, slot)
		}
	}
	slices.Sort(evidenced) // by who
	d.list("Assessed by the tool", assessed, "None.")
	d.list("Not assessed by the tool", not, "None stated.")
	d.list("Evidenced by a person", evidenced, "None stated.")
}

// besideRest is what no tool shows of the counterparts.
func besideRest(p controlPair) []Remainder {
	var rest []Remainder
	for _, c := range p.beside {
		rest = append(rest, c.NotAssessed...)
	}
	return rest
}

// list is a heading and its items, or a sentence where there is none.
func (d *pdfDocument) list(title string, items []string, none string) {
	d.heading(title)
	if len(items) == 0 {
		d.paragraph(none)
		return
	}
	d.bullets(items)
}

// conclusion is what the auditor fills in: two lines at least, four where there is room.
func (d *pdfDocument) conclusion() {
	const step, heading = 20.0, 32.0
	lines := max(2, min(4, int((pdfBottom-d.y-heading)/step)))
	d.heading("Conclusion (the auditor’s)")
	d.place(float64(lines) * step)
	for range lines {
		d.y += step
		d.rule(pdfLeft, pdfLeft+pdfWidth, d.y, pdfRule, 0.6)
	}
	d.y += 12
}
