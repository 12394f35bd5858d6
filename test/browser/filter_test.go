package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestFilters: each filter shows what has its value and nothing else, with script and
// without.
func TestFilters(t *testing.T) {
	r := recordtest.Sample(t)
	bears := map[string]bool{}
	for _, check := range r.Checks {
		for _, control := range check.Controls {
			bears[check.ID+" "+control.Control] = true
		}
	}
	for _, noScript := range []bool{false, true} {
		t.Run(fmt.Sprintf("noScript=%v", noScript), func(t *testing.T) {
			p := open(t, r, how{noScript: noScript})
			for _, choice := range []struct {
				filter, words string
				keep          func(*audit.Finding) bool
			}{
				{"status", "Fail", func(f *audit.Finding) bool { return f.Status == audit.Fail }},
				{"status", "Not assessed", func(f *audit.Finding) bool {
					return f.Status == audit.NotAssessed && f.Reason != audit.NotRequested
				}},
				{"control", "A.10.1.2", func(f *audit.Finding) bool { return bears[f.Check+" A.10.1.2"] }},
				{"responsible", "Administrator", func(f *audit.Finding) bool { return f.Responsible == audit.Administrator }},
				{"namespace", "payments", func(f *audit.Finding) bool { return inPayments(f) }},
			} {
				p.choose(choice.filter, choice.words)
				want := count(r, choice.keep)
				if got := p.shown(".finding"); got != want || want == 0 {
					t.Errorf("%s %s: %d findings shown, want %d", choice.filter, choice.words, got, want)
				}
				if got := p.shown(".findings > .shown") + p.shown("#search-said:not(:empty)"); got != 1 {
					t.Errorf("%s %s: the page doesn't count what it shows", choice.filter, choice.words)
				}
				p.do(chromedp.Click(".filters button[type=reset]", chromedp.ByQuery))
				p.until(shown(".finding") + fmt.Sprintf(" === %d", len(r.Findings)))
			}
			p.choose("status", "Pass")
			p.choose("namespace", "payments")
			want := count(r, func(f *audit.Finding) bool { return f.Status == audit.Pass && inPayments(f) })
			if got := p.shown(".finding"); got != want || want == 0 {
				t.Errorf("two filters: %d findings shown, want %d", got, want)
			}
		})
	}
}

// inPayments reports whether a finding is of namespace payments: in it, or it itself.
func inPayments(f *audit.Finding) bool {
	return f.Subject.Namespace == "payments" || f.Subject.Kind == "Namespace" && f.Subject.Name == "payments"
}

func count(r *report.Record, keep func(*audit.Finding) bool) int {
	n := 0
	for i := range r.Findings {
		if keep(&r.Findings[i]) {
			n++
		}
	}
	return n
}

// TestSearch: search narrows what the filters show, is absent without script, and a link
// to a finding that is hidden shows it.
func TestSearch(t *testing.T) {
	r := recordtest.Sample(t)
	p := open(t, r, how{})
	search := func(words string, want int) {
		t.Helper()
		ask[any](p, `document.getElementById("search").value = ""`)
		p.do(chromedp.SendKeys("#search", words, chromedp.ByQuery))
		p.until(fmt.Sprintf(`document.getElementById("search-said").textContent.startsWith("%d finding")`, want))
		if got := p.shown(".finding"); got != want {
			t.Errorf("%q: %d findings shown, want %d", words, got, want)
		}
		if got, want := p.shown(".check"), min(want, 1); want == 0 && got != 0 {
			t.Errorf("%q: %d empty checks shown", words, got)
		}
	}
	search("RATELIMITED checkout", 1)
	search("nothing-is-called-this", 0)
	hidden := "finding-" + r.Findings[0].ID
	p.do(chromedp.Evaluate(`location.hash = "#" + encodeURIComponent(`+quote(hidden)+`)`, nil))
	p.until(`document.getElementById(` + quote(hidden) + `).getClientRects().length > 0`)
	if got := p.shown(".finding"); got != len(r.Findings) {
		t.Errorf("after following a link: %d findings shown, want all %d", got, len(r.Findings))
	}
	if got := open(t, r, how{noScript: true}).shown("#search-box"); got != 0 {
		t.Error("without script there is a search box that does nothing")
	}
}
