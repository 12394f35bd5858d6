package report

import "github.com/kubevidence/kubevidence/report/compare"

// pdfMaxChanges is how many findings of one change the PDF lists.
const pdfMaxChanges = 100

// since is what changed since the earlier record, and the trend.
func (d *pdfDocument) since() {
	d.changes(d.r.Changes)
	d.trend(newTrend(d.r))
}

// changes is what changed since the earlier record: numbers, then the findings.
func (d *pdfDocument) changes(c *compare.Comparison) {
	if c == nil {
		return
	}
	d.heading("What changed")
	words := "Compared with record " + c.Older.UID + " of " + utc(c.Older.GeneratedAt) + "."
	for _, h := range c.PassedOver {
		words += " " + capital(h.Words) + ": what changed may be due to that."
	}
	d.paragraph(words)
	t := d.table(pdfColumn{title: "Change", width: 110}, pdfColumn{title: "Meaning", width: pdfWidth - 180}, pdfColumn{title: "Findings", width: 70, right: true})
	for _, p := range parts(c) {
		t.row(pdfCell{{words: p.Title, style: pdfCellBig}}, pdfCell{{words: p.Meaning, style: pdfCellIn}}, number1(p.N))
	}
	t.end()
	for _, p := range parts(c) {
		d.changed(&p)
	}
}

// changed lists the findings of one change.
func (d *pdfDocument) changed(p *changePart) {
	if len(p.Entries) == 0 {
		return
	}
	d.heading(p.Title)
	t := d.table(pdfColumn{title: "Check and object", width: pdfWidth - 150}, pdfColumn{title: "Before", width: 75}, pdfColumn{title: "After", width: 75})
	shown := p.Entries[:min(len(p.Entries), pdfMaxChanges)]
	for i := range shown {
		e := &shown[i]
		cell := pdfCell{{words: e.Check + " " + e.Subject.String(), style: pdfCellBig, limit: 300}, {words: e.Message, style: pdfCellIn, limit: 400}}
		if e.Why != "" {
			cell = append(cell, pdfText{words: e.Why, style: pdfCellDim, limit: 300})
		}
		t.row(cell, pdfCell{{words: statusOrNone(e.Before), style: pdfCellIn}}, pdfCell{{words: statusOrNone(e.After), style: pdfCellIn}})
	}
	t.end()
	d.leftOut(p.N-len(shown), "finding", "the worst are shown")
}

// trend is what earlier evaluations came to: the picture, and the table.
func (d *pdfDocument) trend(t *trend) {
	if t == nil {
		return
	}
	d.heading("Earlier evaluations")
	d.paragraph(t.RunWords())
	d.caption(t.Words())
	d.picture(t.picture())
	d.caption("The same as a table.")
	w := d.table(append([]pdfColumn{{title: "Evaluation", width: 222}}, pdfCountColumns()...)...)
	for i := range t.Shown {
		w.row(append([]pdfCell{{{words: utc(t.Shown[i].GeneratedAt), style: pdfCellBig}}}, countCells(&t.Shown[i].Counts)...)...)
	}
	w.end()
	if others := t.OtherWords(); len(others) > 0 {
		d.paragraph("In the same folder, and not compared:")
		for _, words := range others {
			d.paragraph(words)
		}
	}
}
