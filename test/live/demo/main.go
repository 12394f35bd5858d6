// Command demo shows what kubevidence says of real clusters: it starts the two clusters of
// examples/cluster, scans each with the rights of examples/deploy alone, prints the
// summaries and where the evidence is, and stops everything. `make demo-live` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/kubevidence/kubevidence/test/live/cluster"
	"k8s.io/client-go/rest"
)

func main() {
	var d demo
	flag.StringVar(&d.repository, "repository", "../..", "`path` of the repository")
	flag.StringVar(&d.program, "kubevidence", "bin/kubevidence", "`path` of the program in the repository")
	flag.StringVar(&d.outputDir, "output-dir", "evidence/demo-live", "`path` in the repository for the evidence")
	flag.Parse()

	rest.SetDefaultWarningHandler(rest.NoWarnings{}) // the examples have no real keys
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := d.run(ctx)
	release()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// A demo is where things are. Paths but the first are in the repository: the program is
// run there, so that those it prints are short.
type demo struct {
	repository, program, outputDir string
}

// A scene is a cluster, what is said before it is scanned, and how that ends.
type scene struct {
	title string
	start func(context.Context, cluster.Options) (*cluster.Cluster, error)
	exit  int
	means string
}

var scenes = []scene{
	{
		"A cluster as it should be: cert-manager issues from a CA and has an account with an ACME server",
		cluster.Conforming, 0, "no deviations and complete",
	},
	{
		"A cluster as it is found in the wild, where cert-manager is down",
		cluster.Nonconforming, 3, "deviations found, as intended for this example",
	},
}

func (d *demo) run(ctx context.Context) error {
	for _, s := range scenes {
		if err := d.show(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) show(ctx context.Context, s scene) error {
	fmt.Printf("\n== %s\n\n", s.title)
	c, err := s.start(ctx, cluster.Options{Examples: filepath.Join(d.repository, "examples"), Log: os.Stderr})
	if err != nil {
		return err
	}
	defer c.Stop()
	token, err := c.TokenFor(ctx, "kubevidence", "kubevidence")
	if err != nil {
		return err
	}
	kubeconfig, err := c.TokenKubeconfig("kubevidence", token)
	if err != nil {
		return err
	}
	fmt.Printf("\nkubevidence scan --output-dir %s, as the ServiceAccount of examples/deploy:\n\n", d.outputDir)
	cmd := exec.CommandContext(ctx, d.program, "scan", "--kubeconfig", kubeconfig, "--config", c.Config, "--output-dir", d.outputDir)
	cmd.Dir = d.repository
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = cmd.Run()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("run %s: %w", d.program, err)
	}
	code := cmd.ProcessState.ExitCode()
	fmt.Printf("\nexit code %d (%d: %s)\n", code, s.exit, s.means)
	if code != s.exit {
		return fmt.Errorf("the scan ended with %d, want %d", code, s.exit)
	}
	return nil
}
