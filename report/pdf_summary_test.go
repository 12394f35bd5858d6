package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// TestPDFSummaryServesEachParty: however many causes one party has, the other finds its worst
// on the page; and a remedy that stands there can be followed.
func TestPDFSummaryServesEachParty(t *testing.T) {
	r := pdfSamples["realistic"]()
	long := strings.Repeat("mend the field that the message names, ", 20)
	r.Summary.Causes = nil
	for i := range 9 {
		r.Summary.Causes = append(r.Summary.Causes, Cause{
			Check: fmt.Sprintf("NET-0%d", i+1), Title: "every workload is isolated", Status: audit.Fail, Severity: audit.High,
			Responsible: audit.User, Places: []string{"Namespace a"}, Subjects: 1, Findings: 1,
			Remedy: fmt.Sprintf("Do step %d first. Then %send%d.", i+1, long, i+1),
		})
	}
	r.Summary.Causes = append(r.Summary.Causes, Cause{
		Check: "CM-01", Title: "cert-manager is up", Status: audit.Fail, Severity: audit.High, Responsible: audit.Administrator,
		Places: []string{"Namespace b"}, Subjects: 1, Findings: 1, Remedy: "Restore the Deployments.",
	})
	page := flat(pages(t, writePDF(t, r))[2:3])
	for _, want := range []string{"NET-01 every workload", "CM-01 cert-manager is up", "Restore the Deployments.", "further causes: see Findings by responsible party."} {
		if !strings.Contains(page, want) {
			t.Errorf("the summary doesn't say %q:\n%s", want, page)
		}
	}
	for i := range 9 {
		first, whole := fmt.Sprintf("Do step %d first.", i+1), fmt.Sprintf("end%d.", i+1)
		if strings.Contains(page, fmt.Sprintf("NET-0%d every", i+1)) && !strings.Contains(page, first) {
			t.Errorf("the remedy of cause %d is cut", i+1)
		}
		if strings.Contains(page, first+" Then") && !strings.Contains(page, whole) {
			t.Errorf("the remedy of cause %d is cut", i+1)
		}
	}
	if strings.Contains(page, "…") {
		t.Errorf("the summary cuts something:\n%s", page)
	}
}

func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "A": "A", "Do it.": "Do it.", "Do it. Then that.": "Do it.", "Set spec.tls. Ärger": "Set spec.tls.",
		"e.g. this one": "e.g. this one", "Set it. ": "Set it. ",
	} {
		if got := firstSentence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
