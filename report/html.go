package report

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"sync"

	"github.com/kubevidence/kubevidence/templates"
)

// Limits of the HTML. What is left out is counted where it is missing; the record has it.
const (
	htmlMaxFindings  = 10_000 // in the appendix, worst first
	htmlMaxClosed    = 1_000  // of them that open and close: each is a good part of what a browser takes for its page
	htmlMaxByParty   = 1_000  // lines in the section of one party
	htmlMaxByControl = 100    // lines in the chapter of one control
	htmlMaxRows      = 5_000  // of the ledger and of each inventory
	htmlMaxRunes     = 2_000  // of one text
	htmlMaxName      = 600    // of one name: namespace and name have 253 at most
)

// WriteHTML writes the record as one HTML file that asks nothing of any network and can be
// read without its style and its script, which only adds search. The same record gives the same bytes.
func WriteHTML(w io.Writer, r *Record) error {
	forms, err := htmlForms()
	if err != nil {
		return err
	}
	page, err := newHTMLPage(r)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := forms.ExecuteTemplate(out, "report.html", page); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	return nil
}

// htmlForms are the templates, parsed once.
var htmlForms = sync.OnceValues(func() (*template.Template, error) {
	forms, err := template.New("").Funcs(htmlWords).ParseFS(templates.Files, "*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the templates: %w", err)
	}
	return forms, nil
})
