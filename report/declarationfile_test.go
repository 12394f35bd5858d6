package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestCommitOfADeclarationFile: a file may have been edited since the commit that its
// checkout is at, or never been in it; the reports say that nobody compared them.
func TestCommitOfADeclarationFile(t *testing.T) {
	r := recordtest.Sample(t)
	r.Declarations = []report.DeclarationFile{{Name: "waivers/a.yaml", SHA256: strings.Repeat("ab", 32), Commit: strings.Repeat("cd", 20)}}
	want := "at commit (not compared with the file)"
	if page := renderHTML(t, r); !strings.Contains(page, want) || !strings.Contains(page, r.Declarations[0].Commit) {
		t.Errorf("the page doesn't say %q", want)
	}
	var pdf bytes.Buffer
	if err := report.WritePDF(&pdf, r); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(textOfPDF(t, pdf.Bytes())), " "); !strings.Contains(text, want) {
		t.Errorf("the PDF doesn't say %q", want)
	}
}
