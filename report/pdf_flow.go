package report

// A pdfBlock is something of a known height that waits for the next thing: a heading is
// never the last line of a page.
type pdfBlock struct {
	height float64
	above  float64 // of the height, space that a new page doesn't need
	draw   func(y float64)
}

// place makes room for a height, with what is pending above it, on this page or a new
// one, and draws what is pending.
func (d *pdfDocument) place(height float64) {
	waiting := 0.0
	for _, b := range d.pending {
		waiting += b.height
	}
	if d.y+waiting+height > pdfBottom && d.y > pdfTop {
		d.newPage()
	}
	pending := d.pending
	d.pending = nil
	for _, b := range pending {
		if d.y == pdfTop {
			d.y -= b.above
		}
		b.draw(d.y)
		d.y += b.height
	}
}

// hold makes lines wait for the next thing.
func (d *pdfDocument) hold(lines []pdfLine, below float64) {
	height := below
	for i := range lines {
		height += lines[i].height()
	}
	above := 0.0
	if len(lines) > 0 {
		above = lines[0].above
	}
	d.pending = append(d.pending, pdfBlock{height, above, func(y float64) {
		for i := range lines {
			d.drawLine(&lines[i], pdfLeft, y)
			y += lines[i].height()
		}
	}})
}

// section begins a section of the plan: its heading, its bookmark, its content.
func (d *pdfDocument) section(s *pdfSection) {
	style, above := pdfH1, 0.0
	if s.level > 0 {
		style = pdfH2
	}
	if s.samePage && d.y+150 < pdfBottom {
		above = 20
	} else {
		d.newPage()
	}
	title := s.number + "  " + s.title
	lines := d.wrap([]pdfText{{words: title, style: style, limit: 200, above: above}}, pdfWidth)
	height := 10.0
	for i := range lines {
		height += lines[i].height()
	}
	d.pending = append(d.pending, pdfBlock{height, above, func(y float64) {
		s.page, s.y = d.out.PageNo(), y
		d.anchorAt(s.anchor, y)
		d.out.Bookmark(oneLine(d.safe(pdfSans, title, 200)), s.level, y)
		for i := range lines {
			d.drawLine(&lines[i], pdfLeft, y)
			y += lines[i].height()
		}
		if s.level == 0 {
			d.rule(pdfLeft, pdfLeft+36, y+1, pdfAccent, 1.6)
		}
	}})
	s.write()
	if len(d.pending) > 0 {
		d.place(0)
	}
}

// heading is a heading within a section. It stays with what follows.
func (d *pdfDocument) heading(words string) {
	d.hold(d.wrap([]pdfText{{words: words, style: pdfH3, above: 12, limit: 200}}, pdfWidth), 3)
}

// caption is a sentence that stays with the table that it introduces.
func (d *pdfDocument) caption(words string) {
	d.hold(d.wrap([]pdfText{{words: words, style: pdfNote}}, pdfWidth), 4)
}

// paragraph is a text over the whole width, broken over pages where it has to be.
func (d *pdfDocument) paragraph(words string) {
	d.texts(pdfWidth, pdfText{words: words, style: pdfBody})
	d.y += 5
}

// note is a paragraph in small type.
func (d *pdfDocument) note(words string) {
	d.texts(pdfWidth, pdfText{words: words, style: pdfNote})
	d.y += 4
}

// bullets is a list.
func (d *pdfDocument) bullets(items []string) {
	for _, item := range items {
		lines := d.wrap([]pdfText{{words: capital(item), style: pdfBody}}, pdfWidth-14)
		if len(lines) == 0 {
			continue
		}
		d.place(min(2, float64(len(lines))) * pdfBody.leading)
		bullet := pdfLine{words: "•", style: pdfBody}
		d.drawLine(&bullet, pdfLeft+3, d.y)
		d.lines(lines, pdfLeft+14)
		d.y += 2
	}
	d.y += 3
}

// texts draws texts within a width, the first two lines together.
func (d *pdfDocument) texts(width float64, texts ...pdfText) {
	lines := d.wrap(texts, width)
	if len(lines) == 0 {
		return
	}
	first := lines[0].height()
	if len(lines) > 1 {
		first += lines[1].height()
	}
	d.place(first)
	d.lines(lines, pdfLeft)
}

func (d *pdfDocument) lines(lines []pdfLine, x float64) {
	for i := range lines {
		d.place(lines[i].height())
		d.drawLine(&lines[i], x, d.y)
		d.y += lines[i].height()
	}
}

// code is lines of monospaced text on a tint.
func (d *pdfDocument) code(lines []string) {
	for _, line := range lines {
		// A line that continues is indented under its own beginning.
		for _, part := range d.wrap([]pdfText{{words: line, style: pdfCode, limit: 400}}, pdfWidth-16) {
			d.place(part.height())
			d.fill(pdfTint)
			d.out.Rect(pdfLeft, d.y, pdfWidth, part.height()+0.3, "F")
			d.drawLine(&part, pdfLeft+8, d.y)
			d.y += part.height()
		}
	}
	d.y += 6
}
