package report

import (
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// TestNarrowedScope: whatever narrowed the evaluation stands on the cover, and beside the
// coverage.
func TestNarrowedScope(t *testing.T) {
	r := pdfSamples["realistic"]()
	r.Config.Options.Namespace = "shop"
	r.Config.Options.Checks = []string{"NET-01"}
	r.Config.Effective.Scope.Exclusions = []audit.Exclusion{{Namespace: "sandbox-*", Reason: "r"}}
	r.Checks, r.Catalogue.LeftOut = r.Checks[:1], []string{"NET-02", "NET-03"}
	all := pages(t, writePDF(t, r))
	cover, summary := flat(all[:1]), flat(all[2:3])
	for _, want := range []string{
		"Subjects narrowed to namespace shop", "without namespaces sandbox-*, which the configuration excludes",
		"Only checks NET-01; 2 of 3 checks of the catalogue left out",
		"2 of 3 checks of the catalogue left out: they weren't asked for.",
	} {
		if !strings.Contains(cover, want) {
			t.Errorf("the cover doesn't say %q:\n%s", want, cover)
		}
	}
	if want := "2 of 3 checks of the catalogue left out"; !strings.Contains(summary, want) {
		t.Errorf("the summary doesn't say %q:\n%s", want, summary)
	}
}

// TestCoverageNumber: one check waits, several wait.
func TestCoverageNumber(t *testing.T) {
	r := &Record{Checks: make([]Check, 5)}
	for denominator, want := range map[int]string{4: "Of 5 checks 1 had no subject here, or waits for", 3: "Of 5 checks 2 had no subject here, or wait for"} {
		r.Summary.Checks.Denominator = denominator
		if got := coverageWords(r); !strings.Contains(got, want) {
			t.Errorf("%q doesn't say %q", got, want)
		}
	}
}

func TestReader(t *testing.T) {
	r := &Record{}
	r.Collection.Source = audit.FromCluster
	if got, want := r.reader(), "nobody named by the credentials"; got != want {
		t.Errorf("%q, want %q: nothing is asserted", got, want)
	}
	r.Config.Effective.Assessor = "Alice"
	if got, want := r.reader(), "nobody named by the credentials; assessor stated in the configuration: Alice (asserted, not verified)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEvery(t *testing.T) {
	for every, want := range map[string]string{"24h": "day", "168h": "7 days", "1h": "hour", "36h": "36 hours", "90m": "1h30m0s"} {
		if got := everyWords(every); got != want {
			t.Errorf("%s: %q, want %q", every, got, want)
		}
	}
}
