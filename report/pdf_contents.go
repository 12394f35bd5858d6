package report

import "fmt"

// Heights of the entries of the contents, points.
const (
	pdfEntryChapter = 21.0
	pdfEntryPart    = 15.0
	pdfContentsTop  = pdfTop + 46
)

// A pdfEntry is where an entry of the contents stands: the page of the contents, from 0,
// and the height on it.
type pdfEntry struct {
	page int
	y    float64
}

// contentsLayout places the entries of a plan.
func contentsLayout(plan []pdfSection) []pdfEntry {
	entries := make([]pdfEntry, len(plan))
	at := pdfEntry{y: pdfContentsTop}
	for i := range plan {
		height := pdfEntryPart
		if plan[i].level == 0 {
			height = pdfEntryChapter
		}
		if at.y+height > pdfBottom {
			at = pdfEntry{page: at.page + 1, y: pdfTop}
		}
		at.y += height
		entries[i] = pdfEntry{at.page, at.y - pdfEntryPart}
	}
	return entries
}

// reserveContents leaves the pages that the contents need; they are written when the page
// numbers are known.
func (d *pdfDocument) reserveContents(plan []pdfSection) {
	entries := contentsLayout(plan)
	for range entries[len(entries)-1].page + 1 {
		d.newPage()
		if d.contents == 0 {
			d.contents = d.out.PageNo()
			d.out.Bookmark("Contents", 0, d.y)
		}
	}
}

// writeContents goes back to the pages of the contents and fills them in.
func (d *pdfDocument) writeContents(plan []pdfSection) {
	d.out.SetPage(d.contents)
	title := pdfLine{words: "Contents", style: pdfH1}
	d.drawLine(&title, pdfLeft, pdfTop)
	d.rule(pdfLeft, pdfLeft+36, pdfTop+pdfH1.leading+1, pdfAccent, 1.6)
	for i, entry := range contentsLayout(plan) {
		s := &plan[i]
		d.out.SetPage(d.contents + entry.page)
		style, indent := pdfBody, 24.0
		if s.level == 0 {
			style, indent = pdfH3, 0
		}
		number := pdfLine{words: s.number, style: style}
		d.drawLine(&number, pdfLeft+indent, entry.y)
		x := pdfLeft + 24 + indent*1.1
		words := d.shorten(style, oneLine(d.safe(style.face, s.title, 200)), pdfLeft+pdfWidth-40-x)
		entryTitle := pdfLine{words: words, style: style}
		d.drawLine(&entryTitle, x, entry.y)
		page := pdfLine{words: fmt.Sprint(s.page), style: style}
		right := pdfLeft + pdfWidth - d.measure(style, page.words)
		d.drawLine(&page, right, entry.y)
		from := x + d.measure(style, words) + 6
		d.out.SetDashPattern([]float64{0.6, 3}, 0)
		d.rule(from, right-6, entry.y+style.leading-3.2, pdfRule, 0.8)
		d.out.SetDashPattern(nil, 0)
		link := d.out.AddLink()
		d.out.SetLink(link, max(0, s.y-12), s.page)
		d.out.Link(pdfLeft, entry.y, pdfWidth, style.leading, link)
	}
	d.out.SetPage(d.out.PageCount())
}
