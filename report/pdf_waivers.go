package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

func (d *pdfDocument) declarationsOverview() {
	d.paragraph("Waivers accept deviations that they name, for a limited time; attestations declare what the API does not show. What either speaks for " +
		"stays a finding and is counted apart. The names below are asserted, not authenticated.")
	if len(d.r.Declarations) == 0 {
		return
	}
	d.caption("Files that they were read from, beside the configuration.")
	t := d.table(pdfColumn{title: "File", width: pdfWidth - 300}, pdfColumn{title: "SHA-256; checkout at commit (not compared with the file)", width: 300})
	for i := range d.r.Declarations {
		f := &d.r.Declarations[i]
		t.row(pdfCell{{words: f.Name, style: pdfCellIn, limit: 300}}, pdfCell{{words: f.SHA256, style: pdfCellKey}, {words: orDash(f.Commit), style: pdfCellKey}})
	}
	t.end()
}

// waivers lists what was accepted, by whom, until when.
func (d *pdfDocument) waivers() {
	if len(d.r.Waivers) == 0 {
		d.paragraph("None. No deviation was waived.")
		return
	}
	var states []string
	for i := range d.r.Waivers {
		states = append(states, d.r.Waivers[i].State)
	}
	d.note(tallyWords(states))
	for i := range d.r.Waivers {
		w := &d.r.Waivers[i]
		rows := []pdfLabelled{
			{w.ID, pdfCell{{words: waiverKind(w.Kind) + ", " + standingWords(w.State), style: pdfCellBig}}},
			{"Covers", pdfCell{{words: fmt.Sprintf("%s on %s", w.Check, patternWords(w.Subject)), style: pdfCellIn, anchor: "check:" + w.Check}}},
			is("Reason", w.Reason),
			is("Owner, approver", fmt.Sprintf("%s; approved by %s", w.Owner, w.Approver)),
			is("Term", fmt.Sprintf("approved %s, expires %s", day(w.ApprovedAt.Time), day(w.ExpiresAt.Time))),
		}
		rows = append(rows, is("Subjects at approval", atApprovalWords(w.Waiver)))
		if w.RiskRef != "" {
			rows = append(rows, is("Risk reference", w.RiskRef))
		}
		for _, c := range w.Compensating {
			rows = append(rows, is("Compensating control", c))
		}
		rows = append(rows, pdfLabelled{"Findings", d.findingLinks(w.Findings, "none that it matches needs it")})
		if len(w.ForReview) > 0 {
			rows = append(rows, pdfLabelled{"For review: appeared after approval, not waived", d.subjectLinks(w.ForReview)})
		}
		if len(w.Unlabelled) > 0 {
			rows = append(rows, pdfLabelled{"Labels not known: not waived", d.subjectLinks(w.Unlabelled)})
		}
		d.declaration("waiver:"+w.ID, rows)
	}
}

// attestations lists what people declare where the API shows nothing.
func (d *pdfDocument) attestations() {
	if len(d.r.Attestations) == 0 {
		d.paragraph("None. Nothing was declared where the API shows nothing.")
		return
	}
	var states []string
	for i := range d.r.Attestations {
		states = append(states, d.r.Attestations[i].State)
	}
	d.note("An attestation never makes a Pass; an observation that conflicts with it stays a Fail, unless the requirement itself takes an attestation instead. " + tallyWords(states))
	for i := range d.r.Attestations {
		a := &d.r.Attestations[i]
		rows := []pdfLabelled{
			{a.ID, pdfCell{{words: "Attestation, " + standingWords(a.State), style: pdfCellBig}}},
			is("Statement", a.Statement),
			is("By", fmt.Sprintf("%s, %s, %s", orDash(a.By), orDash(a.Role), orDash(a.Organization))),
			is("Speaks for", speaksForWords(&a.Attestation)),
			is("Term", fmt.Sprintf("dated %s, valid until %s", day(a.Date.Time), day(a.ValidUntil.Time))),
		}
		if a.Covers != "" {
			rows = append(rows, is("Cluster or provider", a.Covers))
		}
		if a.Reference != "" || a.SHA256 != "" {
			cell := pdfCell{{words: orDash(a.Reference), style: pdfCellIn}}
			if a.SHA256 != "" {
				cell = append(cell, pdfText{words: "sha256:" + a.SHA256, style: pdfCellKey})
			}
			if name := AttachmentName(a); name != "" {
				cell = append(cell, pdfText{words: "in the bundle: " + name, style: pdfCellIn})
			}
			rows = append(rows, pdfLabelled{"Document", cell})
		}
		if len(a.Clusters) > 0 {
			rows = append(rows, is("Clusters", strings.Join(a.Clusters, ", ")))
		}
		if a.Evidences != "" {
			rows = append(rows, is("Fills, of its control’s list", a.Evidences))
		}
		if len(a.Checks) > 0 {
			rows = append(rows, pdfLabelled{"Findings", d.findingLinks(a.Findings, "none that it matches needs it")})
		}
		if len(a.Unlabelled) > 0 {
			rows = append(rows, pdfLabelled{"Labels not known: not attested", d.subjectLinks(a.Unlabelled)})
		}
		d.declaration("attestation:"+a.ID, rows)
	}
}

// declaration is a waiver or an attestation as a table that links lead to.
func (d *pdfDocument) declaration(anchor string, rows []pdfLabelled) {
	t := d.table(pdfColumn{width: 112}, pdfColumn{width: pdfWidth - 112})
	for i, row := range rows {
		to, style := "", pdfLabel
		if i == 0 {
			to, style = anchor, pdfCellBig
		}
		t.rowAt(to, pdfCell{{words: row.label, style: style}}, row.cell)
	}
	t.end()
}

// findingLinks is a cell of finding IDs.
func (d *pdfDocument) findingLinks(ids []string, none string) pdfCell {
	if len(ids) == 0 {
		return pdfCell{{words: none, style: pdfCellIn}}
	}
	cell := pdfCell{}
	for _, id := range ids[:min(len(ids), 25)] {
		cell = append(cell, pdfText{words: id, style: pdfCellRef, anchor: "finding:" + id, limit: 100})
	}
	if rest := len(ids) - 25; rest > 0 {
		cell = append(cell, pdfText{words: "and " + counted(rest, "more finding"), style: pdfCellDim})
	}
	return cell
}

// subjectLinks is a cell of findings that somebody has to look at: the object of each, and
// its ID.
func (d *pdfDocument) subjectLinks(ids []string) pdfCell {
	cell := pdfCell{}
	for _, link := range d.findingLinks(ids, "") {
		if i := slices.IndexFunc(d.findings, func(f *audit.Finding) bool { return f.ID == link.words }); i >= 0 {
			cell = append(cell, pdfText{words: d.findings[i].Subject.String(), style: pdfCellIn, limit: 200})
		}
		cell = append(cell, link)
	}
	return cell
}
