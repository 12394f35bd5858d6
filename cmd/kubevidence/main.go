// Command kubevidence reads a live Kubernetes cluster and writes ISO 27001 evidence: a
// JSON record, an HTML report and a PDF. It never changes the cluster.
//
// This package holds flags, wiring and exit codes; it decides no verdict. Each
// subcommand stands in a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectAt trades some CPU for memory: garbage may pile up to half of what is kept. See
// docs/performance.md.
const collectAt = 50

func main() {
	debug.SetGCPercent(collectAt)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args, streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}
