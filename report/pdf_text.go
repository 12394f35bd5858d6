package report

import (
	"fmt"
	"strings"
)

// Limits of texts. What is cut says so; the record has it whole.
const (
	pdfMaxRunes   = 1500    // of one text
	pdfMaxLines   = 60      // of one text
	pdfPlenty     = 4 << 20 // bytes of the whole document, from which on texts are cut short: the file stays below 15 MB
	pdfShortRunes = 60      // of one text from there on
)

// A pdfText is a run of text of one style: a paragraph, or a part of a table's cell.
type pdfText struct {
	words  string
	style  pdfStyle
	mark   pdfShape // drawn before the first line
	anchor string   // that it links to
	above  float64  // space before it, points
	limit  int      // runes, where not pdfMaxRunes
}

// A pdfLine is a line of a text, as it will be drawn.
type pdfLine struct {
	words  string
	style  pdfStyle
	mark   pdfShape
	anchor string
	above  float64
	indent float64
}

func (l *pdfLine) height() float64 { return l.above + l.style.leading }

// safe cuts a text to a number of runes and makes it printable in a face.
func (d *pdfDocument) safe(face pdfFace, s string, limit int) string {
	s, _ = firstRunes(s, limit)
	return pdfSafe(s, &d.faces[face].covered)
}

// runeWidth is a rune's advance in thousandths of the font size, as the library measures
// it. The face has to be the current font where it wasn't measured yet.
func (d *pdfDocument) runeWidth(face pdfFace, r rune) int32 {
	m := d.faces[face]
	if m.widths[r] == pdfUnmeasured {
		family := pdfFaces[face]
		d.out.SetFont(family.family, family.style, 10)
		m.widths[r] = int32(d.out.GetStringSymbolWidth(string(r)))
	}
	return m.widths[r]
}

// measure returns the width of a safe text, points.
func (d *pdfDocument) measure(s pdfStyle, words string) float64 {
	var sum int32
	for _, r := range words {
		sum += d.runeWidth(s.face, r)
	}
	return float64(sum) * s.size / 1000
}

// shorten returns a safe text, with an ellipsis for what a width doesn't hold.
func (d *pdfDocument) shorten(s pdfStyle, words string, width float64) string {
	if d.measure(s, words) <= width {
		return words
	}
	runes := []rune(words)
	for len(runes) > 0 && d.measure(s, string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// wrap breaks texts into lines within a width. (The library's SplitText takes combining
// marks for the widest of runes and breaks identifiers anywhere.)
func (d *pdfDocument) wrap(texts []pdfText, width float64) []pdfLine {
	var lines []pdfLine
	for i := range texts {
		t := &texts[i]
		limit := t.limit
		if limit == 0 {
			limit = pdfMaxRunes
		}
		if d.bytes > pdfPlenty {
			limit = min(limit, pdfShortRunes)
		}
		whole, runes := firstRunes(t.words, limit)
		first := len(lines)
		indent := 0.0
		if t.mark != 0 {
			indent = t.style.size + 3.5
		}
		for part := range strings.Lines(pdfSafe(whole, &d.faces[t.style.face].covered)) {
			part = strings.TrimRight(part, " \n")
			if part == "" {
				continue // blank lines say nothing and would push what follows away
			}
			d.bytes += len(part)
			for _, words := range d.breakLine(t.style, part, width-indent) {
				lines = append(lines, pdfLine{words: words, style: t.style, anchor: t.anchor, indent: indent})
			}
		}
		if len(lines)-first > pdfMaxLines {
			lines, runes = lines[:first+pdfMaxLines], len([]rune(t.words))
		}
		if runes > 0 {
			note := fmt.Sprintf("[cut here: %s characters in all; the record has the whole text]", grouped(runes))
			for _, words := range d.breakLine(pdfCellDim, note, width-indent) {
				lines = append(lines, pdfLine{words: words, style: pdfCellDim, indent: indent})
			}
		}
		if len(lines) > first {
			lines[first].mark, lines[first].above = t.mark, t.above
		}
	}
	return lines
}

// breakLine breaks a safe text without line ends: at blanks, and within a word that is
// wider than a line, such as a digest or a URL, after punctuation where there is some,
// else anywhere.
func (d *pdfDocument) breakLine(s pdfStyle, words string, width float64) []string {
	room := int32(max(width, s.size) * 1000 / s.size)
	runes := []rune(words)
	var lines []string
	start, blank, soft := 0, -1, -1
	var used int32
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		advance := d.runeWidth(s.face, r)
		if used+advance > room && r != ' ' && i > start {
			end, next := i, i
			switch {
			case blank > start && (soft <= blank || d.fits(s.face, runes[blank+1:], room)):
				end, next = blank, blank+1
			case soft > start && soft > blank:
				end, next = soft, soft
			}
			lines = append(lines, strings.TrimRight(string(runes[start:end]), " "))
			start, blank, soft, used = next, -1, -1, 0
			i = next - 1
			continue
		}
		used += advance
		switch {
		case r == ' ':
			blank = i
		case strings.ContainsRune("/-:,.;=_@&?|+)", r):
			soft = i + 1
		}
	}
	return append(lines, strings.TrimRight(string(runes[start:]), " "))
}

// fits reports whether the first word of a text fits on a line of its own.
func (d *pdfDocument) fits(face pdfFace, runes []rune, room int32) bool {
	var used int32
	for _, r := range runes {
		if r == ' ' {
			break
		}
		if used += d.runeWidth(face, r); used > room {
			return false
		}
	}
	return true
}

// drawLine draws a line whose upper left corner is at x, y.
func (d *pdfDocument) drawLine(l *pdfLine, x, y float64) {
	y += l.above
	if l.mark != 0 {
		d.drawMark(l.mark, x, y+(l.style.leading-l.style.size)/2+0.4, l.style.size-0.8)
	}
	if l.words == "" {
		return
	}
	x += l.indent
	d.font(l.style)
	d.out.Text(x, y+(l.style.leading-l.style.size)/2+l.style.size*0.86, l.words)
	if link := d.linkTo(l.anchor); link != 0 {
		d.out.Link(x, y, d.measure(l.style, l.words), l.style.leading, link)
	}
}
