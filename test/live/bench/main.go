// Command bench measures a scan of a large cluster against the floor: the same lists, read
// by a client that looks at nothing. It fills a real API server, takes turns between the
// two, and says whether the targets of docs/performance.md are met. `make bench-live` runs
// it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 3 && os.Args[1] == between {
		exit(runBetween(os.Args[2], os.Args[3:]))
	}
	b := bench{size: target}
	flag.StringVar(&b.program, "kubevidence", "", "`path` of the program to measure")
	flag.IntVar(&b.rounds, "rounds", 5, "how often each is measured")
	flag.IntVar(&b.namespaces, "namespaces", b.namespaces, "how many namespaces are filled")
	flag.StringVar(&b.profile, "profile", "", "`prefix` of CPU and heap profiles of the stages")
	flag.StringVar(&b.kubeconfig, "kubeconfig", "", "`path` of a kubeconfig: measure its cluster instead of filling one")
	flag.BoolVar(&b.hold, "hold", false, "keep the cluster, once it is measured, until an interrupt")
	flag.Parse()
	if b.program == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.run(ctx)
	release()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
