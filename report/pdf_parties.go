package report

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

func (d *pdfDocument) partiesOverview() {
	d.paragraph("Who answers for what follows from the demarcation of responsibilities: the user runs applications and what they declare, the " +
		"administrator runs the platform. An object in an administrator’s namespace is the administrator’s. Causes come first: one remedy " +
		"there settles every finding that hangs on it.")
	d.heat(newHeatMap(d.r))
}

// heat is where what asks for attention is: the picture, and the table.
func (d *pdfDocument) heat(m *heatMap) {
	if len(m.Namespaces) == 0 {
		return
	}
	d.heading("Namespaces and checks")
	d.caption(m.Words())
	d.picture(m.picture())
	d.caption("The same as a table. What isn’t named passes there, wasn’t requested or doesn’t apply.")
	wide := (pdfWidth - 110) / 4
	t := d.table(pdfColumn{title: "Namespace", width: 110}, pdfColumn{title: "Fail", width: wide}, pdfColumn{title: "Not assessed", width: wide},
		pdfColumn{title: "Warning", width: wide}, pdfColumn{title: "Waived or attested", width: wide})
	for _, row := range m.Rows() {
		cells := []pdfCell{{{words: row.Namespace, style: pdfCellBig, limit: 100}}}
		for _, checks := range [][]string{row.Fail, row.NotAssessed, row.Warning, row.Settled} {
			cells = append(cells, pdfCell{{words: orDash(strings.Join(checks, ", ")), style: pdfCellIn, limit: 400}})
		}
		t.row(cells...)
	}
	t.end()
}

// party is what one party has to do: causes, then the findings one by one.
func (d *pdfDocument) party(party audit.Party) {
	d.heading("Causes and remedies")
	t := d.causeTable()
	for i := range d.r.Summary.Causes {
		if c := &d.r.Summary.Causes[i]; c.Responsible == party {
			t.row(causeCells(c)...)
		}
	}
	if !t.drawn {
		d.paragraph("None: nothing calls for a remedy.")
	}
	t.end()

	findings := d.worst(func(f *audit.Finding) bool { return f.Responsible == party && deviates(f) })
	d.heading("Findings that deviate or could not be assessed")
	if len(findings) == 0 {
		d.paragraph("None.")
		return
	}
	d.findingRows(findings[:min(len(findings), pdfMaxByParty)], func(*audit.Finding) string { return "" })
	d.leftOutFindings(len(findings) - pdfMaxByParty)
}
