package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

func encode(t testing.TB, r *report.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// golden compares with a file under testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *report.Update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s is stale; -update writes it (-want +got):\n%s", path, diff)
	}
}

func TestSampleRecord(t *testing.T) {
	golden(t, "record.json", encode(t, recordtest.Sample(t)))
}

// TestJSONIsPlain: what WriteJSON streams is what the encoder would have written whole.
func TestJSONIsPlain(t *testing.T) {
	for name, r := range map[string]*report.Record{"sample": recordtest.Sample(t), "hostile": recordtest.Hostile(t), "empty": {}} {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(r); err != nil {
			t.Fatal(err)
		}
		whole := strings.ReplaceAll(want.String(), `\ufffd`, "\ufffd")
		if diff := cmp.Diff(strings.Split(whole, "\n"), strings.Split(string(encode(t, r)), "\n")); diff != "" {
			t.Errorf("%s (-whole +streamed):\n%s", name, diff)
		}
	}
}

func TestJSONSurvivesReading(t *testing.T) {
	for name, r := range map[string]*report.Record{
		"sample": recordtest.Sample(t), "hostile": recordtest.Hostile(t), "small": recordtest.Small(t), "large": recordtest.Large(t, 2_000),
	} {
		first := encode(t, r)
		recordtest.Validate(t, first)
		read, err := report.Read(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if second := encode(t, read); !bytes.Equal(first, second) {
			t.Errorf("%s: a record that was read is written otherwise (-first +second):\n%s", name, cmp.Diff(string(first), string(second)))
		}
		if bytes.Contains(first, []byte(": null")) {
			t.Errorf("%s: an array is null", name)
		}
		if bytes.Contains(first, []byte{'\r'}) || !bytes.HasSuffix(first, []byte("}\n")) {
			t.Errorf("%s: line ends", name)
		}
	}
}

func TestReadToleratesUnknownFields(t *testing.T) {
	later := strings.Replace(string(encode(t, recordtest.Small(t))), `"tool": {`, `"later": [1], "tool": {"later": {},`, 1)
	later = strings.Replace(later, report.Version, "kubevidence/v1beta2", 1)
	r, err := report.Read(strings.NewReader(later))
	if err != nil || len(r.Findings) == 0 {
		t.Errorf("got %v", err)
	}
}

// TestReadFillsArrays: a record of a build that knew fewer arrays is as good to render.
func TestReadFillsArrays(t *testing.T) {
	r, err := report.Read(strings.NewReader(`{"apiVersion": "kubevidence/v1alpha1", "kind": "EvidenceRecord", "controls": [{"id": "A.8.20"}],
		"metadata": {"generatedAt": "2026-11-22T12:00:00Z"}, "summary": {"state": "incomplete"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Findings == nil || r.Collection.Queries == nil || r.Controls[0].Checks == nil {
		t.Error("an array is nil")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ document, want string }{
		{``, "the document is empty"},
		{`{"apiVersion": "kubevidence/v1alpha1", "kin`, "breaks off"},
		{`[]`, "no JSON object"},
		{`<html>`, "invalid character"},
		{`{}{}`, "something follows"},
		{`{"apiVersion": "kubevidence/v1alpha1", "kind": "Snapshot"}`, `found kind "Snapshot" of "kubevidence/v1alpha1"; this build reads kind "EvidenceRecord"`},
		{`{"apiVersion": "kubevidence/v2", "kind": "EvidenceRecord"}`, `of "kubevidence/v2"`},
		{`{"apiVersion": "v1", "kind": "List"}`, `found kind "List" of "v1"`},
		{`{"apiVersion": "kubevidence/v1alpha1", "kind": "EvidenceRecord", "findings": [{"status": "compliant"}]}`, `unknown status "compliant"`},
		{`{"apiVersion": "kubevidence/v1alpha1", "kind": "EvidenceRecord", "findings": []}`, "this is none, or what is left of one"},
	} {
		_, err := report.Read(strings.NewReader(c.document))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "read record: ") {
			t.Errorf("%s\ngot  %v\nwant … %s", c.document, err, c.want)
		}
	}
}

func TestUIDFollowsContent(t *testing.T) {
	r := recordtest.Small(t)
	first := r.Metadata.UID
	if len(first) != 36 || first[14] != '8' || !strings.ContainsRune("89ab", rune(first[19])) {
		t.Errorf("%s is no UUID of version 8", first)
	}
	if again, err := report.UID(r); err != nil || again != first {
		t.Errorf("the same record: %s, then %s, %v", first, again, err)
	}
	r.Findings[0].Message += "."
	if other, err := report.UID(r); err != nil || other == first {
		t.Errorf("another record has the same uid, %v", err)
	}
}

func TestJSONReportsWriteErrors(t *testing.T) {
	full := errors.New("no space left on device")
	if err := report.WriteJSON(failing{full}, recordtest.Sample(t)); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkWriteJSON(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		r := recordtest.Large(b, n)
		b.Run(fmt.Sprintf("findings=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := report.WriteJSON(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
