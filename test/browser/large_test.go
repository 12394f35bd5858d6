package browser

import (
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kubevidence/kubevidence/report/recordtest"
)

// awaited waits for a promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// TestLarge logs how long a report of 10,000 findings takes to open and to filter, until
// the next frame is drawn. Times aren't asserted: they are the machine's.
func TestLarge(t *testing.T) {
	p := open(t, recordtest.Large(t, 10_000), how{})
	t.Logf("first painted after %.0f ms", ask[float64](p, `performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1`))
	t.Logf("opened in %.0f ms", ask[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	if got := ask[int](p, `document.querySelectorAll(".finding").length`); got != 10_000 {
		t.Fatalf("%d findings on the page, want 10,000", got)
	}
	if got := ask[int](p, `document.querySelectorAll("details.finding").length`); got != 1000 {
		t.Errorf("%d findings open and close, want the 1,000 worst", got)
	}
	ask[any](p, `document.getElementById("findings").scrollIntoView()`)
	timed := func(what, change string) {
		var ms float64
		p.do(chromedp.Evaluate(`new Promise(done => requestAnimationFrame(() => {
			const from = performance.now();
			`+change+`;
			requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
		}))`, &ms, awaited))
		t.Logf("%s in %.0f ms", what, ms)
	}
	choose := func(filter, words string) string {
		return `const list = document.getElementById("filter-` + filter + `");
			list.value = [...list.options].find(o => o.text.startsWith("` + words + `")).value;
			list.dispatchEvent(new Event("change", {bubbles: true}))`
	}
	timed("filtered by status", choose("status", "Fail"))
	timed("and by namespace", choose("namespace", "team-007"))
	timed("shown all", `document.querySelector(".filters").reset()`)
	timed("searched", `document.getElementById("search").value = "service-777"; document.querySelector(".filters").dispatchEvent(new Event("change"))`)
	if got := p.shown(".finding"); got == 0 || got > 20 {
		t.Errorf("the search shows %d findings", got)
	}
}
