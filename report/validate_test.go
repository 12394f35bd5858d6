package report_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

func TestMisfits(t *testing.T) {
	sound := encode(t, recordtest.Sample(t))
	for _, c := range []struct {
		name, old, with string
		want            []report.Misfit
	}{
		{"sound", "{", "{", nil},
		{"a field that this build doesn't know", "{", `{"later": 1,`, nil},
		{"a row of another type", `"queries": [`, `"queries": ["a word",`, []report.Misfit{{"/collection/queries/0", "got string, want object", false}}},
		{"a finding of another type", "\n  \"findings\": [", "\n  \"findings\": [\"a word\",", []report.Misfit{{"/findings/0", "got string, want object", false}}},
		{"a version that is none", `"apiVersion": "kubevidence/v1alpha1"`, `"apiVersion": 1`, []report.Misfit{{"/apiVersion", "got number, want string", false}}},
		{"findings that are none", `"findings": [`, `"findings": {}, "were": [`, []report.Misfit{{"/findings", "got object, want array", false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			document := bytes.Replace(sound, []byte(c.old), []byte(c.with), 1)
			got, err := report.Misfits(document)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := report.Misfits(sound[:len(sound)/2]); err == nil {
		t.Error("half a record: no error")
	}
}
