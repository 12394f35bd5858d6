package report

import "github.com/kubevidence/kubevidence/audit"

func (d *pdfDocument) closing() {
	d.paragraph("What this report does not show, what its words mean, and who answers for what.")
}

// limitations says what the record does not show.
func (d *pdfDocument) limitations() {
	if len(d.r.Limitations) == 0 {
		d.paragraph("None is recorded.")
		return
	}
	d.bullets(d.r.Limitations)
}

// glossary relates the statuses to the language of audits, and explains the other words.
func (d *pdfDocument) glossary() {
	d.caption("Statuses, worst first: a check has the worst status of its subjects, a control the worst of its checks.")
	t := d.table(pdfColumn{title: "Status", width: 92}, pdfColumn{title: "In the language of audits", width: 150}, pdfColumn{title: "Meaning", width: pdfWidth - 242})
	for _, s := range audit.Statuses {
		t.row(pdfCell{pdfStatus(s)}, pdfCell{{words: statusWords[s].terms, style: pdfCellIn}}, pdfCell{{words: statusWords[s].meaning, style: pdfCellIn}})
	}
	t.end()
	d.caption("Other words.")
	rows := make([]pdfLabelled, 0, len(glossary))
	for _, term := range glossary {
		rows = append(rows, is(term.Word, term.Meaning))
	}
	d.labelled(112, rows)
}

// responsibilities is the demarcation that findings are divided by.
func (d *pdfDocument) responsibilities() {
	if len(d.r.Responsibilities) == 0 {
		d.paragraph("None is recorded.")
		return
	}
	for i := range d.r.Responsibilities {
		duty := &d.r.Responsibilities[i]
		d.list(partyWords(duty.Responsible), duty.Duties, "None is recorded.")
	}
}
