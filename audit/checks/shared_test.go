package checks

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
)

// sharedIngress holds cases that were not written for this repository.
const sharedIngress = "../../../shared/cases/ingress"

// verdicts are the words of the shared cases for statuses.
var verdicts = map[string]audit.Status{
	"pass": audit.Pass, "ok": audit.Pass, "warn": audit.Warning, "fail": audit.Fail, "not_assessed": audit.NotAssessed,
}

func TestSharedIngressCases(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sharedIngress, "expected.json"))
	if err != nil {
		t.Skipf("the shared cases aren't on this machine: %v", err)
	}
	var expected struct {
		Cases []struct {
			ID     string    `json:"id"`
			File   string    `json:"file"`
			Now    time.Time `json:"now"`
			Expect []struct {
				Object  string `json:"object"` // Kind/namespace/name
				Check   string `json:"check"`
				Verdict string `json:"verdict"`
				Why     string `json:"why"`
			} `json:"expect"`
			MustNotRaise []string `json:"must_not_raise"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, c := range expected.Cases {
		t.Run(c.ID, func(t *testing.T) {
			s, err := collect.Files(context.Background(), collect.FilesOptions{Paths: []string{filepath.Join(sharedIngress, c.File)}, At: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			findings := audit.Run(audit.Derive(s, audit.DefaultConfig(), audit.Options{At: c.Now}), All).Findings
			for _, e := range c.Expect {
				if !slices.ContainsFunc(All, func(known audit.Check) bool { return known.ID == e.Check }) {
					t.Errorf("an expectation of %s, which is no check", e.Check)
					continue
				}
				judged++
				i := slices.IndexFunc(findings, func(f audit.Finding) bool { return f.Check == e.Check && f.Subject.Key() == e.Object })
				switch want, known := verdicts[e.Verdict]; {
				case !known:
					t.Errorf("verdict %q isn't known", e.Verdict)
				case i < 0:
					t.Errorf("%s has no finding for %s, want %s: %s", e.Check, e.Object, want, e.Why)
				case findings[i].Status != want:
					t.Errorf("%s of %s is %s (%s), want %s: %s", e.Check, e.Object, findings[i].Status, findings[i].Message, want, e.Why)
				}
			}
			for _, id := range c.MustNotRaise {
				if !slices.ContainsFunc(All, func(known audit.Check) bool { return known.ID == id }) {
					t.Errorf("%s must not be raised, but is no check", id)
				}
			}
			for _, f := range findings {
				if slices.Contains(c.MustNotRaise, f.Check) && (f.Status == audit.Warning || f.Status == audit.Fail) {
					t.Errorf("false alarm: %s %s of %s: %s", f.Check, f.Status, f.Subject, f.Message)
				}
			}
			if testing.Verbose() {
				t.Log("\n" + readable(findings))
			}
		})
	}
	if judged == 0 {
		t.Error("no expectation was judged")
	}
}

func readable(findings []audit.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(f.Check + " " + f.Status.String() + " " + f.Subject.String() + ": " + f.Message + "\n")
	}
	return b.String()
}
