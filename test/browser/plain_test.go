package browser

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// statuses are what a reader of the plain page has instead of colours and shapes.
var statuses = map[audit.Status]string{
	audit.Fail: "Fail", audit.Warning: "Warning", audit.Waived: "Waived", audit.Attested: "Attested", audit.NotAssessed: "Not assessed",
	audit.NotApplicable: "Not applicable", audit.Pass: "Pass",
}

// TestPlain: without style and script the report is a document all the same. Headings and
// findings show, each finding with its status as a word, and opened it says everything.
func TestPlain(t *testing.T) {
	r := recordtest.Sample(t)
	p := open(t, r, how{bare: true, noScript: true})
	if n := ask[int](p, `document.styleSheets.length + document.scripts.length`); n != 0 {
		t.Fatalf("%d styles and scripts are left", n)
	}
	for _, selector := range []string{"h1, h2, h3, h4", ".finding", "caption", "svg.picture"} {
		// The tables beside pictures wait to be opened.
		all := ask[int](p, `[...document.querySelectorAll(`+quote(selector)+`)].filter(e => !e.closest("details:not(.finding)")).length`)
		if got := p.shown(selector); got < all || all == 0 {
			t.Errorf("%d of %d %q show", got, all, selector)
		}
	}
	// As read before anything is opened: what a browser calls visible, by line.
	visible := flat(ask[string](p, `document.body.innerText`))
	for i := range r.Findings {
		f := &r.Findings[i]
		want := statuses[f.Status] + " " + f.Subject.String() + " " + f.Message
		if f.Reason == audit.NotRequested {
			want = strings.Replace(want, "Not assessed", "Not requested", 1)
		}
		if !strings.Contains(visible, flat(want)) {
			t.Errorf("%s: its line %q doesn't show", f.ID, want)
		}
	}
	ask[any](p, `document.querySelectorAll("details").forEach(d => d.open = true)`)
	opened := flat(ask[string](p, `document.body.innerText`))
	for i := range r.Findings {
		f := &r.Findings[i]
		words := []string{f.ID, f.Expected, f.Observed, f.Command}
		for _, e := range f.Evidence {
			words = append(words, e.Path+" "+e.Value)
		}
		for _, word := range words {
			if !strings.Contains(opened, flat(word)) {
				t.Errorf("%s: opened, it doesn't say %q", f.ID, word)
			}
		}
	}
}

var blanks = regexp.MustCompile(`\s+`)

// flat is a text with a blank for every run of them.
func flat(text string) string { return strings.TrimSpace(blanks.ReplaceAllString(text, " ")) }
