package report_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// noisy is the sample with megabytes of text that doesn't compress.
func noisy(t *testing.T, megabytes int) *report.Record {
	t.Helper()
	r := recordtest.Sample(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range megabytes {
		noise := make([]byte, 1_000_000)
		for i := range noise {
			noise[i] = byte(' ' + 1 + random.IntN(94))
		}
		r.Limitations = append(r.Limitations, string(noise))
	}
	return r
}

// TestPDFOfALargeRecord: a record that takes more than 15 MB isn't inside, its digest and a
// sentence stand for it, and the memory that it takes doesn't grow with it.
func TestPDFOfALargeRecord(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // little garbage
	held := map[int]uint64{}
	for _, megabytes := range []int{24, 72} {
		r := noisy(t, megabytes)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		peak, stop := watchHeap()
		var pdf bytes.Buffer
		err := report.WritePDF(&pdf, r)
		stop()
		if err != nil {
			t.Fatal(err)
		}
		held[megabytes] = peak.Load() - min(peak.Load(), before.HeapAlloc)
		if pdf.Len() > 15_000_000 || bytes.Contains(pdf.Bytes(), []byte("/EmbeddedFile")) {
			t.Errorf("%d MB of text: %d bytes, or there is a file inside", megabytes, pdf.Len())
		}
		digest, err := report.Digest(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprintf("text of %d MB", megabytes), func(t *testing.T) {
			text := strings.Join(strings.Fields(textOfPDF(t, pdf.Bytes())), "")
			for _, want := range []string{"sha256:" + digest, "Therecordistoolargetobeinsidethisfile(past15MBwithit).ItsSHA-256standsonthecover"} {
				if !strings.Contains(text, want) {
					t.Errorf("the text doesn't say %q", want)
				}
			}
		})
	}
	if held[24] < 1_000_000 || held[24] > 100_000_000 || held[72] > held[24]*3/2 {
		t.Errorf("most bytes held beyond the record, by its megabytes: %v", held)
	}
}
