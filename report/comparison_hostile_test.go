package report_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/compare"
	"github.com/kubevidence/kubevidence/report/recordtest"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// hostileComparison is of a record with hostile words in each field, half of its findings new.
func hostileComparison(t *testing.T) *compare.Comparison {
	t.Helper()
	older, newer := recordtest.Sample(t), recordtest.Hostile(t)
	newer.Metadata.GeneratedAt = older.Metadata.GeneratedAt.AddDate(0, 0, 7)
	newer.Metadata.UID, newer.Subject.Cluster.UID = recordtest.Hostiles[3], recordtest.Hostiles[8]
	newer.Controls[0].ID = recordtest.Hostiles[6]
	for i := range newer.Findings {
		if i%2 == 0 { // a finding that the older record doesn't have
			f, words := &newer.Findings[i], recordtest.Hostiles[i/2%len(recordtest.Hostiles)]
			f.ID, f.Check, f.Message, f.Status = "new-"+f.ID, words, words, audit.Fail
		}
	}
	sides := [2]*compare.Side{older.Side(), newer.Side()}
	return compare.Of(sides[0], sides[1], compare.Hindrances(sides[0], sides[1]))
}

// TestHostileComparisonText: nothing steers the terminal, hides, or begins a line of its own.
func TestHostileComparisonText(t *testing.T) {
	c := hostileComparison(t)
	var out bytes.Buffer
	if err := report.WriteComparisonText(&out, c); err != nil {
		t.Fatal(err)
	}
	survive(t, "the comparison's text", []string{out.String()})
	for _, r := range out.String() {
		if r != '\n' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Errorf("U+%04X stands in the text", r)
		}
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "line two") || utf8.RuneCountInString(line) > 1_500 {
			t.Errorf("a line of %d characters: %.100q", utf8.RuneCountInString(line), line)
		}
	}
}

func TestHostileComparisonJSON(t *testing.T) {
	c := hostileComparison(t)
	var out bytes.Buffer
	if err := report.WriteComparisonJSON(&out, c); err != nil {
		t.Fatal(err)
	}
	schema, err := validator.NewCompiler().Compile(filepath.Join(recordtest.Root(t), "docs/schema/comparison.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := validator.UnmarshalJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("it doesn't fit its schema: %v", err)
	}
	fields, _ := document.(map[string]any)
	delete(fields, "older")
	if schema.Validate(document) == nil {
		t.Error("without one of its sides it fits, too: nothing was validated")
	}
	all := strings.Join(values(document), "\n")
	for _, words := range append(survivors, "a\x00b\x1b[31mc", "line one\nline two\ttab") {
		if !strings.Contains(all, words) {
			t.Errorf("it doesn't hold %q", words)
		}
	}
}

func TestHostileComparisonHTML(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteComparisonHTML(&out, hostileComparison(t)); err != nil {
		t.Fatal(err)
	}
	p := parsePage(t, out.String())
	for _, element := range []string{"script", "img", "iframe", "link", "object", "base", "form"} {
		if p.elements[element] > 0 {
			t.Errorf("%d <%s>", p.elements[element], element)
		}
	}
	for attr := range p.attrs {
		if strings.HasPrefix(attr, "on") || attr == "src" || attr == "style" {
			t.Errorf("an attribute %s", attr)
		}
	}
	survive(t, "the comparison's HTML", []string{strings.ReplaceAll(p.text, "\t", " ")})
	for _, r := range p.text {
		if r != '\n' && r != '\t' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Fatalf("U+%04X stands in the document", r)
		}
	}
}
