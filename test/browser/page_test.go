package browser

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kubevidence/kubevidence/report"
)

// A page is a report in a browser of its own.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // for anything but the report's file
	troubles []string // errors on the console and exceptions
}

// How a report is opened.
type how struct {
	noScript      bool
	bare          bool  // without styles and scripts, as a server that strips both hands it out
	width, height int64 // 0: a desktop's
	dark          bool
}

// open renders a record and opens it. The browser ends with the test, which fails if the
// page asked for anything or complained.
func open(t *testing.T, r *report.Record, as how) *page {
	t.Helper()
	var document bytes.Buffer
	if err := report.WriteHTML(&document, r); err != nil {
		t.Fatal(err)
	}
	text := document.Bytes()
	if as.bare {
		text = ornament.ReplaceAll(text, nil)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t)
	chromedp.ListenTarget(p.ctx, func(event any) { p.hear(event, "file://"+file) })
	if as.width == 0 {
		as.width, as.height = 1280, 900
	}
	scheme := "light"
	if as.dark {
		scheme = "dark"
	}
	p.do(
		network.Enable(), log.Enable(),
		emulation.SetScriptExecutionDisabled(as.noScript),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.EmulateViewport(as.width, as.height),
		chromedp.Navigate("file://"+file),
	)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.requests) > 0 {
			t.Errorf("the page asked for %q", p.requests)
		}
		if len(p.troubles) > 0 {
			t.Errorf("the page complained: %q", p.troubles)
		}
	})
	return p
}

// ornament is what some servers take out of a page, or have browsers pass over.
var ornament = regexp.MustCompile(`(?s)<style[^>]*>.*?</style>|<script[^>]*>.*?</script>`)

// start starts a browser.
func start(t *testing.T) *page {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("KUBEVIDENCE_NO_SKIP") != "" {
			t.Fatal("chromium isn't installed")
		}
		t.Skip("chromium isn't installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	allocator, endProcess := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(endProcess)
	ctx, endBrowser := chromedp.NewContext(allocator)
	t.Cleanup(endBrowser)
	ctx, endTime := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(endTime)
	return &page{t: t, ctx: ctx}
}

// hear notes what the page asks for and complains of.
func (p *page) hear(event any, file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if address, _, _ := strings.Cut(e.Request.URL, "#"); address != file {
			p.requests = append(p.requests, e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		p.troubles = append(p.troubles, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		p.troubles = append(p.troubles, "console."+string(e.Type))
	case *log.EventEntryAdded:
		p.troubles = append(p.troubles, e.Entry.Text)
	}
}

// do carries out actions.
func (p *page) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// ask evaluates an expression on the page.
func ask[T any](p *page, expression string) T {
	p.t.Helper()
	var answer T
	p.do(chromedp.Evaluate(expression, &answer))
	return answer
}

// shown counts elements that take room on the page.
func (p *page) shown(selector string) int {
	p.t.Helper()
	return ask[int](p, shown(selector))
}

// shown is the expression of it.
func shown(selector string) string {
	return `[...document.querySelectorAll(` + quote(selector) + `)].filter(e => e.getClientRects().length > 0).length`
}

// until waits until an expression holds, and fails where it doesn't within some seconds.
func (p *page) until(expression string) {
	p.t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for range 1000 {
		if ask[bool](p, expression) {
			return
		}
		<-ticker.C
	}
	p.t.Fatalf("it never came true: %s", expression)
}

// choose chooses the first option that begins with the words, by the keyboard, as a person
// does.
func (p *page) choose(filter, words string) {
	p.t.Helper()
	p.do(chromedp.Focus("#filter-"+filter, chromedp.ByQuery), chromedp.KeyEvent(words))
}

func quote(s string) string { return "`" + s + "`" }
