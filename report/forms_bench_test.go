package report_test

import (
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// BenchmarkForms writes each form of records of two sizes. peak-MB is the heap at its highest
// beyond the record itself, seen every millisecond.
func BenchmarkForms(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		r := recordtest.Large(b, n)
		for _, form := range []struct {
			name  string
			write func(io.Writer, *report.Record) error
		}{
			{"json", report.WriteJSON}, {"html", report.WriteHTML}, {"pdf", report.WritePDF}, {"csv", report.WriteCSV},
			{"xlsx", report.WriteXLSX}, {"oscal", report.WriteOSCAL}, {"junit", report.WriteJUnit}, {"openreports", report.WriteOpenReports},
		} {
			b.Run(fmt.Sprintf("findings=%d/%s", n, form.name), func(b *testing.B) { benchmarkForm(b, r, form.write) })
		}
	}
}

func benchmarkForm(b *testing.B, r *report.Record, write func(io.Writer, *report.Record) error) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, stop := watchHeap()
	size := &counter{}
	for b.Loop() {
		size.n = 0
		if err := write(size, r); err != nil {
			b.Fatal(err)
		}
	}
	stop()
	b.ReportMetric(float64(int64(peak.Load())-int64(before.HeapAlloc))/1e6, "peak-MB")
	b.ReportMetric(float64(size.n)/1e6, "MB")
}

// watchHeap keeps the highest heap until it is stopped.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	peak = &atomic.Uint64{}
	done := make(chan struct{})
	ticks := time.NewTicker(time.Millisecond)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	return peak, func() { ticks.Stop(); close(done) }
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}
