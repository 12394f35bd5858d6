package report

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// summary is one page: a line a control, the parties, what to fix first.
func (d *pdfDocument) summary() {
	d.stateBlock()
	d.caption("Controls. Numbers count findings; a finding counts on every control that its check bears on. The 2022 edition leads.")
	d.controlTable()
	d.caption("Findings by responsible party, as the demarcation of responsibilities has it.")
	t := d.table(append([]pdfColumn{{title: "Party", width: 207}}, pdfCountColumns()...)...)
	for i := range d.r.Summary.ByResponsible {
		p := &d.r.Summary.ByResponsible[i]
		t.row(append([]pdfCell{{{words: partyWords(p.Responsible), style: pdfCellBig, anchor: "party:" + p.Responsible.String()}}}, countCells(&p.Counts)...)...)
	}
	t.end()
	d.firstCauses()
}

// firstCauses fills what is left of the page with causes and says how many more there are.
func (d *pdfDocument) firstCauses() {
	causes := d.r.Summary.Causes
	if len(causes) == 0 {
		d.paragraph("What to fix first: none. No finding calls for a remedy.")
		return
	}
	const tail = 24.0
	t := d.causeTable()
	page := d.out.PageNo()
	d.caption("What to fix first: one cause, one remedy, and what hangs on it. By responsible party; worst first.")
	shown := 0
	for _, party := range []audit.Party{audit.User, audit.Administrator} {
		budget := 3 // so that one party doesn't crowd out the other
		for i := range causes {
			if causes[i].Responsible != party || budget == 0 {
				continue
			}
			cells := causeCells(&causes[i], 150)
			if d.y+t.heightOf(cells)+tail+40 > pdfBottom || d.out.PageNo() != page {
				break
			}
			t.row(cells...)
			shown, budget = shown+1, budget-1
		}
	}
	t.end()
	if rest := len(causes) - shown; rest > 0 {
		d.pending = nil
		d.texts(pdfLeft, pdfWidth, pdfText{
			words: fmt.Sprintf("And %s: see Findings by responsible party.", counted(rest, "further cause")), style: pdfNote, anchor: "parties",
		})
	}
}

// causeTable begins a table of causes.
func (d *pdfDocument) causeTable() *pdfTable {
	return d.table(
		pdfColumn{title: "Status", width: 78}, pdfColumn{title: "Requirement and remedy", width: pdfWidth - 78 - 76 - 50 - 50},
		pdfColumn{title: "Responsible", width: 76}, pdfColumn{title: "Subjects", width: 50, right: true}, pdfColumn{title: "Findings", width: 50, right: true},
	)
}

// causeCells is a cause as a row; limit bounds its remedy, 0 for the usual limit.
func causeCells(c *Cause, limit int) []pdfCell {
	remedy := c.Remedy
	if short, cut := pdfCut(remedy, max(limit, 1)); limit > 0 && cut > 0 {
		remedy = strings.TrimSpace(short) + " …"
	}
	return []pdfCell{
		{pdfStatus(c.Status), {words: c.Severity.String(), style: pdfCellDim}},
		{
			{words: c.Check + "  " + c.Title, style: pdfCellBig, anchor: "check:" + c.Check, limit: 200},
			{words: orDash(c.Subject), style: pdfCellIn, limit: 200},
			{words: "Remedy: " + orDash(remedy), style: pdfCellIn},
			{words: c.Finding, style: pdfCellRef, anchor: "finding:" + c.Finding, limit: 100},
		},
		{{words: c.Responsible.String(), style: pdfCellIn}},
		{{words: grouped(c.Subjects), style: pdfCellIn}},
		{{words: grouped(c.Findings), style: pdfCellIn}},
	}
}

// partyWords names a party in full.
func partyWords(p audit.Party) string {
	switch p {
	case audit.User:
		return "User (application teams)"
	case audit.Administrator:
		return "Administrator (platform team)"
	}
	return "No party"
}

// controlTable is a row a control: its status and its counts.
func (d *pdfDocument) controlTable() {
	t := d.table(append([]pdfColumn{{title: "Control", width: 131}, {title: "Status", width: 76}}, pdfCountColumns()...)...)
	for i := range d.r.Summary.ByControl {
		c := &d.r.Summary.ByControl[i]
		t.row(append([]pdfCell{
			{{words: c.Control + "  (" + c.Edition + ")", style: pdfCellBig, anchor: "control:" + d.leadOf(c.Control)}, {words: c.Title, style: pdfCellDim}},
			{pdfStatus(c.Status)},
		}, countCells(&c.Counts)...)...)
	}
	if !t.drawn {
		d.pending = nil
		d.paragraph("Controls: none was assessed.")
	}
	t.end()
}

// pdfCountColumns are the columns of counts, worst first.
func pdfCountColumns() []pdfColumn {
	titles := []string{"Fail", "Not ass’d", "Warn- ing", "Waived", "At- tested", "Pass", "Not re- quested", "Not appl."}
	columns := make([]pdfColumn, len(titles))
	for i, title := range titles {
		columns[i] = pdfColumn{title: title, width: (pdfWidth - 207) / float64(len(titles)), right: true}
	}
	return columns
}

// countCells are the cells under pdfCountColumns.
func countCells(c *Counts) []pdfCell {
	cells := make([]pdfCell, 0, 8)
	for _, n := range []int{c.Fail, c.NotAssessed, c.Warning, c.Waived, c.Attested, c.Pass, c.NotRequested, c.NotApplicable} {
		text := pdfText{words: grouped(n), style: pdfCellBig}
		if n == 0 {
			text.style = pdfCellDim
		}
		cells = append(cells, pdfCell{text})
	}
	return cells
}
