package report

import (
	"cmp"
	"fmt"
	"time"

	"github.com/jung-kurt/gofpdf"
	"github.com/kubevidence/kubevidence/audit"
)

// The page, in points: A4 with 20 mm beside the text.
const (
	pdfPageWidth  = 595.28
	pdfPageHeight = 841.89
	pdfLeft       = 57.0
	pdfTop        = 84.0
	pdfBottom     = pdfPageHeight - 74
	pdfWidth      = pdfPageWidth - 2*pdfLeft
	pdfRoom       = pdfBottom - pdfTop // height of a page's text
)

// A pdfDocument lays a record out. The library's cursor, automatic page breaks, headers
// and aliases are not used: the document knows where it stands and breaks pages itself.
type pdfDocument struct {
	out   *gofpdf.Fpdf
	faces []*pdfMetrics
	r     *Record

	y       float64    // of the next thing, from the page's top
	pending []pdfBlock // headings that wait for what they head
	links   map[string]int
	placed  map[string]bool // anchors that links may lead to
	bytes   int             // of text laid out so far

	findings []*audit.Finding // all, worst first
	shown    []*audit.Finding // those of the appendix
	checks   map[string]*Check
	pairs    []controlPair

	contents int    // the first page of the contents
	digest   string // SHA-256 of the record's bytes, hex
	attached bool   // the record is inside
}

// newPDFDocument prepares an empty document: metadata, fonts, and what the sections look
// up in the record.
func newPDFDocument(r *Record) *pdfDocument {
	out := gofpdf.New("P", "pt", "A4", "")
	out.SetCatalogSort(true)
	out.SetCompression(false) // a deflater a page is most of its memory; pdfa has one for all
	out.SetAutoPageBreak(false, 0)
	out.SetMargins(0, 0, 0)
	out.SetCellMargin(0)
	at := r.Metadata.GeneratedAt.UTC()
	if at.IsZero() {
		at = time.Unix(0, 0).UTC() // the library takes a zero date for now
	}
	out.SetCreationDate(at)
	out.SetModificationDate(at)

	d := &pdfDocument{
		out: out, faces: loadFaces(out), r: r,
		links: map[string]int{}, placed: map[string]bool{}, checks: map[string]*Check{},
		findings: sortedWorst(r.Findings), pairs: pairControls(r.Controls),
	}
	d.shown = d.findings[:min(len(d.findings), pdfMaxFindings)]
	for i := range r.Checks {
		d.checks[r.Checks[i].ID] = &r.Checks[i]
		d.placed["check:"+r.Checks[i].ID] = true
	}
	for _, f := range d.shown {
		d.placed["finding:"+f.ID] = true
	}
	for _, pair := range d.pairs {
		d.placed["control:"+pair.lead.ID] = true
	}
	for i := range r.Waivers {
		d.placed["waiver:"+r.Waivers[i].ID] = true
	}
	for i := range r.Attestations {
		d.placed["attestation:"+r.Attestations[i].ID] = true
	}
	for _, anchor := range []string{"parties", "party:user", "party:administrator", "findings"} {
		d.placed[anchor] = true
	}

	return d
}

// called is what the report calls the cluster.
func (r *Record) called() string {
	return cmp.Or(r.Subject.Name, r.Subject.Cluster.Name, r.Subject.Cluster.UID, "not named")
}

// classification is how the report is classified.
func (r *Record) classification() string {
	if c := r.Config.Effective.Classification; c != "" {
		return c
	}
	return "Classification: not stated"
}

func (d *pdfDocument) newPage() {
	d.out.AddPage()
	d.y = pdfTop
}

// font selects a style's font and colour for text.
func (d *pdfDocument) font(s pdfStyle) {
	face := pdfFaces[s.face]
	d.out.SetTextColor(s.color[0], s.color[1], s.color[2])
	d.out.SetFont(face.family, face.style, s.size)
}

func (d *pdfDocument) fill(c pdfColor) { d.out.SetFillColor(c[0], c[1], c[2]) }

func (d *pdfDocument) line(c pdfColor, width float64) {
	d.out.SetDrawColor(c[0], c[1], c[2])
	d.out.SetLineWidth(width)
}

// rule draws a hairline from x to x2 at a height.
func (d *pdfDocument) rule(x, x2, y float64, c pdfColor, width float64) {
	d.line(c, width)
	d.out.Line(x, y, x2, y)
}

// linkTo returns the link to an anchor, 0 where nothing is laid out under that name.
func (d *pdfDocument) linkTo(anchor string) int {
	if anchor == "" || !d.placed[anchor] {
		return 0
	}
	if d.links[anchor] == 0 {
		d.links[anchor] = d.out.AddLink()
	}
	return d.links[anchor]
}

// anchorAt makes links to an anchor lead to a height on the current page.
func (d *pdfDocument) anchorAt(anchor string, y float64) {
	if link := d.linkTo(anchor); link != 0 {
		d.out.SetLink(link, max(0, y-12), d.out.PageNo())
	}
}

// furnish goes back over every page and writes what runs along its edges, now that the
// number of pages is known.
func (d *pdfDocument) furnish() {
	pages := d.out.PageCount()
	at := d.r.Metadata.GeneratedAt
	for page := 1; page <= pages; page++ {
		d.out.SetPage(page)
		d.rule(pdfLeft, pdfLeft+pdfWidth, 52, pdfRule, 0.5)
		d.runningText(40, pdfLeft, 310, 'L', "Cluster "+d.r.called())
		d.runningText(40, pdfLeft+320, pdfWidth-320, 'R', d.r.classification())
		foot := pdfPageHeight - 46.0
		d.rule(pdfLeft, pdfLeft+pdfWidth, foot, pdfRule, 0.5)
		d.runningText(foot+8, pdfLeft, 260, 'L', "Record "+d.r.Metadata.UID)
		d.runningText(foot+8, pdfLeft+265, 110, 'C', utc(at))
		d.runningText(foot+8, pdfLeft+380, pdfWidth-380, 'R', fmt.Sprintf("Page %d of %d", page, pages))
	}
}

// runningText writes one line within a width, shortened where it is longer.
func (d *pdfDocument) runningText(y, x, width float64, align byte, words string) {
	words = oneLine(d.safe(pdfSans, words, 200))
	words = d.shorten(pdfRunning, words, width)
	switch used := d.measure(pdfRunning, words); align {
	case 'R':
		x += width - used
	case 'C':
		x += (width - used) / 2
	}
	d.font(pdfRunning)
	d.out.Text(x, y+pdfRunning.size, words)
}
