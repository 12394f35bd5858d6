package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report/chart"
)

// picturedRecord is the sample with two evaluations before it.
func picturedRecord() *Record {
	r := sharedRecord()
	run := r.asRun()
	run.UID = ""
	earlier := func(days, fails int) Run {
		e := run
		e.UID, e.GeneratedAt = fmt.Sprintf("earlier-%d", days), run.GeneratedAt.AddDate(0, 0, -days)
		e.Counts.Fail = fails
		return e
	}
	r.Series = &Series{Every: "168h", From: run.GeneratedAt.AddDate(0, 0, -14), Expected: 3, Actual: 3, Runs: []Run{earlier(14, 1201), earlier(7, 1102), run}}
	return r
}

// TestPDFPictures: each picture is drawn, and what it shows stands in a table of the same
// section.
func TestPDFPictures(t *testing.T) {
	r := picturedRecord()
	pdf := writePDF(t, r)
	s, text := structure(t, pdf), pages(t, pdf)
	sections := flattened(s.Outlines)
	// within is the text of a section, without blanks: cells are wrapped.
	within := func(title string) string {
		for i, b := range sections {
			if strings.HasSuffix(b.Title, title) {
				last := len(text)
				if i+1 < len(sections) {
					last = sections[i+1].Page
				}
				return blanks.ReplaceAllString(strings.Join(text[b.Page-1:last], ""), "")
			}
		}
		t.Fatalf("no section %q", title)
		return ""
	}
	var controls, heats, lives, reaches, runs []string
	for _, c := range r.Summary.ByControl {
		n := c.Counts
		controls = append(controls, statusWords[c.Status].word+fmt.Sprint(n.Fail, n.NotAssessed, n.Warning, n.Waived, n.Attested, n.Pass, n.NotRequested+n.NotApplicable))
	}
	for _, row := range newHeatMap(r).Rows() {
		heats = append(heats, row.Namespace, strings.Join(row.Fail, ", "), strings.Join(row.NotAssessed, ", "), strings.Join(row.Warning, ", "))
	}
	certificates := newTimeline(r)
	for i := range certificates.Shown {
		c := &certificates.Shown[i]
		lives = append(lives, c.Namespace+"/"+c.Secret+day(c.NotBefore)+day(c.RenewalTime)+day(c.NotAfter)+certificates.State(*c))
	}
	for i := range r.Inventory.Reachability {
		row := &r.Inventory.Reachability[i]
		reaches = append(reaches, row.Sources[0], orDash(row.allowedWords()))
	}
	for _, run := range r.Series.Runs {
		runs = append(runs, utc(run.GeneratedAt)+grouped(run.Counts.Fail))
	}
	for _, c := range []struct {
		name    string
		picture chart.Picture
		caption string // above it
		section string
		table   string // the section of its table
		rows    []string
	}{
		{"coverage", coveragePicture(r), barWords, " Controls", " Summary", controls},
		{"heat map", newHeatMap(r).picture(), newHeatMap(r).Words(), " Findings by responsible party", " Findings by responsible party", heats},
		{"certificates", certificates.picture(), certificates.Words(), " Certificate inventory", " Certificate inventory", lives},
		{"reachability", newReachMatrix(r).picture(), "Rows are sources, columns destinations", " Reachability between namespaces", " Reachability between namespaces", reaches},
		{"trend", newTrend(r).picture(), newTrend(r).Words(), " Since earlier evaluations", " Since earlier evaluations", runs},
	} {
		t.Run(c.name, func(t *testing.T) {
			if caption := blanks.ReplaceAllString(c.caption, ""); !strings.Contains(within(c.section), caption) {
				t.Errorf("the section doesn't say %q", c.caption)
			}
			if len(c.picture.Boxes) < 3 || len(c.rows) < 3 {
				t.Fatalf("%d boxes, %d rows: nothing was looked at", len(c.picture.Boxes), len(c.rows))
			}
			if n := boxesUnder(t, pdf, s, text, c.caption); n < len(c.picture.Boxes) {
				t.Errorf("%d boxes are drawn there, want the picture's %d", n, len(c.picture.Boxes))
			}
			table := within(c.table)
			for _, row := range c.rows {
				if want := blanks.ReplaceAllString(strings.Trim(row, "[]"), ""); !strings.Contains(table, want) {
					t.Errorf("no table says %q", row)
				}
			}
		})
	}
}

var blanks = regexp.MustCompile(`[\s\[\]]+`)

// boxesUnder counts the rectangles on the page that has a caption.
func boxesUnder(t *testing.T, pdf []byte, s *pdfStructure, text []string, caption string) int {
	t.Helper()
	for i, page := range text {
		if !strings.Contains(blanks.ReplaceAllString(page, ""), blanks.ReplaceAllString(caption, "")) {
			continue
		}
		object, _, _ := strings.Cut(s.Pages[i].Contents[0], " ")
		return strings.Count(run(t, pdf, "qpdf", "--show-object="+object, "--filtered-stream-data", "FILE"), " re ")
	}
	return 0
}
