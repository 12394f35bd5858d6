package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestAccessible: axe-core finds nothing serious or critical, on a desktop and a telephone,
// light and dark, in the ordinary report and in one full of hostile names.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*report.Record{"sample": recordtest.Sample(t), "hostile": recordtest.Hostile(t), "empty": {}} {
		for as, how := range map[string]how{"light": {}, "dark": {dark: true}, "telephone": {width: 390, height: 844}} {
			t.Run(name+"/"+as, func(t *testing.T) {
				p := open(t, r, how)
				// As they are when a reader sees them: opened, and laid out.
				ask[any](p, `document.querySelectorAll("details").forEach((d, i) => { d.open = i < 40 }); document.querySelectorAll("*").forEach(e => { if (getComputedStyle(e).contentVisibility !== "visible") e.style.contentVisibility = "visible" })`)
				p.do(chromedp.Evaluate(string(axe), nil))
				var found []struct {
					ID, Impact, Help string
					Nodes            []struct {
						HTML, FailureSummary string
						Target               []any
					}
				}
				p.do(chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations)`, &found, awaited))
				for _, v := range found {
					message := fmt.Sprintf("%s (%s): %s: %d places, first %v, %.300s: %s", v.ID, v.Impact, v.Help, len(v.Nodes), v.Nodes[0].Target, v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
					if v.Impact == "serious" || v.Impact == "critical" {
						t.Error(message)
					} else {
						t.Log(message)
					}
				}
			})
		}
	}
}

// TestAnchors: a link leads to the place that it names, and opens the finding that it is
// in.
func TestAnchors(t *testing.T) {
	r := recordtest.Sample(t)
	for _, noScript := range []bool{false, true} {
		p := open(t, r, how{noScript: noScript})
		p.do(chromedp.Click(`.contents a[href="#findings"]`, chromedp.ByQuery))
		if y := ask[float64](p, `document.getElementById("findings").getBoundingClientRect().top`); y < -1 || y > 300 {
			t.Errorf("noScript=%v: the contents lead %.0f pixels beside the findings", noScript, y)
		}
		target := ask[string](p, `[...document.querySelectorAll(".lines a, .chapter a")].map(a => a.getAttribute("href")).find(h => h?.startsWith("#finding-"))`)
		p.do(chromedp.Evaluate(`[...document.querySelectorAll("a")].find(a => a.getAttribute("href") === `+quote(target)+`).click()`, nil))
		p.until(`document.querySelector(":target")?.closest("details")?.open === true`)
	}
}

// TestNarrow: at the width of a telephone nothing but tables of their own scroll sideways.
func TestNarrow(t *testing.T) {
	for name, r := range map[string]*report.Record{"sample": recordtest.Sample(t), "hostile": recordtest.Hostile(t)} {
		p := open(t, r, how{width: 360, height: 780})
		if wide := ask[int](p, `document.documentElement.scrollWidth`); wide > 360 {
			t.Errorf("%s: the page is %d pixels wide", name, wide)
		}
	}
}
