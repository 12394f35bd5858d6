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
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args, streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}
