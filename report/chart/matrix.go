package chart

import "math"

// Measures of a matrix, in points.
const (
	matrixRowLabel = 118.0 // width of the names beside it
	matrixTop      = 118.0 // height of the names above it
	matrixCell     = 15.0  // side of a cell at most
	matrixWidth    = 480.0 // of the whole at most
	matrixLegend   = 22.0
	matrixRunes    = 24 // of a name
	matrixRise     = 90 // degrees: only upright names can stand in columns this narrow
)

// Matrix lays out who may reach whom: a row for each name as a source, a column for each as
// a destination. Cells differ by shape: a full square for [All], a frame with a smaller
// square for [Some], a question mark for [Indeterminate], a dot for [Denied].
func Matrix(names []string, access func(from, to int) Role) Picture {
	n := len(names)
	side := math.Min(matrixCell, (matrixWidth-matrixRowLabel-40)/float64(max(n, 1)))
	size := math.Min(7.5, side*0.8)
	extent := side * float64(n)
	p := Picture{Width: math.Max(matrixRowLabel+extent+48, 330), Height: matrixTop + extent + matrixLegend}
	for i, name := range names {
		near := float64(i) * side
		p.Words = append(p.Words,
			Words{X: 0, Y: matrixTop + near + side/2 + size*0.35, Text: shorten(name, matrixRunes), Size: size, Room: matrixRowLabel - 6, Role: Label},
			Words{X: matrixRowLabel + near + side/2 + size*0.35, Y: matrixTop - 4, Text: shorten(name, matrixRunes), Size: size, Rise: matrixRise, Room: matrixTop - 8, Role: Label})
	}
	for i := range n + 1 {
		at := float64(i) * side
		p.Lines = append(p.Lines,
			Line{X1: matrixRowLabel, Y1: matrixTop + at, X2: matrixRowLabel + extent, Y2: matrixTop + at, Role: Grid},
			Line{X1: matrixRowLabel + at, Y1: matrixTop, X2: matrixRowLabel + at, Y2: matrixTop + extent, Role: Grid})
	}
	for from := range n {
		for to := range n {
			p.cell(matrixRowLabel+float64(to)*side, matrixTop+float64(from)*side, side, access(from, to))
		}
	}
	x, y := 0.0, matrixTop+extent+10
	for _, entry := range []struct {
		role  Role
		words string
		width float64
	}{{All, "everything", 74}, {Some, "something", 72}, {Indeterminate, "can’t be decided", 92}, {Denied, "denied, or no Pods", 90}} {
		p.cell(x, y, 10, entry.role)
		p.Words = append(p.Words, Words{X: x + 14, Y: y + 8, Text: entry.words, Size: 7.5, Role: Label})
		x += entry.width
	}
	return p
}

// cell draws one pair.
func (p *Picture) cell(x, y, side float64, role Role) {
	box := func(inset float64, hollow bool) {
		p.Boxes = append(p.Boxes, Box{X: x + inset, Y: y + inset, Width: side - 2*inset, Height: side - 2*inset, Role: role, Hollow: hollow})
	}
	switch role {
	case All:
		box(side*0.1, false)
	case Some:
		box(side*0.18, true)
		box(side*0.36, false)
	case Indeterminate:
		p.Words = append(p.Words, Words{X: x + side*0.28, Y: y + side*0.8, Text: "?", Size: side * 0.85, Role: role})
	default:
		box(side*0.45, false)
	}
}
