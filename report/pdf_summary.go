package report

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// summary is one page: a line a control, the parties, what to fix first.
func (d *pdfDocument) summary() {
	d.stateBlock(false)
	d.caption("Controls. Numbers count findings; a finding counts on every control that its check bears on. Other: not requested or not applicable.")
	d.controlTable()
	d.caption("Findings by responsible party, as the demarcation of responsibilities has it.")
	t := d.table(append([]pdfColumn{{title: "Party", width: 222}}, pdfCountColumns()...)...)
	for i := range d.r.Summary.ByResponsible {
		p := &d.r.Summary.ByResponsible[i]
		t.row(append([]pdfCell{{{words: partyWords(p.Responsible), style: pdfCellBig, anchor: "party:" + p.Responsible.String()}}}, countCells(&p.Counts)...)...)
	}
	t.end()
	d.firstCauses()
}

// firstCauses fills what is left of the page with causes, in turn from each party, and says
// how many more there are. A remedy stands whole, or its first sentence does.
func (d *pdfDocument) firstCauses() {
	causes := d.r.Summary.Causes
	if len(causes) == 0 {
		d.paragraph("What to fix first: none. No finding calls for a remedy.")
		return
	}
	t := d.table(
		pdfColumn{title: "Status", width: 64}, pdfColumn{title: "Requirement and remedy", width: pdfWidth - 64 - 70 - 46 - 46},
		pdfColumn{title: "Responsible", width: 70}, pdfColumn{title: "Subjects", width: 46, right: true}, pdfColumn{title: "Findings", width: 46, right: true},
	)
	page := d.out.PageNo()
	d.caption("What to fix first: one cause, one remedy, and what hangs on it. In turn from each party, its worst first.")
	shown, full := 0, map[audit.Party]bool{}
	for _, c := range inTurn(causes) {
		if full[c.Responsible] {
			continue // a lesser one isn't shown in place of a worse one
		}
		cells := d.briefCause(t, &c)
		if cells == nil || d.out.PageNo() != page {
			full[c.Responsible] = true
			continue
		}
		t.row(cells...)
		shown++
	}
	t.end()
	if rest := len(causes) - shown; rest > 0 {
		d.pending = nil
		d.texts(pdfWidth, pdfText{
			words: fmt.Sprintf("And %s: see Findings by responsible party.", counted(rest, "further cause")), style: pdfNote, anchor: "parties",
		})
	}
}

// briefCause is a cause as a row of the summary: what and how, no more; nil where the page
// has no room for it.
func (d *pdfDocument) briefCause(t *pdfTable, c *Cause) []pdfCell {
	const short = 240            // a remedy that doesn't crowd out the next
	room := pdfBottom - d.y - 24 // for what follows the table
	if !t.drawn {
		room -= 40 // for its caption and head
	}
	cells := causeCells(c)
	cells[0] = cells[0][:1]
	what := cells[1][0]
	remedy := oneLine(c.Remedy)
	if len(remedy) > short {
		remedy = firstSentence(remedy)
	}
	cells[1] = pdfCell{what, {words: orDash(remedy), style: pdfCellDim}}
	if t.heightOf(cells) > room {
		return nil
	}
	return cells
}

// causeTable begins a table of causes.
func (d *pdfDocument) causeTable() *pdfTable {
	return d.table(
		pdfColumn{title: "Status", width: 78}, pdfColumn{title: "Requirement and remedy", width: pdfWidth - 78 - 66 - 46 - 46},
		pdfColumn{title: "Responsible", width: 66}, pdfColumn{title: "Subjects", width: 46, right: true}, pdfColumn{title: "Findings", width: 46, right: true},
	)
}

// causeCells is a cause as a row.
func causeCells(c *Cause) []pdfCell {
	return []pdfCell{
		{pdfStatus(c.Status), {words: c.Severity.String(), style: pdfCellDim}},
		{
			{words: c.Check + "  " + c.Title, style: pdfCellBig, anchor: "check:" + c.Check, limit: 200},
			{words: orDash(strings.Join(firstOf(c.Places, 12, "place"), ", ")), style: pdfCellIn, limit: 800},
			{words: "Remedy: " + orDash(c.Remedy), style: pdfCellIn},
			{words: c.Finding, style: pdfCellRef, anchor: "finding:" + c.Finding, limit: 100},
		},
		{{words: c.Responsible.String(), style: pdfCellIn}},
		{{words: grouped(c.Subjects), style: pdfCellIn}},
		{{words: grouped(c.Findings), style: pdfCellIn}},
	}
}

// controlTable is a row a control: its status and its counts.
func (d *pdfDocument) controlTable() {
	t := d.table(append([]pdfColumn{{title: "Control", width: 145}, {title: "Status", width: 77}}, pdfCountColumns()...)...)
	for i := range d.r.Summary.ByControl {
		c := &d.r.Summary.ByControl[i]
		edition := ""
		if c.Edition != "2022" {
			edition = " (" + c.Edition + ")"
		}
		t.row(append([]pdfCell{
			{{words: c.Control + "  " + c.Title + edition, style: pdfCellBig, anchor: "control:" + d.leadOf(c.Control), limit: 200}},
			{pdfStatus(c.Status)},
		}, countCells(&c.Counts)...)...)
	}
	if !t.drawn {
		d.pending = nil
		d.paragraph("Controls: none was assessed.")
	}
	t.end()
}

// pdfCountColumns are the columns of counts, worst first; Other is what wasn't requested or
// doesn't apply.
func pdfCountColumns() []pdfColumn {
	titles := []string{"Fail", "Not ass’d", "Warning", "Waived", "Attested", "Pass", "Other"}
	columns := make([]pdfColumn, len(titles))
	for i, title := range titles {
		columns[i] = pdfColumn{title: title, width: (pdfWidth - 222) / float64(len(titles)), right: true}
	}
	return columns
}

// countCells are the cells under pdfCountColumns.
func countCells(c *Counts) []pdfCell {
	cells := make([]pdfCell, 0, 7)
	for _, n := range []int{c.Fail, c.NotAssessed, c.Warning, c.Waived, c.Attested, c.Pass, c.NotRequested + c.NotApplicable} {
		text := pdfText{words: grouped(n), style: pdfCellBig}
		if n == 0 {
			text.style = pdfCellDim
		}
		cells = append(cells, pdfCell{text})
	}
	return cells
}
