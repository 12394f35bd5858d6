package examples_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
)

// at is the instant for which the examples were written.
var at = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// evaluate judges manifests under a configuration, waivers and attestations applied.
func evaluate(t *testing.T, config string, paths ...string) []audit.Finding {
	t.Helper()
	snapshot, err := collect.Files(context.Background(), collect.FilesOptions{Paths: paths, At: at})
	if err != nil {
		t.Fatal(err)
	}
	c, err := audit.ParseConfig(read(t, config))
	if err != nil {
		t.Fatal(err)
	}
	facts := audit.Derive(snapshot, c, audit.Options{At: at})
	result := audit.Run(facts, checks.All)
	for _, p := range result.Panics {
		t.Errorf("%s: %s\n%s", p.Check, p.Words, p.Stack)
	}
	facts.Waive(result.Findings, c.Waivers, c.Attestations)
	return result.Findings
}

// conforming reports whether a status is one that the conforming example may have.
func conforming(f *audit.Finding) bool {
	switch f.Status {
	case audit.Pass, audit.Attested, audit.NotApplicable:
		return true
	}
	return f.Status == audit.NotAssessed && f.Reason == audit.NotRequested
}

func TestConformingHasNoDeviation(t *testing.T) {
	passes := 0
	for _, f := range evaluate(t, "cluster/conforming.kubevidence.yaml", "cluster/conforming") {
		if !conforming(&f) {
			t.Errorf("%s %v %v: %s", f.Check, f.Status, f.Subject, f.Message)
		}
		if f.Status == audit.Pass {
			passes++
		}
	}
	if passes == 0 {
		t.Error("nothing passes: nothing was judged")
	}
}

// TestFindingsHaveCommands holds what docs/evidence.md says of findings: each has the command
// that shows its object, and one that was decided, for or against, the fields that it rests on.
func TestFindingsHaveCommands(t *testing.T) {
	for _, name := range []string{"conforming", "nonconforming"} {
		for _, f := range evaluate(t, "cluster/"+name+".kubevidence.yaml", "cluster/"+name) {
			if f.Expected == "" || f.Observed == "" || f.Command == "" {
				t.Errorf("%s %v %v: expected %q, observed %q, command %q", f.Check, f.Status, f.Subject, f.Expected, f.Observed, f.Command)
			}
			switch f.Status {
			case audit.Pass, audit.Warning, audit.Fail:
				if len(f.Evidence) == 0 {
					t.Errorf("%s %v %v has no evidence: %s", f.Check, f.Status, f.Subject, f.Message)
				}
			}
		}
	}
}

// row is a line of a table of cluster/README.md: check, status, subject.
var row = regexp.MustCompile(`(?m)^\| ([A-Z]+-\d\d) \| (\w+) \| ([^|]+?) \|`)

// TestNonconformingIsFound holds that each non-conformity of the README is found.
func TestNonconformingIsFound(t *testing.T) {
	found := map[string]audit.Status{}
	for _, f := range evaluate(t, "cluster/nonconforming.kubevidence.yaml", "cluster/nonconforming") {
		found[f.Check+" "+f.Subject.String()] = f.Status
	}
	rows := row.FindAllStringSubmatch(string(read(t, "cluster/README.md")), -1)
	if len(rows) == 0 {
		t.Fatal("the README lists none")
	}
	for _, m := range rows {
		finding := m[1] + " " + m[3]
		if status, known := found[finding]; !known || status.String() != m[2] {
			t.Errorf("%s: %v, but the README says %s", finding, status, m[2])
		}
	}
}

// TestNonconformitiesAreExplained holds that each check that finds something is named in a
// comment of the manifests.
func TestNonconformitiesAreExplained(t *testing.T) {
	var comments strings.Builder
	for _, file := range list(t, "cluster/nonconforming") {
		for line := range strings.Lines(string(read(t, file))) {
			if strings.HasPrefix(line, "#") {
				comments.WriteString(line)
			}
		}
	}
	for _, m := range row.FindAllStringSubmatch(string(read(t, "cluster/README.md")), -1) {
		if !strings.Contains(comments.String(), m[1]) {
			t.Errorf("%s stands in no comment of the manifests", m[1])
		}
	}
}
