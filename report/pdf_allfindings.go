package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// allFindings is every finding in detail, worst first.
func (d *pdfDocument) allFindings() {
	if len(d.findings) == 0 {
		d.paragraph("None. No check had anything to say.")
		return
	}
	if left := len(d.findings) - len(d.shown); left > 0 {
		d.paragraph(fmt.Sprintf("%s of %s are listed, worst first; %s, the least bad, are left out here. The record has all.",
			grouped(len(d.shown)), counted(len(d.findings), "finding"), grouped(left)))
	}
	d.caption("Worst first. A command reproduces the observation; it reads only.")
	t := d.table(pdfColumn{title: "Status, finding", width: 112}, pdfColumn{title: "Subject, observation, evidence", width: pdfWidth - 112})
	for _, f := range d.shown {
		title := ""
		if check := d.checks[f.Check]; check != nil {
			title = check.Title
		}
		t.rowAt("finding:"+f.ID, findingStanding(f), findingDetail(f, title))
	}
	t.end()
}

// findingStanding is a finding's status, ID and what it hangs together with.
func findingStanding(f *audit.Finding) pdfCell {
	cell := pdfCell{
		pdfStatus(f.Status),
		{words: f.ID, style: pdfCellKey, limit: 100},
		{words: severityWords(f) + ", " + f.Responsible.String(), style: pdfCellDim},
	}
	if f.Before != nil {
		cell = append(cell, pdfText{words: "before: " + statusWords[*f.Before].word, style: pdfCellDim})
	}
	if f.Waiver != "" {
		cell = append(cell, pdfText{words: "waiver " + f.Waiver, style: pdfCellRef, anchor: "waiver:" + f.Waiver, limit: 100})
	}
	if f.Attestation != "" {
		cell = append(cell, pdfText{words: "attestation " + f.Attestation, style: pdfCellRef, anchor: "attestation:" + f.Attestation, limit: 100})
	}
	if f.Cause != "" {
		cell = append(cell, pdfText{words: "cause:", style: pdfCellDim}, pdfText{words: f.Cause, style: pdfCellRef, anchor: "finding:" + f.Cause, limit: 100})
	}
	return cell
}

// findingDetail is what was found, under the title of its check. A finding that asks for nothing is told in brief.
func findingDetail(f *audit.Finding, title string) pdfCell {
	cell := pdfCell{{words: f.Subject.String(), style: pdfCellBig, limit: 300}}
	if title != "" {
		cell = append(cell, pdfText{words: f.Check + "  " + title, style: pdfCellDim, anchor: "check:" + f.Check, limit: 200})
	}
	cell = append(cell, pdfText{words: f.Message, style: pdfCellIn})
	add := func(style pdfStyle, limit int, format string, args ...any) {
		cell = append(cell, pdfText{words: fmt.Sprintf(format, args...), style: style, limit: limit})
	}
	if deviates(f) {
		if f.Expected != "" {
			add(pdfCellIn, 500, "Expected: %s", f.Expected)
		}
		if f.Observed != "" && f.Observed != f.Message {
			add(pdfCellIn, 500, "Observed: %s", f.Observed)
		}
	}
	const most = 6
	for i := range f.Evidence[:min(len(f.Evidence), most)] {
		e := &f.Evidence[i]
		add(pdfCellDim, 400, "%s = %s (%s)", e.Path, cmp.Or(e.Value, "(empty)"), e.Level)
	}
	if rest := len(f.Evidence) - most; rest > 0 {
		add(pdfCellDim, 0, "and %s in the record", counted(rest, "more value"))
	}
	if f.Pods != nil {
		words := "Speaks for " + counted(f.Pods.Total, "Pod")
		if len(f.Pods.Differing) > 0 {
			words += "; these differ: " + strings.Join(firstOf(f.Pods.Differing, 10, "Pod"), ", ")
		}
		add(pdfCellDim, 600, "%s", words)
	}
	if id := subjectWords(&f.Subject); id != "" {
		add(pdfCellDim, 200, "%s", id)
	}
	if f.Command != "" && deviates(f) {
		add(pdfCellKey, 800, "%s", f.Command)
	}
	return cell
}

// subjectWords tells which version of the object was seen.
func subjectWords(s *audit.Subject) string {
	var words []string
	if s.UID != "" {
		words = append(words, "uid "+s.UID)
	}
	if s.ResourceVersion != "" {
		words = append(words, "resourceVersion "+s.ResourceVersion)
	}
	return strings.Join(words, ", ")
}
