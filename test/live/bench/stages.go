package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"text/tabwriter"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
	"k8s.io/client-go/rest"
)

// A stage is a part of the scan's forward line.
type stage struct {
	name string
	run  func() error
}

// stages runs the scan in this process and tells where its time goes. With a profile's
// prefix it writes <prefix>.cpu.pprof and, of what is held after each stage,
// <prefix>.<stage>.pprof.
func (b *bench) stages(ctx context.Context, config *rest.Config) error {
	var (
		snapshot *audit.Snapshot
		facts    *audit.Facts
		result   audit.Result
		record   *report.Record
		options  audit.Options
	)
	settings := audit.DefaultConfig()
	all := []stage{
		{"read", func() (err error) {
			snapshot, err = collect.Live(ctx, collect.LiveOptions{Config: config, Resources: audit.Resources(checks.All)})
			return err
		}},
		{"derive", func() error {
			options.At = snapshot.Collection.Ended
			facts = audit.Derive(snapshot, settings, options)
			return nil
		}},
		{"check", func() error {
			result = audit.Run(facts, checks.All)
			return nil
		}},
		{"compose", func() (err error) {
			waivers, attestations := facts.Waive(result.Findings, nil, nil)
			record, err = report.New(report.Input{
				Facts: facts, Result: result, Checks: checks.All, Waivers: waivers, Attestations: attestations,
				Assessments: controls.Assess(result.Findings, checks.All),
			})
			return err
		}},
		{"write", func() error { return report.WriteJSON(io.Discard, record) }},
	}

	debug.FreeOSMemory() // what filling the cluster took
	stop, err := b.startProfile()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\nstage\ttime\tallocated\tlive after\t")
	for _, s := range all {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		started := time.Now()
		if err := s.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		took := time.Since(started)
		runtime.ReadMemStats(&after)
		runtime.GC()
		if err := b.writeHeap(s.name); err != nil {
			return err
		}
		var left runtime.MemStats
		runtime.ReadMemStats(&left)
		fmt.Fprintf(table, "%s\t%s\t%d MB\t%d MB\t\n", s.name, seconds(took), (after.TotalAlloc-before.TotalAlloc)/1e6, left.HeapAlloc/1e6)
	}
	runtime.KeepAlive(snapshot)
	if err := stop(); err != nil {
		return err
	}
	return table.Flush()
}

// startProfile begins a CPU profile, where one is wanted.
func (b *bench) startProfile() (stop func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(b.profile + ".cpu.pprof")
	if err != nil {
		return nil, fmt.Errorf("create profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, fmt.Errorf("start profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

// writeHeap writes a profile of what is held after a stage, where one is wanted.
func (b *bench) writeHeap(stage string) error {
	if b.profile == "" {
		return nil
	}
	file, err := os.Create(b.profile + "." + stage + ".pprof")
	if err != nil {
		return fmt.Errorf("create profile: %w", err)
	}
	defer file.Close()
	if err := pprof.WriteHeapProfile(file); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return file.Close()
}
