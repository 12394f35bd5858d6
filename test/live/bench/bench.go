package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/controlplane"
	"k8s.io/client-go/tools/clientcmd"
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

	kubeconfig string
}

// A round is what one turn of each cost.
type round struct {
	floor, sequential reading
	scan              run
}

func (b *bench) run(ctx context.Context) error {
	if b.kubeconfig == "" {
		cp, err := b.start(ctx)
		if err != nil {
			return err
		}
		defer cp.Stop()
		b.kubeconfig = cp.Kubeconfig
	}
	config, err := clientcmd.BuildConfigFromFlags("", b.kubeconfig)
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "record.json")
	command := []string{b.program, "scan", "-o", "json", "--kubeconfig", b.kubeconfig}

	// The first scan tells what is asked for, and warms up the server.
	if _, err := scan(ctx, file, command...); err != nil {
		return err
	}
	record, err := readRecord(file)
	if err != nil {
		return err
	}
	f, err := newFloor(config, requests(record))
	if err != nil {
		return err
	}
	rounds, err := b.measure(ctx, f, file, command)
	if err != nil {
		return err
	}
	met := b.tell(record, file, rounds)
	if err := b.stages(ctx, config); err != nil {
		return err
	}
	if b.hold {
		fmt.Printf("\nexport KUBECONFIG=%s\n", b.kubeconfig)
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
	ratio := scan.Took.Seconds() / floor.took.Seconds()
	best := minimum(rounds, func(r round) time.Duration { return r.scan.Took }).Seconds() /
		minimum(rounds, func(r round) time.Duration { return r.floor.took }).Seconds()
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
	fmt.Printf("cluster      %s\n", held(record))
	fmt.Printf("read         %d objects in %d pages, %d MB (%d MB as sent, compressed)\n", objects, floor.pages, floor.plain/1e6, floor.sent/1e6)
	fmt.Printf("floor        %s, %s of it this client's CPU (raw GETs, %d lists side by side); %s one by one\n",
		seconds(floor.took), seconds(floor.cpu), sideBySide, seconds(sequential.took))
	fmt.Printf("scan         %s, %s of CPU, to a record.json of %d MB with %d findings (exit code %d)\n",
		seconds(scan.Took), seconds(scan.CPU), written/1e6, len(record.Findings), scan.Exit)
	fmt.Printf("ratio        %.2f of the medians of %d rounds, %.2f of the shortest (target %.2f): %s\n",
		ratio, len(rounds), best, targetRatio, verdict(ratio <= targetRatio))
	fmt.Printf("peak memory  %d MB (target %.0f MB): %s\n", peak/1e6, targetPeak/1e6, verdict(float64(peak) <= targetPeak))
	return ratio <= targetRatio && float64(peak) <= targetPeak
}

// held says what a cluster holds, as far as the scan reads it, most first.
func held(record *report.Record) string {
	queries := slices.SortedFunc(slices.Values(record.Collection.Queries), func(a, b report.Query) int { return cmp.Compare(b.Listed, a.Listed) })
	var words []string
	for _, q := range queries {
		if plural, _, _ := strings.Cut(string(q.Resource), "."); q.Listed > 1 {
			words = append(words, fmt.Sprintf("%d %s", q.Listed, plural))
		}
	}
	return strings.Join(words, ", ")
}

// minimum is the shortest of the rounds: what else the machine does only makes it longer.
func minimum(rounds []round, took func(round) time.Duration) time.Duration {
	return took(slices.MinFunc(rounds, func(a, b round) int { return cmp.Compare(took(a), took(b)) }))
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
