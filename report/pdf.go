package report

import (
	"bytes"
	"fmt"
	"io"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/pdfa"
)

// What the PDF holds of a large record. Rows are left out least bad first, the number
// left out is printed, and the record has them all.
const (
	pdfMaxFindings   = 5000 // in the appendix, in detail
	pdfMaxDeviations = 40   // of a control's chapter
	pdfMaxByParty    = 150  // of a party's section
	pdfMaxInventory  = 1000 // of the ledger, the certificates, the isolation
)

// WritePDF writes the record as an A4 document for filing: cover, contents, summary, scope
// and population, a workpaper a control, findings by responsible party, inventories,
// limitations and appendices, with bookmarks and links. It prints what the record says and
// decides nothing. The same record gives the same bytes: the only time in the document is
// metadata.generatedAt. The record is inside, as a file. The PDF is not encrypted, and stays
// below 15 MB: rows and long texts are capped, and a record that would make it larger is named
// by its digest alone. Errors are w's.
func WritePDF(w io.Writer, r *Record) error {
	record, digest, err := attachment(r)
	if err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	d, pages, err := layOut(r, digest, record != nil)
	if err == nil && record != nil && pages.Size()+len(record.Deflated) > pdfMaxSize {
		record = nil
		d, pages, err = layOut(r, digest, false)
	}
	if err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	var files []pdfa.File
	if record != nil {
		files = []pdfa.File{*record}
	}
	if err := pages.Archive(w, d.metadata(), files); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// layOut lays the pages out.
func layOut(r *Record, digest string, attached bool) (*pdfDocument, *pdfa.Document, error) {
	d := newPDFDocument(r)
	d.digest, d.attached = digest, attached
	plan := d.plan()
	d.cover()
	d.reserveContents(plan)
	for i := range plan {
		d.section(&plan[i])
	}
	d.writeContents(plan)
	d.furnish()
	var out bytes.Buffer
	if err := d.out.Output(&out); err != nil {
		return nil, nil, err
	}
	pages, err := pdfa.Read(out.Bytes())
	return d, pages, err
}

// A pdfSection is an entry of the contents and what stands under it.
type pdfSection struct {
	number   string // "4.1"
	title    string
	level    int    // 0 for a chapter
	anchor   string // that other places link to
	samePage bool   // follows the section before where there is room
	write    func()

	page int     // where it was laid out
	y    float64 // of its heading
}

// plan is the order of the document, known before anything is laid out.
func (d *pdfDocument) plan() []pdfSection {
	plan := []pdfSection{
		{title: "Summary", write: d.summary},
	}
	if d.r.Changes != nil || d.r.Series != nil {
		plan = append(plan, pdfSection{title: "Since earlier evaluations", level: 1, write: d.since})
	}
	plan = append(plan, []pdfSection{
		{title: "Scope, method and population", write: d.scope},
		{title: "Population ledger", level: 1, samePage: true, write: d.ledger},
		{title: "Gaps and exclusions", level: 1, samePage: true, write: d.gaps},
		{title: "Controls", write: d.controlsOverview},
	}...)
	for i, pair := range d.pairs {
		plan = append(plan, pdfSection{
			title: pair.title(), level: 1, anchor: "control:" + pair.lead.ID, samePage: i == 0, write: func() { d.workpaper(pair) },
		})
	}
	plan = append(plan,
		pdfSection{title: "Findings by responsible party", anchor: "parties", write: d.partiesOverview},
		pdfSection{title: "User: the application teams", level: 1, anchor: "party:user", samePage: true, write: func() { d.party(audit.User) }},
		pdfSection{title: "Administrator: the platform team", level: 1, anchor: "party:administrator", write: func() { d.party(audit.Administrator) }},
		pdfSection{title: "Waivers and attestations", write: d.declarationsOverview},
		pdfSection{title: "Waivers", level: 1, samePage: true, write: d.waivers},
		pdfSection{title: "Attestations", level: 1, samePage: true, write: d.attestations},
		pdfSection{title: "Certificate inventory", write: d.certificates},
		pdfSection{title: "Ingress inventory", write: d.ingresses},
		pdfSection{title: "Isolation and reachability", write: d.isolation},
		pdfSection{title: "Reachability between namespaces", level: 1, samePage: true, write: d.reachability},
		pdfSection{title: "Deviations from defaults", write: d.deviations},
		pdfSection{title: "Limitations, glossary, responsibilities", write: d.closing},
		pdfSection{title: "Limitations", level: 1, samePage: true, write: d.limitations},
		pdfSection{title: "Glossary", level: 1, samePage: true, write: d.glossary},
		pdfSection{title: "Responsibilities", level: 1, samePage: true, write: d.responsibilities},
		pdfSection{title: "Appendices", anchor: "findings", write: d.appendixIntro},
		pdfSection{title: "All findings", level: 1, samePage: true, write: d.allFindings},
		pdfSection{title: "Catalogue of checks", level: 1, write: d.catalogue},
		pdfSection{title: "Effective configuration", level: 1, write: d.configuration},
		pdfSection{title: "How to verify this report", level: 1, write: d.verification},
	)
	chapter, part := 0, 0
	for i := range plan {
		if plan[i].level == 0 {
			chapter, part = chapter+1, 0
			plan[i].number = fmt.Sprint(chapter)
			continue
		}
		part++
		plan[i].number = fmt.Sprintf("%d.%d", chapter, part)
	}
	return plan
}

// worst returns those findings that keep accepts, worst first.
func (d *pdfDocument) worst(keep func(*audit.Finding) bool) []*audit.Finding {
	var kept []*audit.Finding
	for _, f := range d.findings {
		if keep(f) {
			kept = append(kept, f)
		}
	}
	return kept
}
