package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/controls"
)

// Documentation that follows from code is generated here; without -update the test is
// that it is fresh.
func TestDocs(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	fresh(t, filepath.Join(docs, "checks.md"), checksDoc())
	fresh(t, filepath.Join(docs, "controls.md"), controlsDoc())
	freshPart(t, filepath.Join(docs, "security.md"), "rbac", rightsTable())
	freshPart(t, filepath.Join(docs, "evidence.md"), "verify", codesTable())
}

// freshPart is fresh for a part of a file, between two comments.
func freshPart(t *testing.T, path, name, want string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- generated: "+name+" -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: no %s … %s", path, strings.TrimSpace(begin), end)
	}
	fresh(t, path, before+begin+want+end+after)
}

// codesTable lists what verify may find wrong.
func codesTable() string {
	var b strings.Builder
	b.WriteString("| exit code | what is wrong |\n|---|---|\n")
	for _, c := range verifyCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", c.code, c.words)
	}
	return b.String()
}

// fresh compares a file with what it should hold, or writes it with -update.
func fresh(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is stale: run `make docs` (-file +code):\n%s", path, diff)
	}
}

func checksDoc() string {
	var b strings.Builder
	b.WriteString("<!-- generated from audit/checks by `make docs` -->\n\n# Checks\n\n" +
		"What each check decides, on what, for which control, and what to do about it. IDs are published: never renamed, never reused.\n" +
		"In an administrator's namespace the administrator answers whatever stands here.\n")
	for i := range checks.All {
		c := &checks.All[i]
		fmt.Fprintf(&b, "\n## %s\n\n**%s.**\n\n%s\n\n", c.ID, c.Title, c.Doc)
		fmt.Fprintf(&b, "*Criterion.* %s.\n\n*Rule.* %s\n\n*What to do.* %s\n\n", capital(c.Expected), c.Logic, c.Fix)
		fmt.Fprintf(&b, "Severity %s · answered for by the %s · reads %s", c.Severity, c.Responsible, code(c.Needs))
		if len(c.Uses) > 0 {
			fmt.Fprintf(&b, " · uses, where it may, %s", code(c.Uses))
		}
		b.WriteString("\n\n| control | role | why |\n|---|---|---|\n")
		for _, ref := range c.Controls {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", ref.Control, ref.Role, ref.Why)
		}
	}
	return b.String()
}

func controlsDoc() string {
	var b strings.Builder
	b.WriteString("<!-- generated from controls and audit/checks by `make docs` -->\n\n# Controls\n\n" +
		"Titles are the standard's; intents and the rest are our own words. Certificates to the 2013 edition lapsed on 31 October 2025:\n" +
		"2022 leads, 2013 stands beside it. A check that is direct evidences the control; one that supports helps, and its failure counts as a warning there.\n")
	for _, edition := range controls.Editions() {
		fmt.Fprintf(&b, "\n# ISO/IEC 27001:%s\n", edition.Name)
		for _, control := range edition.Controls {
			fmt.Fprintf(&b, "\n## %s %s\n\n%s\n\n", control.ID, control.Title, strings.TrimSpace(control.Intent))
			fmt.Fprintf(&b, "In the other edition: %s.\n\n", strings.Join(control.MappedTo, ", "))
			fmt.Fprintf(&b, "Direct: %s\n\nSupporting: %s\n\n", bearing(control.ID, audit.Direct), bearing(control.ID, audit.Supporting))
			b.WriteString("No API server shows, so a person has to evidence:\n\n")
			for _, remainder := range control.Remainder {
				fmt.Fprintf(&b, "- %s: %s\n", remainder.What, remainder.Who)
			}
		}
	}
	return b.String()
}

// bearing lists the checks that bear on a control in a role.
func bearing(control string, role audit.Role) string {
	var ids []string
	for _, c := range checks.All {
		if slices.ContainsFunc(c.Controls, func(r audit.ControlRef) bool { return r.Control == control && r.Role == role }) {
			ids = append(ids, fmt.Sprintf("[%s](checks.md#%s)", c.ID, strings.ToLower(c.ID)))
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// rightsTable says for each right which checks are lost, wholly or in part, without it.
func rightsTable() string {
	var b bytes.Buffer
	b.WriteString("| API group | resource | verb | not assessed without it | less precise without it |\n|---|---|---|---|---|\n")
	for _, right := range collect.Rights(audit.Resources(checks.All)) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", orCore(right.Group), right.Resource, verbWords(right),
			strings.Join(costs(right.Reads, true), ", "), strings.Join(costs(right.Reads, false), ", "))
	}
	return b.String()
}

// verbWords say of a right on named objects that it is one.
func verbWords(right collect.Right) string {
	switch {
	case right.Reads == audit.Secrets:
		return "get, by name, with `--read-secrets` alone"
	case right.Verb == "get":
		return "get, by name"
	}
	return right.Verb
}

func orCore(group string) string {
	if group == "" {
		return "(core)"
	}
	return group
}

func code(resources []audit.Resource) string {
	words := make([]string, 0, len(resources))
	for _, r := range resources {
		words = append(words, "`"+string(r)+"`")
	}
	return strings.Join(words, ", ")
}

func TestCatalogueIsValid(t *testing.T) {
	if err := audit.Validate(checks.All); err != nil {
		t.Error(err)
	}
	if err := controls.Validate(checks.All); err != nil {
		t.Error(err)
	}
}

// capital begins a sentence; names that begin with a small letter are none.
func capital(words string) string {
	first, _, _ := strings.Cut(words, " ")
	if strings.ContainsAny(first, ".[]_") {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
