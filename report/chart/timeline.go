package chart

import "math"

// Measures of a timeline, in points.
const (
	lineLabel  = 150.0 // width of the names beside the bars
	lineLength = 216.0 // of the time that is shown
	lineNote   = 114.0 // width of the words after them
	lineRow    = 17.0
	lineHeight = 8.0
	lineHead   = 26.0 // room of the dates above
	lineRunes  = 36   // of a name
	tickRoom   = 44.0 // width of a date
)

// A Span is a row of a timeline. Its instants are in days from the instant of the record.
type Span struct {
	Label, Note     string
	From, Renew, To float64
	Renewed         bool // Renew is known
}

// A Tick is a date above a timeline.
type Tick struct {
	At   float64 // days from the instant of the record
	Text string
}

// Timeline lays out lives between two instants, in days. What lies outside is cut off there.
// A life is a full bar until its renewal, a half-filled one from there to its end, a frame
// struck through where it has ended; a stroke stands at the renewal, a dashed line at the
// instant of the record.
func Timeline(spans []Span, ticks []Tick, from, to float64) Picture {
	p := Picture{Width: lineLabel + lineLength + lineNote, Height: lineHead + lineRow*float64(len(spans)) + 22}
	foot := lineHead + lineRow*float64(len(spans))
	x := func(at float64) float64 {
		return lineLabel + lineLength*(math.Min(math.Max(at, from), to)-from)/(to-from)
	}
	p.dates(ticks, x, foot)
	for i, s := range spans {
		top := lineHead + float64(i)*lineRow + 4
		p.Words = append(p.Words,
			Words{X: 0, Y: top + 7, Text: shorten(s.Label, lineRunes), Size: 8, Room: lineLabel - 8, Role: Label},
			Words{X: lineLabel + lineLength + 8, Y: top + 7, Text: s.Note, Size: 7.5, Room: lineNote - 8, Role: Label})
		p.span(&s, top, x)
	}
	p.Lines = append(p.Lines, Line{X1: x(0), Y1: lineHead - 8, X2: x(0), Y2: foot, Role: Marker, Dashed: true})
	p.Words = append(p.Words, Words{X: x(0) - 9, Y: 8, Text: "now", Size: 7.5, Role: Label})
	p.lives(lineLabel, foot+9)
	return p
}

// dates draws the ticks that have room: none beside another, none under the word for now.
func (p *Picture) dates(ticks []Tick, x func(float64) float64, foot float64) {
	end := math.Inf(-1)
	for _, tick := range ticks {
		left := x(tick.At)
		if left < end {
			continue
		}
		end = left + tickRoom
		p.Lines = append(p.Lines, Line{X1: left, Y1: lineHead - 6, X2: left, Y2: foot, Role: Grid})
		p.Words = append(p.Words, Words{X: left, Y: lineHead - 9, Text: tick.Text, Size: 7, Room: tickRoom, Role: Label})
	}
}

// span draws one life.
func (p *Picture) span(s *Span, top float64, x func(float64) float64) {
	left, right := x(s.From), math.Max(x(s.To), x(s.From)+1.5)
	if s.To < 0 {
		p.life(left, top, right, Past)
		return
	}
	if !s.Renewed || s.Renew >= s.To {
		p.life(left, top, right, Life)
		return
	}
	middle := math.Min(math.Max(x(s.Renew), left), right)
	p.life(left, top, middle, Life)
	p.life(middle, top, right, Lead)
	p.Lines = append(p.Lines, Line{X1: middle, Y1: top - 2.5, X2: middle, Y2: top + lineHeight + 2.5, Role: Marker})
}

// life draws one part of a bar, told apart by form.
func (p *Picture) life(left, top, right float64, role Role) {
	width := right - left
	if width <= 0 {
		return
	}
	add := func(y, height float64, hollow bool) {
		p.Boxes = append(p.Boxes, Box{X: left, Y: y, Width: width, Height: height, Role: role, Hollow: hollow})
	}
	switch role {
	case Life:
		add(top, lineHeight, false)
	case Lead:
		add(top+lineHeight/2, lineHeight/2, false)
		add(top, lineHeight, true)
	default:
		add(top, lineHeight, true)
		add(top+lineHeight/2-0.75, 1.5, false)
	}
}

// lives is the legend.
func (p *Picture) lives(left, top float64) {
	for _, entry := range []struct {
		role  Role
		words string
		width float64
	}{{Life, "valid, not due", 84}, {Lead, "from its renewal to its end", 124}, {Past, "expired", 60}} {
		p.life(left, top, left+16, entry.role)
		p.Words = append(p.Words, Words{X: left + 20, Y: top + 7, Text: entry.words, Size: 7.5, Role: Label})
		left += entry.width + 10
	}
}
