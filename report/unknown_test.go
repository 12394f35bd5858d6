package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestUnknownFields: what a later version adds is passed over and named, each field once.
func TestUnknownFields(t *testing.T) {
	sound := encode(t, recordtest.Sample(t))
	for _, c := range []struct {
		name, old, with string // in the sample, wherever it stands
		want            report.Unknown
		words           string
	}{
		{"none", "{", "{", nil, ""},
		{"at the top", `"tool": {`, `"later": {"a": [{}]}, "tool": {`, report.Unknown{"later"}, "1 field that this build doesn’t know (later)"},
		{"of an object", `"tool": {`, `"tool": {"later": null,`, report.Unknown{"tool.later"}, "1 field that this build doesn’t know (tool.later)"},
		{"of every row, once", `"expected":`, `"later": 1, "expected":`, report.Unknown{"findings[].later"}, "1 field that this build doesn’t know (findings[].later)"},
		{"in depth", `"level":`, `"later": 1, "level":`, report.Unknown{"findings[].evidence[].later", "inventory.certificates[].later"},
			"2 fields that this build doesn’t know (findings[].evidence[].later, inventory.certificates[].later)"},
		{"many", `"tool": {`, `"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "tool": {`, report.Unknown{"a", "b", "c", "d", "e"}, "5 fields that this build doesn’t know (a, b, c, and 2 more fields)"},
		{"a name that others chose", `"tool": {`, `"\u001b[2J\u202e` + strings.Repeat("x", 90) + `": 1, "tool": {`, report.Unknown{`\x1b[2J\u202e` + strings.Repeat("x", 47) + "…"},
			`1 field that this build doesn’t know (\x1b[2J\u202e` + strings.Repeat("x", 47) + "…)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			document := bytes.ReplaceAll(sound, []byte(c.old), []byte(c.with))
			r, unknown, err := report.ReadNoting(bytes.NewReader(document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, unknown); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(unknown) > 0 && unknown.String() != c.words {
				t.Errorf("it says %q, want %q", unknown, c.words)
			}
			if !bytes.Equal(encode(t, r), sound) {
				t.Error("what is known was read otherwise")
			}
		})
	}
	for name, r := range records(t) {
		if name == "empty" {
			continue // not a document that Read takes
		}
		if _, unknown, err := report.ReadNoting(bytes.NewReader(encode(t, r))); err != nil || len(unknown) > 0 {
			t.Errorf("%s: its own fields are unknown: %v, %v", name, unknown, err)
		}
	}
}
