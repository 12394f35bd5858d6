package report

import "fmt"

// Space within a table's cells, points.
const (
	pdfPadX = 3.2
	pdfPadY = 3.2
)

// pdfSplit is the height from which a row is split over pages rather than moved.
const pdfSplit = pdfRoom / 3

// A pdfColumn is a column of a table; widths are points, and right aligns numbers.
type pdfColumn struct {
	title string
	width float64
	right bool
	gap   float64 // of the width, left free beside the next column
}

// room is the width that texts have.
func (c *pdfColumn) room() float64 { return c.width - c.gap - 2*pdfPadX }

// A pdfCell is what stands in a cell, one text under the other.
type pdfCell []pdfText

// A pdfTable is a table that is drawn as its rows come. Its head stands above the first
// row and again on every page that it reaches; a table without titles has none.
type pdfTable struct {
	d       *pdfDocument
	columns []pdfColumn
	head    [][]pdfLine
	drawn   bool
}

// table begins a table. Without a row it draws nothing.
func (d *pdfDocument) table(columns ...pdfColumn) *pdfTable {
	t := &pdfTable{d: d, columns: columns}
	for _, c := range columns {
		if c.title != "" {
			t.head = make([][]pdfLine, 0, len(columns))
			for _, c := range columns {
				t.head = append(t.head, d.wrap([]pdfText{{words: c.title, style: pdfHead}}, c.room()))
			}
			break
		}
	}
	return t
}

// row adds a row of cells.
func (t *pdfTable) row(cells ...pdfCell) { t.rowAt("", cells...) }

// heightOf is the height that a row of cells takes, with the head where it isn't drawn yet.
func (t *pdfTable) heightOf(cells []pdfCell) float64 {
	height := rowHeight(t.wrap(cells))
	if !t.drawn {
		height += t.headHeight()
	}
	return height
}

func (t *pdfTable) wrap(cells []pdfCell) [][]pdfLine {
	lines := make([][]pdfLine, len(cells))
	for i, cell := range cells {
		lines[i] = t.d.wrap(cell, t.columns[i].room())
	}
	return lines
}

// rowAt adds a row that links to an anchor lead to.
func (t *pdfTable) rowAt(anchor string, cells ...pdfCell) {
	lines := t.wrap(cells)
	height := rowHeight(lines)
	if !t.drawn {
		t.d.place(t.headHeight() + min(height, pdfSplit))
		t.drawHead()
		t.drawn = true
	} else if t.d.y+min(height, pdfSplit) > pdfBottom {
		t.turn()
	}
	t.d.anchorAt(anchor, t.d.y)
	for t.d.y+height > pdfBottom {
		fitting, rest := splitRow(lines, pdfBottom-t.d.y)
		t.drawRow(fitting, rowHeight(fitting))
		t.turn()
		lines, height = rest, rowHeight(rest)
	}
	t.drawRow(lines, height)
}

// end closes the table.
func (t *pdfTable) end() {
	if t.drawn {
		t.d.y += 9
	}
}

func (t *pdfTable) turn() {
	t.d.newPage()
	t.drawHead()
}

func (t *pdfTable) width() float64 {
	sum := 0.0
	for _, c := range t.columns {
		sum += c.width
	}
	return sum
}

func (t *pdfTable) headHeight() float64 {
	if t.head == nil {
		return 0
	}
	return rowHeight(t.head)
}

// drawHead draws the titles on a tint, aligned to its lower edge.
func (t *pdfTable) drawHead() {
	d, height := t.d, t.headHeight()
	if t.head == nil {
		d.rule(pdfLeft, pdfLeft+t.width(), d.y, pdfRule, 0.5)
		return
	}
	d.fill(pdfTint)
	d.out.Rect(pdfLeft, d.y, t.width(), height, "F")
	x := pdfLeft
	for i, lines := range t.head {
		y := d.y + height - pdfPadY - linesHeight(lines)
		t.drawLines(lines, x, y, &t.columns[i])
		x += t.columns[i].width
	}
	d.y += height
	d.rule(pdfLeft, pdfLeft+t.width(), d.y, pdfMuted, 0.6)
}

func (t *pdfTable) drawRow(cells [][]pdfLine, height float64) {
	d := t.d
	x := pdfLeft
	for i, lines := range cells {
		t.drawLines(lines, x, d.y+pdfPadY, &t.columns[i])
		x += t.columns[i].width
	}
	d.y += height
	d.rule(pdfLeft, pdfLeft+t.width(), d.y, pdfRule, 0.4)
}

func (t *pdfTable) drawLines(lines []pdfLine, x, y float64, c *pdfColumn) {
	for i := range lines {
		at := x + pdfPadX
		if c.right {
			at = x + pdfPadX + c.room() - t.d.measure(lines[i].style, lines[i].words)
		}
		t.d.drawLine(&lines[i], at, y)
		y += lines[i].height()
	}
}

func linesHeight(lines []pdfLine) float64 {
	sum := 0.0
	for i := range lines {
		sum += lines[i].height()
	}
	return sum
}

func rowHeight(cells [][]pdfLine) float64 {
	tallest := 0.0
	for _, lines := range cells {
		tallest = max(tallest, linesHeight(lines))
	}
	return tallest + 2*pdfPadY
}

// splitRow divides a row into what a height holds, at least a line of each cell, and the
// rest.
func splitRow(cells [][]pdfLine, height float64) (fitting, rest [][]pdfLine) {
	for _, lines := range cells {
		used, n := 2*pdfPadY, 0
		for n < len(lines) && (n == 0 || used+lines[n].height() <= height) {
			used += lines[n].height()
			n++
		}
		fitting, rest = append(fitting, lines[:n]), append(rest, lines[n:])
	}
	return fitting, rest
}

// labelled draws a table of labels and what stands for them.
func (d *pdfDocument) labelled(label float64, rows []pdfLabelled) {
	t := d.table(pdfColumn{width: label}, pdfColumn{width: pdfWidth - label})
	for _, row := range rows {
		t.row(pdfCell{{words: row.label, style: pdfLabel}}, row.cell)
	}
	t.end()
}

// A pdfLabelled is a row of a table of labels.
type pdfLabelled struct {
	label string
	cell  pdfCell
}

// is makes a row of a label and plain words.
func is(label, words string) pdfLabelled {
	return pdfLabelled{label, pdfCell{{words: words, style: pdfCellIn}}}
}

// leftOut says how many rows were left out, and which were kept.
func (d *pdfDocument) leftOut(n int, noun, order string) {
	if n > 0 {
		d.note(fmt.Sprintf("%s left out here (%s); the record has all.", counted(n, noun), order))
	}
}
