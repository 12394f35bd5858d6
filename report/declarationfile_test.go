package report_test

import (
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
	reportsSay(t, r, "at commit (not compared with the file)")
	if page := renderHTML(t, r); !strings.Contains(page, r.Declarations[0].Commit) {
		t.Errorf("the page doesn't give the commit %s", r.Declarations[0].Commit)
	}
}
