package chart

import (
	"math"
	"strconv"
)

// Measures of bars, in points.
const (
	barsLabel  = 150.0 // width of the names beside them
	barsLength = 250.0 // of a bar
	barsNote   = 80.0  // width of the words after it
	barsRow    = 26.0
	barsHeight = 11.0
	barsRunes  = 36  // of a name
	barsDigit  = 4.6 // width of a digit of the counts
)

// A Bar is a whole and its parts.
type Bar struct {
	Label, Note string
	Parts       []Part
}

// A Part is a count of a bar; those of 0 aren't drawn.
type Part struct {
	Role  Role
	Count int
}

// Bars lays out one bar a whole, each as long as every other, its parts as long as their
// share and at least as their number, which stands above.
func Bars(bars []Bar) Picture {
	p := Picture{Width: barsLabel + barsLength + barsNote, Height: barsRow*float64(len(bars)) + 24}
	for i, bar := range bars {
		top := float64(i)*barsRow + 12
		p.Words = append(p.Words,
			Words{X: 0, Y: top + 8.5, Text: shorten(bar.Label, barsRunes), Size: 8, Room: barsLabel - 8, Role: Label},
			Words{X: barsLabel + barsLength + 8, Y: top + 8.5, Text: bar.Note, Size: 8, Room: barsNote - 8, Role: Label})
		x := barsLabel
		for j, length := range lengths(bar.Parts) {
			if length == 0 {
				continue
			}
			p.status(x, top, length-1, barsHeight, bar.Parts[j].Role)
			p.Words = append(p.Words, Words{X: x, Y: top - 2, Text: strconv.Itoa(bar.Parts[j].Count), Size: 7, Role: Label})
			x += length
		}
		if x == barsLabel {
			p.Lines = append(p.Lines, Line{X1: x, Y1: top + barsHeight, X2: x + barsLength, Y2: top + barsHeight, Role: Grid})
		}
	}
	p.legend(barsLabel, barsRow*float64(len(bars))+12)
	return p
}

// lengths are those of the parts: each has the room of its number, the rest goes by share.
func lengths(parts []Part) []float64 {
	least, total, rest := make([]float64, len(parts)), 0, barsLength
	for i, part := range parts {
		if part.Count > 0 {
			least[i] = math.Max(8, barsDigit*float64(len(strconv.Itoa(part.Count)))+3)
			rest -= least[i]
			total += part.Count
		}
	}
	for i, part := range parts {
		if part.Count > 0 {
			least[i] += rest * float64(part.Count) / float64(total)
		}
	}
	return least
}
