package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// writePDF renders a record.
func writePDF(t *testing.T, r *Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WritePDF(&out, r); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 15<<20 {
		t.Errorf("the file has %d bytes; portals take 15 MB", out.Len())
	}
	return out.Bytes()
}

// run gives a file to a tool and returns what it prints; the test is skipped where the
// machine doesn't have the tool.
func run(t *testing.T, pdf []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed; with it this test reads the PDF back", tool)
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", path)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

// pages returns the text of each page.
func pages(t *testing.T, pdf []byte) []string {
	t.Helper()
	text := strings.Split(run(t, pdf, "pdftotext", "FILE", "-"), "\f")
	return text[:len(text)-1]
}

// rendered are the samples as PDF, each rendered once.
var rendered = map[string][]byte{}

// samplePDF renders a sample.
func samplePDF(t *testing.T, name string) []byte {
	t.Helper()
	if rendered[name] == nil {
		rendered[name] = writePDF(t, pdfSamples[name]())
	}
	return rendered[name]
}

// flat is text without line ends and repeated blanks.
func flat(pages []string) string { return strings.Join(strings.Fields(strings.Join(pages, " ")), " ") }

func TestPDFIsDeterministic(t *testing.T) {
	for name, record := range pdfSamples {
		t.Run(name, func(t *testing.T) {
			r := record()
			if first := samplePDF(t, name); !bytes.Equal(first, writePDF(t, r)) || !bytes.Equal(first, writePDF(t, r)) {
				t.Error("the same record gave other bytes")
			}
		})
	}
}

func TestPDFOfARecordReadAgain(t *testing.T) {
	for name, record := range pdfSamples {
		if name == "bare" {
			continue // not a document that Read takes
		}
		t.Run(name, func(t *testing.T) {
			r := readAgain(t, record()) // the sample may lack empty arrays, which stand in a file
			if !bytes.Equal(writePDF(t, r), writePDF(t, readAgain(t, r))) {
				t.Error("the record that was read again is rendered otherwise")
			}
		})
	}
}

func readAgain(t *testing.T, r *Record) *Record {
	t.Helper()
	var document bytes.Buffer
	if err := WriteJSON(&document, r); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&document)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestPDFCarriesTheRecord holds that the record is inside, byte for byte.
func TestPDFCarriesTheRecord(t *testing.T) {
	for name, record := range pdfSamples {
		t.Run(name, func(t *testing.T) {
			var want bytes.Buffer
			if err := WriteJSON(&want, record()); err != nil {
				t.Fatal(err)
			}
			got := run(t, samplePDF(t, name), "pdfdetach", "FILE", "-save", "1", "-o", "/dev/stdout")
			if got != want.String() {
				t.Errorf("the file inside has %d bytes, want %d", len(got), want.Len())
			}
		})
	}
}

func TestPDFStructure(t *testing.T) {
	for name := range pdfSamples {
		t.Run(name, func(t *testing.T) {
			pdf := samplePDF(t, name)
			if out := run(t, pdf, "qpdf", "--check", "FILE"); !strings.Contains(out, "No syntax or stream encoding errors found") || !strings.Contains(out, "not encrypted") {
				t.Error(out)
			}
		})
	}
}

func TestPDFRunningText(t *testing.T) {
	for _, name := range []string{"realistic", "empty"} {
		t.Run(name, func(t *testing.T) {
			r := pdfSamples[name]()
			all := pages(t, samplePDF(t, name))
			for i, page := range all {
				for _, want := range []string{
					"Cluster payments-prod", r.classification(), "Record " + r.Metadata.UID, "2026-11-22T21:04:50Z", fmt.Sprintf("Page %d of %d", i+1, len(all)),
				} {
					if !strings.Contains(page, want) {
						t.Errorf("page %d doesn't say %q", i+1, want)
					}
				}
			}
		})
	}
}

func TestPDFSaysIt(t *testing.T) {
	r := realisticRecord()
	text := flat(pages(t, samplePDF(t, "realistic")))
	want := []string{
		"Deviations found", "Example Payments AB", "Evidence, not a certificate", "Prepared", "Reviewed", "Approved",
		"Conclusion (the auditor’s)", "Evidenced by a person", "Not assessed by the tool", "nonconformity (candidate)", "opportunity for improvement",
		"Waiver", "W-2026-014", "ATT-7", "thresholds.keyProfile", "Every setting that differs", "not stated by the organization", "Not requested, wholly or in part: SEC-02.",
		"63 of 65 findings decided",
	}
	for i := range r.Findings {
		want = append(want, r.Findings[i].ID)
	}
	for i := range r.Controls {
		want = append(want, r.Controls[i].ID)
	}
	for _, words := range want {
		if !strings.Contains(text, words) {
			t.Errorf("the text doesn't say %q", words)
		}
	}
	if strings.Contains(text, "whole population") {
		t.Error("the whole population is claimed in spite of a gap")
	}
}

func TestPDFContents(t *testing.T) {
	pdf := samplePDF(t, "realistic")
	all := pages(t, pdf)
	contents := run(t, pdf, "pdftotext", "-layout", "-f", "2", "-l", "2", "FILE", "-")
	for _, line := range strings.Split(contents, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.Contains(line, ". . .") && !strings.ContainsAny(fields[0], "0123456789") || fields[0] == "Page" || fields[0] == "Record" {
			continue
		}
		var page int
		if _, err := fmt.Sscan(fields[len(fields)-1], &page); err != nil || page < 3 || page > len(all) {
			t.Errorf("contents: %q leads nowhere", line)
			continue
		}
		title := fields[0] + " " + fields[1]
		if !strings.Contains(flat(all[page-1:page]), title) {
			t.Errorf("contents: page %d doesn't have %q", page, title)
		}
	}
}

func TestPDFOfNothing(t *testing.T) {
	all := pages(t, samplePDF(t, "empty"))
	text := flat(all)
	for _, want := range []string{
		"No deviations found", "Gaps: none", "Exclusions: none", "What to fix first: none", "None. No deviation was waived.", "None. No certificate is known", "None. There is no workload.",
		"None. Every setting had its default", "The whole population of each resource was evaluated; no sampling. Reads were not simultaneous.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text doesn't say %q", want)
		}
	}
}

