package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/kubevidence/kubevidence/report/chart"
)

// svg draws a picture for the HTML report. Colours are the style sheet's, by class; title
// and description are what a screen reader says.
func svg(p chart.Picture, id, title, description string) template.HTML {
	var b strings.Builder
	escape := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="picture" role="img" aria-labelledby="%[1]s-title %[1]s-words" viewBox="0 0 %.0[2]f %.0[3]f" width="%.0[2]f" height="%.0[3]f"><title id="%[1]s-title">%[4]s</title><desc id="%[1]s-words">%[5]s</desc>`,
		id, p.Width, p.Height, escape(title), escape(description))
	for _, l := range p.Lines {
		class := string(l.Role)
		if l.Dashed {
			class += " dashed"
		}
		fmt.Fprintf(&b, `<path class="p-%s" d="M%s %sL%s %s"/>`, class, short(l.X1), short(l.Y1), short(l.X2), short(l.Y2))
	}
	for _, r := range p.Boxes {
		class := string(r.Role)
		if r.Hollow {
			class += " hollow"
		}
		fmt.Fprintf(&b, `<rect class="p-%s" x="%s" y="%s" width="%s" height="%s"/>`, class, short(r.X), short(r.Y), short(r.Width), short(r.Height))
	}
	for _, w := range p.Words {
		turn := ""
		if w.Rise != 0 {
			turn = fmt.Sprintf(` transform="rotate(%s %s %s)"`, short(-w.Rise), short(w.X), short(w.Y))
		}
		fmt.Fprintf(&b, `<text class="p-%s" x="%s" y="%s" font-size="%s"%s>%s</text>`, w.Role, short(w.X), short(w.Y), short(w.Size), turn, escape(w.Text))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// short writes points with a digit after the point at most.
func short(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

// matrixPicture is the picture of a matrix of reachability.
func matrixPicture(m *reachMatrix) template.HTML {
	return svg(m.picture(), "reach-matrix", "Reachability between namespaces: declared policy, not observed traffic",
		"A matrix of "+counted(len(m.Names)-1, "namespace")+" and the outside, sources in rows, destinations in columns. The table after it says the same in words.")
}

// coverageFigure is the picture of the controls' coverage.
func coverageFigure(r *Record) template.HTML {
	return svg(coveragePicture(r), "coverage-bars", "Findings of each control by status",
		"A bar for each of "+counted(len(pairControls(r.Controls)), "control")+". The table beside it has the counts.")
}

// heatFigure is the picture of namespaces and checks.
func heatFigure(m *heatMap) template.HTML {
	return svg(m.picture(), "heat-map", "The worst status of each check in each namespace",
		counted(len(m.Namespaces), "namespace")+" in rows, "+counted(len(m.Checks), "check")+" in columns. The table after it says the same in words.")
}

// trendFigure is the picture of earlier evaluations.
func trendFigure(t *trend) template.HTML {
	return svg(t.picture(), "trend", "Findings that ask for attention, by evaluation",
		counted(len(t.Shown), "evaluation")+", the oldest first. The table after it says the same in words.")
}

// timelineFigure is the picture of certificates' lives.
func timelineFigure(t *timeline) template.HTML {
	return svg(t.picture(), "expiry-timeline", "When certificates are renewed and end",
		counted(len(t.Shown), "certificate")+", the first to end first. The table after it says the same in words.")
}
