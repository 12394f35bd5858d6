package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// auditLanguage is what an auditor calls the statuses.
var auditLanguage = map[audit.Status]string{
	audit.Pass:        "conformity (of what was read)",
	audit.Fail:        "nonconformity (candidate)",
	audit.Warning:     "opportunity for improvement (candidate)",
	audit.NotAssessed: "not assessed",
	audit.Waived:      "accepted risk",
}

// TestGlossary: the record, the HTML and the PDF map statuses to the language of audits.
func TestGlossary(t *testing.T) {
	r := recordtest.Sample(t)
	t.Run("record", func(t *testing.T) {
		var document struct {
			Glossary []report.StatusTerm `json:"glossary"`
		}
		if err := json.Unmarshal(encode(t, r), &document); err != nil {
			t.Fatal(err)
		}
		terms := map[audit.Status]string{}
		for _, term := range document.Glossary {
			terms[term.Word] = term.Terms
			if term.Meaning == "" {
				t.Errorf("%s has no meaning", term.Word)
			}
		}
		for status, want := range auditLanguage {
			if !strings.HasPrefix(terms[status], want) {
				t.Errorf("%s is %q, want %q", status, terms[status], want)
			}
		}
		if len(terms) != len(audit.Statuses) {
			t.Errorf("%d statuses of %d", len(terms), len(audit.Statuses))
		}
	})
	t.Run("html", func(t *testing.T) {
		wantGlossary(t, parsePage(t, renderHTML(t, r)).text)
	})
	t.Run("pdf", func(t *testing.T) {
		var pdf bytes.Buffer
		if err := report.WritePDF(&pdf, r); err != nil {
			t.Fatal(err)
		}
		wantGlossary(t, textOfPDF(t, pdf.Bytes()))
	})
}

// wantGlossary looks for the words where a document maps them.
func wantGlossary(t *testing.T, text string) {
	t.Helper()
	_, glossary, found := strings.Cut(strings.Join(strings.Fields(text), " "), "In the language of audits")
	if !found {
		t.Fatal("there is no glossary")
	}
	for status, want := range auditLanguage {
		if !strings.Contains(glossary, want) {
			t.Errorf("%s isn't mapped to %q", status, want)
		}
	}
}

// textOfPDF is the text in reading order.
func textOfPDF(t *testing.T, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed; with it this test reads the PDF back")
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
