package controls

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"golang.org/x/tools/txtar"
)

// TestAssess runs testdata/assess: checks as "ID control=role …", findings as "ID status
// reason", and the assessments of the controls that a check bears on.
func TestAssess(t *testing.T) {
	cases, err := filepath.Glob("testdata/assess/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			var got strings.Builder
			for _, a := range Assess(parseFindings(t, parts["findings"]), parseChecks(t, parts["checks"])) {
				if len(a.Checks) == 0 {
					if a.Status != audit.NotAssessed {
						t.Errorf("%s: %v without any check, want notAssessed", a.ID, a.Status)
					}
					continue
				}
				fmt.Fprintf(&got, "%s %v%s\n", a.ID, a.Status, a.Counts)
				for _, b := range a.Checks {
					fmt.Fprintf(&got, "  %s %s %v%s\n", b.Check, b.Role, b.Status, b.Counts)
				}
			}
			if diff := cmp.Diff(parts["want"], got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// String writes the counts that aren't zero.
func (c Counts) String() string {
	var b strings.Builder
	for _, n := range []struct {
		name  string
		count int
	}{
		{"pass", c.Pass}, {"warning", c.Warning}, {"fail", c.Fail}, {"waived", c.Waived}, {"attested", c.Attested},
		{"notAssessed", c.NotAssessed}, {"notRequested", c.NotRequested}, {"notApplicable", c.NotApplicable},
	} {
		if n.count > 0 {
			fmt.Fprintf(&b, " %s=%d", n.name, n.count)
		}
	}
	return b.String()
}

func parseChecks(t *testing.T, text string) []audit.Check {
	t.Helper()
	var checks []audit.Check
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		check := audit.Check{ID: fields[0]}
		for _, field := range fields[1:] {
			control, role, _ := strings.Cut(field, "=")
			check.Controls = append(check.Controls, audit.ControlRef{Control: control, Role: audit.Role(role), Why: "because"})
		}
		checks = append(checks, check)
	}
	if err := Validate(checks); err != nil {
		t.Fatal(err)
	}
	return checks
}

func parseFindings(t *testing.T, text string) []audit.Finding {
	t.Helper()
	var findings []audit.Finding
	for line := range strings.Lines(text) {
		fields := append(strings.Fields(line), "")
		f := audit.Finding{Check: fields[0], Reason: audit.Reason(fields[2])}
		if err := f.Status.UnmarshalText([]byte(fields[1])); err != nil {
			t.Fatal(err)
		}
		findings = append(findings, f)
	}
	return findings
}

func TestAssessFiltersEditions(t *testing.T) {
	for _, test := range []struct {
		editions []string
		want     string
	}{
		{nil, "A.8.20 A.8.21 A.8.22 A.8.24 A.10.1.2 A.13.1.1 A.13.1.2 A.13.1.3"},
		{[]string{"2022"}, "A.8.20 A.8.21 A.8.22 A.8.24"},
		{[]string{"2013"}, "A.10.1.2 A.13.1.1 A.13.1.2 A.13.1.3"},
		{[]string{"2013", "2022"}, "A.8.20 A.8.21 A.8.22 A.8.24 A.10.1.2 A.13.1.1 A.13.1.2 A.13.1.3"},
		{[]string{"2005"}, ""},
	} {
		var ids []string
		for _, a := range Assess(nil, nil, test.editions...) {
			ids = append(ids, a.ID)
		}
		if got := strings.Join(ids, " "); got != test.want {
			t.Errorf("%v: %q, want %q", test.editions, got, test.want)
		}
	}
}

// TestCountsKeepEveryFinding holds that a finding of any status is counted once and that
// a status nobody knows never reads as conformity.
func TestCountsKeepEveryFinding(t *testing.T) {
	for _, s := range append([]audit.Status{99}, audit.Statuses...) {
		var c Counts
		c.Add(s, "")
		want := s
		if s == 99 {
			want = audit.NotAssessed
		}
		if got := c.Status(); got != want {
			t.Errorf("%v: %v, want %v", s, got, want)
		}
		if twice := c.plus(c); twice == c {
			t.Errorf("%v: lost in a sum", s)
		}
	}
}
