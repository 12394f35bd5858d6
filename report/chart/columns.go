package chart

import (
	"math"
	"strconv"
)

// Measures of columns, in points.
const (
	columnsWidth  = 480.0
	columnsHeight = 130.0 // of the highest
	columnsHead   = 14.0  // room of its number
	columnsWidest = 26.0
	columnsGap    = 4.0
	columnsLabel  = 48.0 // width of a word below
	columnsLeast  = 3.0  // height of the least part
)

// A Column is one point in time and its parts, the lowest first.
type Column struct {
	Label string
	Parts []Part
}

// Columns lays out columns side by side, as high as their counts, each with its sum above.
// Labels stand below where they have room.
func Columns(columns []Column) Picture {
	p := Picture{Width: columnsWidth, Height: columnsHead + columnsHeight + 34}
	foot := columnsHead + columnsHeight
	pitch := math.Min(columnsWidest+columnsGap, columnsWidth/math.Max(float64(len(columns)), 1))
	highest := 1
	for i := range columns {
		highest = max(highest, sum(columns[i].Parts))
	}
	scale := (columnsHeight - 6*columnsLeast) / float64(highest)
	free := 0.0 // where the next label may begin
	for i := range columns {
		x, y := float64(i)*pitch, foot
		for _, part := range columns[i].Parts {
			if part.Count == 0 {
				continue
			}
			height := columnsLeast + scale*float64(part.Count)
			y -= height
			p.status(x, y, math.Max(pitch-columnsGap, 1), height-0.5, part.Role)
		}
		total := strconv.Itoa(sum(columns[i].Parts))
		if width := float64(len(total)) * 4.4; width <= pitch {
			p.Words = append(p.Words, Words{X: x, Y: y - 3, Text: total, Size: 7, Role: Label})
		}
		if x >= free && x+columnsLabel <= columnsWidth {
			p.Words = append(p.Words, Words{X: x, Y: foot + 11, Text: columns[i].Label, Size: 7, Room: columnsLabel, Role: Label})
			free = x + columnsLabel
		}
	}
	p.Lines = append(p.Lines, Line{X1: 0, Y1: foot + 0.5, X2: columnsWidth, Y2: foot + 0.5, Role: Label})
	p.legend(0, foot+20)
	return p
}

func sum(parts []Part) int {
	total := 0
	for _, part := range parts {
		total += part.Count
	}
	return total
}
