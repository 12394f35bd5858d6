package report

import "github.com/kubevidence/kubevidence/audit"

// leftOutFindings says how many findings a list leaves out and where they are.
func (d *pdfDocument) leftOutFindings(n int) {
	if n > 0 {
		d.texts(pdfWidth, pdfText{
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

// foundCell is what was found, the finding that explains it, and who speaks for it.
func foundCell(f *audit.Finding) pdfCell {
	cell := pdfCell{{words: f.Message, style: pdfCellIn, limit: 500}}
	if f.Cause != "" {
		cell = append(cell, pdfText{words: "explained by " + f.Cause, style: pdfCellRef, anchor: "finding:" + f.Cause, limit: 100})
	}
	if f.Status == audit.Waived && f.Waiver != "" {
		cell = append(cell, pdfText{words: "waived by " + f.Waiver, style: pdfCellRef, anchor: "waiver:" + f.Waiver, limit: 100})
	}
	if f.Status == audit.Attested && f.Attestation != "" {
		cell = append(cell, pdfText{words: "attested by " + f.Attestation, style: pdfCellRef, anchor: "attestation:" + f.Attestation, limit: 100})
	}
	return cell
}