func TestPDFHostile(t *testing.T) {
	text := flat(pages(t, samplePDF(t, "hostile")))
	for _, want := range []string{`<script>alert(1)</script>`, `\u{1F600}`, `\u{202E}`, `\u{0000}`, `{nb}`, "20,480 characters in all", `\u{6F22}`, "Żółć", "Ελλάδα"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text doesn't say %q", want)
		}
	}
	for _, r := range []rune{0x202E, 0x200B, 0x1F600, 0} {
		if strings.ContainsRune(text, r) {
			t.Errorf("the text holds %U itself", r)
		}
	}
}

func TestPDFCap(t *testing.T) {
	grown := map[int]int{}
	var r *Record
	var last []string
	for _, n := range []int{20, 200, pdfMaxFindings + 200} {
		r = manyFindings(n)
		last = pages(t, writePDF(t, r))
		grown[n] = len(last)
	}
	if grown[200] <= grown[20] || grown[pdfMaxFindings+200] <= grown[200] {
		t.Errorf("pages by findings: %v; more findings take more pages", grown)
	}
	text := flat(last)
	if want := "5,000 of 5,200 findings are listed, worst first; 200, the least bad, are left out here."; !strings.Contains(text, want) {
		t.Errorf("the text doesn't say %q", want)
	}
	listed := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if strings.Contains(text, f.ID) {
			listed++
		} else if f.Status != audit.Pass {
			t.Fatalf("finding %s (%s) is left out while passes are listed", f.ID, f.Status)
		}
	}
	if listed != pdfMaxFindings {
		t.Errorf("%d findings are listed", listed)
	}
}

// A brokenWriter fails.
type brokenWriter struct{}

var errBroken = errors.New("no space left")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestPDFToABrokenWriter(t *testing.T) {
	err := WritePDF(brokenWriter{}, realisticRecord())
	if !errors.Is(err, errBroken) {
		t.Errorf("got error %v", err)
	}
}

// noisyRecord fills as many findings as are listed with texts that don't compress.
func noisyRecord() *Record {
	r := manyFindings(pdfMaxFindings)
	random := rand.New(rand.NewPCG(1, 2))
	noise := func() string {
		text := make([]rune, 2000)
		for i := range text {
			text[i] = rune(' ' + random.IntN(0x500))
		}
		return string(text)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Message, f.Observed, f.Expected, f.Command = noise(), noise(), noise(), noise()
		f.Evidence = slices.Repeat([]audit.Evidence{{Path: noise(), Value: noise()}}, 10)
	}
	return r
}

// The worst that a record can hold still gives a file that portals take.
func BenchmarkPDFOfNoise(b *testing.B) {
	r := noisyRecord()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := WritePDF(&out, r); err != nil {
			b.Fatal(err)
		}
	}
	if out.Len() > 15<<20 {
		b.Errorf("%d bytes", out.Len())
	}
	b.ReportMetric(float64(out.Len()), "bytes")
}

func BenchmarkPDF5000Findings(b *testing.B) {
	r := manyFindings(pdfMaxFindings)
	b.ReportAllocs()
	for b.Loop() {
		if err := WritePDF(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
