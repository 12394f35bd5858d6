package report

import (
	"github.com/jung-kurt/gofpdf"
	"github.com/kubevidence/kubevidence/audit"
)

// A pdfShape is a status' drawn shape; the zero value draws nothing.
type pdfShape int

// pdfMark returns the shape of a status.
func pdfMark(s audit.Status) pdfShape { return pdfShape(s) + 1 }

// drawMark draws a shape in a square of a side, its upper left corner at x, y. The shapes
// differ in outline and filling, so that they hold in greyscale and without colour:
// a filled square with a cross, a filled triangle with a stroke, a filled disc with a tick
// for Fail, Warning, Pass; a hollow diamond for NotAssessed, a hollow square with a bar
// for Waived, a hollow disc with a tick for Attested, a dash for NotApplicable.
func (d *pdfDocument) drawMark(shape pdfShape, x, y, side float64) {
	if shape == 0 {
		return
	}
	status := audit.Status(shape - 1)
	color := pdfStatuses[status]
	stroke := side / 8
	d.fill(color)
	d.line(color, stroke)
	at := func(fx, fy float64) gofpdf.PointType { return gofpdf.PointType{X: x + fx*side, Y: y + fy*side} }
	path := func(points ...gofpdf.PointType) {
		for i := 1; i < len(points); i++ {
			d.out.Line(points[i-1].X, points[i-1].Y, points[i].X, points[i].Y)
		}
	}
	tick := []gofpdf.PointType{at(0.26, 0.53), at(0.44, 0.71), at(0.75, 0.32)}
	switch status {
	case audit.Fail:
		d.out.Rect(x, y, side, side, "F")
		d.line(pdfWhite, stroke)
		path(at(0.27, 0.27), at(0.73, 0.73))
		path(at(0.73, 0.27), at(0.27, 0.73))
	case audit.Warning:
		d.out.Polygon([]gofpdf.PointType{at(0.5, -0.02), at(1.04, 0.98), at(-0.04, 0.98)}, "F")
		d.line(pdfWhite, stroke)
		path(at(0.5, 0.32), at(0.5, 0.64))
		path(at(0.5, 0.76), at(0.5, 0.86))
	case audit.Pass:
		d.out.Circle(x+side/2, y+side/2, side/2, "F")
		d.line(pdfWhite, stroke)
		path(tick...)
	case audit.NotAssessed:
		d.out.Polygon([]gofpdf.PointType{at(0.5, 0), at(1, 0.5), at(0.5, 1), at(0, 0.5)}, "D")
	case audit.Waived:
		d.out.Rect(x+stroke/2, y+stroke/2, side-stroke, side-stroke, "D")
		path(at(0.25, 0.5), at(0.75, 0.5))
	case audit.Attested:
		d.out.Circle(x+side/2, y+side/2, side/2-stroke/2, "D")
		path(tick...)
	case audit.NotApplicable:
		path(at(0.15, 0.5), at(0.85, 0.5))
	}
}
