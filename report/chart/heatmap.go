package chart

import "math"

const heatTop = 44.0 // height of the names above a heat map

// HeatMap lays out a status for each row and column; an empty role leaves a cell empty.
func HeatMap(rows, columns []string, cell func(row, column int) Role) Picture {
	side := math.Min(matrixCell, (matrixWidth-matrixRowLabel)/float64(max(len(columns), 1)))
	size := math.Min(7.5, side*0.8)
	wide, high := side*float64(len(columns)), side*float64(len(rows))
	p := Picture{Width: math.Max(matrixRowLabel+wide+4, 350), Height: heatTop + high + matrixLegend}
	for i, name := range columns {
		at := matrixRowLabel + float64(i)*side
		p.Words = append(p.Words, Words{X: at + side/2 + size*0.35, Y: heatTop - 4, Text: shorten(name, 12), Size: size, Rise: matrixRise, Room: heatTop - 6, Role: Label})
		p.Lines = append(p.Lines, Line{X1: at, Y1: heatTop, X2: at, Y2: heatTop + high, Role: Grid})
	}
	for i, name := range rows {
		at := heatTop + float64(i)*side
		p.Words = append(p.Words, Words{X: 0, Y: at + side/2 + size*0.35, Text: shorten(name, matrixRunes), Size: size, Room: matrixRowLabel - 6, Role: Label})
		p.Lines = append(p.Lines, Line{X1: matrixRowLabel, Y1: at, X2: matrixRowLabel + wide, Y2: at, Role: Grid})
		for j := range columns {
			p.status(matrixRowLabel+float64(j)*side+side*0.14, at+side*0.14, side*0.72, side*0.72, cell(i, j))
		}
	}
	p.Lines = append(p.Lines,
		Line{X1: matrixRowLabel, Y1: heatTop + high, X2: matrixRowLabel + wide, Y2: heatTop + high, Role: Grid},
		Line{X1: matrixRowLabel + wide, Y1: heatTop, X2: matrixRowLabel + wide, Y2: heatTop + high, Role: Grid})
	p.legend(0, heatTop+high+10)
	return p
}
