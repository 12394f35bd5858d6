package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/controlplane"
)

// The targets: of the scan's time over the floor's, and of its memory.
const (
	targetRatio = 1.25
	targetPeak  = 100e6
)

// sideBySide is how many lists the scan reads at once, and so does the floor
// (collect.LiveOptions, Parallel).
const sideBySide = 4

// A bench is one measurement.
type bench struct {
	size
	program string
	rounds  int
	profile string
	hold    bool
}

// A round is what one turn of each cost.
type round struct {
	floor, sequential reading
	scan              run
}

func (b *bench) run(ctx context.Context) error {
	cp, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer cp.Stop()
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "record.json")
	command := []string{b.program, "scan", "-o", "json", "--kubeconfig", cp.Kubeconfig}

	// The first scan tells what is asked for, and warms up the server.
	if _, err := scan(ctx, file, command...); err != nil {
		return err
	}
	record, err := readRecord(file)
	if err != nil {
		return err
	}
	f, err := newFloor(cp.AdminConfig(), requests(record))
	if err != nil {
		return err
	}
	rounds, err := b.measure(ctx, f, file, command)
	if err != nil {
		return err
	}
	met := b.tell(record, file, rounds)
	if err := b.stages(ctx, cp.AdminConfig()); err != nil {
		return err
	}
	if b.hold {
		fmt.Printf("\nexport KUBECONFIG=%s\n", cp.Kubeconfig)
		fmt.Fprintln(os.Stderr, "Interrupt to stop.")
		<-ctx.Done()
	}
	if !met {
		return fmt.Errorf("a target is missed")
	}
	return nil
}

// measure takes turns, so that what else the machine does falls on all alike.
func (b *bench) measure(ctx context.Context, f *floor, file string, command []string) ([]round, error) {
	if _, err := f.read(ctx, sideBySide); err != nil {
		return nil, err
	}
	var rounds []round
	for range b.rounds {
		var r round
		var err error
		if r.floor, err = f.read(ctx, sideBySide); err != nil {
			return nil, err
		}
		if r.scan, err = scan(ctx, file, command...); err != nil {
			return nil, err
		}
		if r.sequential, err = f.read(ctx, 1); err != nil {
			return nil, err
		}
		rounds = append(rounds, r)
		fmt.Fprintf(os.Stderr, "round %d of %d: floor %s, one by one %s, scan %s, %d MB\n", len(rounds), b.rounds,
			seconds(r.floor.took), seconds(r.sequential.took), seconds(r.scan.Took), r.scan.Peak/1e6)
	}
	return rounds, nil
}

// tell prints the figures and whether they meet the targets.
func (b *bench) tell(record *report.Record, file string, rounds []round) bool {
	floor := median(rounds, func(r round) time.Duration { return r.floor.took }).floor
	sequential := median(rounds, func(r round) time.Duration { return r.sequential.took }).sequential
	scan := median(rounds, func(r round) time.Duration { return r.scan.Took }).scan
	var ratios []round
	ratios = append(ratios, rounds...)
	ratio := func(r round) float64 { return r.scan.Took.Seconds() / r.floor.took.Seconds() }
	middle := ratio(median(ratios, func(r round) time.Duration { return time.Duration(1e9 * ratio(r)) }))
	var peak int64
	for _, r := range rounds {
		peak = max(peak, r.scan.Peak)
	}
	objects := 0
	for _, q := range record.Collection.Queries {
		objects += q.Listed
	}
	written := int64(0)
	if info, err := os.Stat(file); err == nil {
		written = info.Size()
	}

	fmt.Printf("machine      %d cores, %s memory, %s %s/%s\n", runtime.NumCPU(), memory(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Printf("cluster      %s\n", b.size)
	fmt.Printf("read         %d objects in %d pages, %d MB (%d MB as sent, compressed)\n", objects, floor.pages, floor.plain/1e6, floor.sent/1e6)
	fmt.Printf("floor        %s (raw GETs, %d lists side by side); %s one by one\n", seconds(floor.took), sideBySide, seconds(sequential.took))
	fmt.Printf("scan         %s to a record.json of %d MB with %d findings (exit code %d)\n", seconds(scan.Took), written/1e6, len(record.Findings), scan.Exit)
	fmt.Printf("ratio        %.2f (target %.2f): %s\n", middle, targetRatio, verdict(middle <= targetRatio))
	fmt.Printf("peak memory  %d MB (target %.0f MB): %s\n", peak/1e6, targetPeak/1e6, verdict(float64(peak) <= targetPeak))
	return middle <= targetRatio && float64(peak) <= targetPeak
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// memory of the machine, as Linux tells it.
func memory() string {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "unknown"
	}
	var kilobytes int64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kilobytes); err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%d GB", kilobytes*1024/1e9)
}

func readRecord(file string) (*report.Record, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	record := &report.Record{}
	if err := json.Unmarshal(content, record); err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return record, nil
}

// requests are the lists that a record's ledger tells of.
func requests(record *report.Record) []string {
	var all []string
	for _, q := range record.Collection.Queries {
		if q.Pages > 0 && strings.Contains(q.Request, "limit=") {
			all = append(all, q.Request)
		}
	}
	return all
}

// start starts a control plane without controllers and fills it.
func (b *bench) start(ctx context.Context) (*controlplane.ControlPlane, error) {
	binaries, err := controlplane.Build(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	cp, err := controlplane.Start(ctx, controlplane.Options{Log: os.Stderr})
	if err != nil {
		return nil, err
	}
	if err := b.populate(ctx, cp, binaries.CertManagerCRDs); err != nil {
		cp.Stop()
		return nil, err
	}
	return cp, nil
}

func (b *bench) populate(ctx context.Context, cp *controlplane.ControlPlane, crds string) error {
	if err := cp.ApplyFiles(ctx, crds); err != nil {
		return err
	}
	f, err := newFiller(cp.AdminConfig(), b.size)
	if err != nil {
		return err
	}
	started := time.Now()
	return f.fill(ctx, func(n int) {
		if n%20 == 0 {
			fmt.Fprintf(os.Stderr, "filled %d of %d namespaces in %s\n", n, b.namespaces, time.Since(started).Round(time.Second))
		}
	})
}
