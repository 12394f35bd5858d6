package report

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/chart"
)

// pdfRoles are the colours of a picture's roles. None carries a meaning that a form doesn't.
var pdfRoles = map[chart.Role]pdfColor{
	chart.All: {0x9B, 0x1C, 0x1C}, chart.Some: {0x1C, 0x4F, 0x8F}, chart.Indeterminate: {0x86, 0x54, 0x00}, chart.Denied: {0x8A, 0x93, 0xA0},
	chart.Grid: pdfRule, chart.Label: pdfInk, chart.Marker: pdfInk,
	chart.Fail: pdfStatuses[audit.Fail], chart.NotAssessed: pdfStatuses[audit.NotAssessed], chart.Warning: pdfStatuses[audit.Warning],
	chart.Waived: pdfStatuses[audit.Waived], chart.Attested: pdfStatuses[audit.Attested], chart.Pass: pdfStatuses[audit.Pass],
	chart.Life: {0x1B, 0x66, 0x3A}, chart.Lead: {0xB0, 0x78, 0x10}, chart.Past: {0x9B, 0x1C, 0x1C},
}

// picture draws a picture at the left margin, on a page of its own where it has to be.
func (d *pdfDocument) picture(p chart.Picture) {
	d.place(p.Height + 6)
	left, top := pdfLeft, d.y
	for _, l := range p.Lines {
		d.line(pdfRoles[l.Role], 0.4)
		if l.Dashed {
			d.out.SetDashPattern([]float64{2, 2}, 0)
		}
		d.out.Line(left+l.X1, top+l.Y1, left+l.X2, top+l.Y2)
		d.out.SetDashPattern(nil, 0)
	}
	for _, b := range p.Boxes {
		style := "F"
		if b.Hollow {
			style = "D"
		}
		d.fill(pdfRoles[b.Role])
		d.line(pdfRoles[b.Role], 0.6)
		d.out.Rect(left+b.X, top+b.Y, b.Width, b.Height, style)
	}
	for _, w := range p.Words {
		style := pdfStyle{pdfSans, w.Size, w.Size, pdfRoles[w.Role]}
		text := d.fitting(style, oneLine(d.safe(pdfSans, w.Text, 80)), w.Room)
		d.font(style)
		x, y := left+w.X, top+w.Y
		if w.Rise != 0 {
			d.out.TransformBegin()
			d.out.TransformRotate(w.Rise, x, y)
		}
		d.out.Text(x, y, text)
		if w.Rise != 0 {
			d.out.TransformEnd()
		}
	}
	d.y = top + p.Height + 6
}

// fitting cuts a text to the room that it has, 0 for any.
func (d *pdfDocument) fitting(style pdfStyle, text string, room float64) string {
	runes := []rune(text)
	for n := len(runes); room > 0 && n > 1 && d.measure(style, text) > room; n-- {
		text = string(runes[:n-1]) + "…"
	}
	return text
}
