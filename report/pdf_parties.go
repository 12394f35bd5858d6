package report

import "github.com/kubevidence/kubevidence/audit"

func (d *pdfDocument) partiesOverview() {
	d.paragraph("Who answers for what follows from the demarcation of responsibilities: the user runs applications and what they declare, the " +
		"administrator runs the platform. An object in an administrator’s namespace is the administrator’s. Causes come first: one remedy " +
		"there settles every finding that hangs on it.")
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
