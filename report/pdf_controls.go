package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// A pdfPair is a control's chapter: the control that leads and its counterparts in the
// other edition.
type pdfPair struct {
	lead   *Control
	beside []*Control
}

func (p pdfPair) title() string {
	title := p.lead.ID + "  " + p.lead.Title
	for _, c := range p.beside {
		title += " (" + c.Edition + ": " + c.ID + ")"
	}
	return title
}

// pairControls lets the controls of 2022 lead, with their counterparts of 2013 beside
// them; a control without a counterpart stands alone.
func pairControls(controls []Control) []pdfPair {
	var pairs []pdfPair
	taken := map[string]bool{}
	for i := range controls {
		if controls[i].Edition != "2022" {
			continue
		}
		pair := pdfPair{lead: &controls[i]}
		for j := range controls {
			c := &controls[j]
			if c.Edition != "2022" && (slices.Contains(pair.lead.MappedTo, c.ID) || slices.Contains(c.MappedTo, pair.lead.ID)) {
				pair.beside = append(pair.beside, c)
				taken[c.ID] = true
			}
		}
		pairs = append(pairs, pair)
	}
	for i := range controls {
		if c := &controls[i]; c.Edition != "2022" && !taken[c.ID] {
			pairs = append(pairs, pdfPair{lead: c})
		}
	}
	return pairs
}

// leadOf is the control whose chapter speaks of a control.
func (d *pdfDocument) leadOf(id string) string {
	for _, pair := range d.pairs {
		if slices.ContainsFunc(pair.beside, func(c *Control) bool { return c.ID == id }) {
			return pair.lead.ID
		}
	}
	return id
}

func (d *pdfDocument) controlsOverview() {
	d.paragraph("A workpaper a control: intent, criterion, procedure, population, results, deviations, and what the tool does not assess. " +
		"The intent is worded by this tool; the standard's own text is the standard's. The conclusion is left for the auditor.")
	if len(d.pairs) == 0 {
		d.paragraph("None: the record assesses no control.")
	}
}

// workpaper is a control's chapter.
func (d *pdfDocument) workpaper(p pdfPair) {
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
func (d *pdfDocument) editionsBeside(p pdfPair) {
	all := append([]*Control{p.lead}, p.beside...)
	const label = 92.0
	width := (pdfWidth - label) / float64(len(all))
	columns := []pdfColumn{{title: " ", width: label}}
	for _, c := range all {
		columns = append(columns, pdfColumn{title: "ISO/IEC 27001:" + c.Edition + ", " + c.ID, width: width})
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

func populationWords(c *Control) string {
	return fmt.Sprintf("%s of %s findings in scope were assessed.", grouped(c.Population.Numerator), grouped(c.Population.Denominator))
}

// checkResults is a row a check that bears on the control, with its role in each edition.
func (d *pdfDocument) checkResults(p pdfPair) {
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

// deviates reports whether a finding asks for attention: what wasn't requested, passes
// and what doesn't apply do not.
func deviates(f *audit.Finding) bool {
	switch f.Status {
	case audit.Fail, audit.Warning, audit.Waived:
		return true
	case audit.NotAssessed:
		return f.Reason != audit.NotRequested
	}
	return false
}

// leftOutFindings says how many findings a list leaves out and where they are.
func (d *pdfDocument) leftOutFindings(n int) {
	if n > 0 {
		d.texts(pdfLeft, pdfWidth, pdfText{
			words: counted(n, "finding") + " left out here, the least bad: see All findings.", style: pdfNote, anchor: "findings",
		})
		d.y += 4
	}
}

// findingRows is a short row a finding; note is a word about each.
func (d *pdfDocument) findingRows(findings []*audit.Finding, note func(*audit.Finding) string) {
	t := d.table(pdfColumn{title: "Status", width: 82}, pdfColumn{title: "Subject", width: 150}, pdfColumn{title: "What was found", width: pdfWidth - 232})
	for _, f := range findings {
		words := severityWords(f)
		if more := note(f); more != "" {
			words += ", " + more
		}
		t.row(pdfCell{pdfStatus(f.Status), {words: words, style: pdfCellDim}},
			pdfCell{
				{words: f.Subject.String(), style: pdfCellBig, limit: 200},
				{words: f.ID, style: pdfCellRef, anchor: "finding:" + f.ID, limit: 100},
			},
			foundCell(f),
		)
	}
	t.end()
}

// foundCell is what was found, and the finding that explains it.
func foundCell(f *audit.Finding) pdfCell {
	cell := pdfCell{{words: f.Message, style: pdfCellIn, limit: 500}}
	if f.Cause != "" {
		cell = append(cell, pdfText{words: "explained by " + f.Cause, style: pdfCellRef, anchor: "finding:" + f.Cause, limit: 100})
	}
	return cell
}

// severityWords is a finding's severity, or why it isn't assessed.
func severityWords(f *audit.Finding) string {
	if f.Status == audit.NotAssessed {
		return reasonWords(f.Reason)
	}
	return f.Severity.String()
}

func reasonWords(r audit.Reason) string {
	if r == audit.NotRequested {
		return "not requested"
	}
	return string(r)
}

// threeLists says what the tool assessed, what it did not, and who evidences the rest.
func (d *pdfDocument) threeLists(p pdfPair) {
	c := p.lead
	var assessed, not []string
	for i := range c.Checks {
		check := &c.Checks[i]
		words := check.Check
		if known := d.checks[check.Check]; known != nil {
			words += ": " + known.Title
		}
		switch n := &check.Counts; {
		case n.Pass+n.Warning+n.Fail+n.Waived+n.Attested > 0:
			assessed = append(assessed, words)
		case n.NotAssessed > 0:
			not = append(not, words+" (could not be assessed)")
		case n.NotRequested > 0:
			not = append(not, words+" (not requested)")
		default:
			not = append(not, words+" (no subject in this cluster)")
		}
	}
	var parties []string
	whats := map[string][]string{}
	for _, rest := range append(slices.Clone(c.NotAssessed), besideRest(p)...) {
		if slices.Contains(whats[rest.Who], rest.What) {
			continue
		}
		if whats[rest.Who] == nil {
			parties = append(parties, rest.Who)
		}
		whats[rest.Who] = append(whats[rest.Who], rest.What)
		if !slices.Contains(not, rest.What) {
			not = append(not, rest.What)
		}
	}
	var who []string
	for _, party := range parties {
		who = append(who, party+": "+strings.Join(whats[party], "; "))
	}
	d.list("Assessed by the tool", assessed, "None.")
	d.list("Not assessed by the tool", not, "None stated.")
	d.list("Who evidences the rest", who, "None stated.")
}

// besideRest is what no tool shows of the counterparts.
func besideRest(p pdfPair) []Remainder {
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

// conclusion is what the auditor fills in.
func (d *pdfDocument) conclusion() {
	d.heading("Conclusion (the auditor’s)")
	const lines, step = 4, 20.0
	d.place(lines*step + 12)
	for range lines {
		d.y += step
		d.rule(pdfLeft, pdfLeft+pdfWidth, d.y, pdfRule, 0.6)
	}
	d.y += 12
}
