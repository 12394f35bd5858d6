package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// print prints the page as its style asks for.
func (p *page) print() []byte {
	p.t.Helper()
	var pdf []byte
	p.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdppage.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		p.t.Fatalf("printed %.20q", pdf)
	}
	return pdf
}

// printed is the text of each page of a print.
func (p *page) printed() []string {
	p.t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("KUBEVIDENCE_NO_SKIP") != "" {
			p.t.Fatal("pdftotext isn't installed")
		}
		p.t.Skip("pdftotext isn't installed; with it this test reads what is printed")
	}
	file := filepath.Join(p.t.TempDir(), "print.pdf")
	if err := os.WriteFile(file, p.print(), 0o600); err != nil {
		p.t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	for i := range pages {
		if want := fmt.Sprintf("page %d of %d", i+1, len(pages)); !strings.Contains(flat(pages[i]), want) {
			p.t.Errorf("page %d doesn't say %q", i+1, want)
		}
		pages[i] = pageNumber.ReplaceAllString(pages[i], "")
	}
	return pages
}

var pageNumber = regexp.MustCompile(`page \d+ of \d+`)

// TestPrint: the browser prints every finding, opened, whatever a filter hides on the
// screen, and what it prints is a PDF.
func TestPrint(t *testing.T) {
	r := recordtest.Sample(t)
	p := open(t, r, how{})
	whole := p.printed()
	p.choose("status", "Waived")
	if filtered := p.printed(); len(filtered) != len(whole) || len(whole) < 10 {
		t.Errorf("%d pages printed under a filter, %d without", len(filtered), len(whole))
	}
	// Lines break anywhere.
	text := blanks.ReplaceAllString(strings.Join(whole, ""), "")
	for i := range r.Findings {
		f := &r.Findings[i]
		for _, words := range []string{"Finding:" + f.ID, "Reproduce:" + f.Command} {
			if !strings.Contains(text, blanks.ReplaceAllString(words, "")) {
				t.Errorf("%s: the print doesn't say %q", f.ID, words)
			}
		}
	}
}

// TestPrintRepeatsHeads: each page that a long table goes on to begins with its head.
func TestPrintRepeatsHeads(t *testing.T) {
	r := recordtest.Sample(t)
	r.Inventory.Isolation = nil
	for i := range 150 {
		r.Inventory.Isolation = append(r.Inventory.Isolation, report.Isolation{Workload: fmt.Sprintf("long/row-%03d[Deployment]", i), Pods: 1})
	}
	rows, pages := 0, 0
	for i, text := range open(t, r, how{}).printed() {
		first := strings.Index(text, "long/row-")
		if first < 0 {
			continue
		}
		pages++
		rows += strings.Count(text, "long/row-")
		if head := flat(text[:first]); !strings.HasSuffix(head, "Workload Pods Ingress Egress") {
			t.Errorf("page %d: before its first row stands %.200q", i+1, head)
		}
	}
	if rows != 150 || pages < 2 {
		t.Errorf("%d rows on %d pages, want 150 on several", rows, pages)
	}
}
