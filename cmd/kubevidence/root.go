package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// streams are the process's standard streams, passed in for tests.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, args []string, std streams) int {
	root := newRoot(std)
	if base := filepath.Base(args[0]); strings.HasPrefix(base, "kubectl-") {
		// Installed as kubectl-evidence it is called as `kubectl evidence`.
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl " + strings.TrimPrefix(base, "kubectl-")}
	}
	root.SetArgs(args[1:])
	err := root.ExecuteContext(ctx)
	return exitCode(ctx, std.err, root.CommandPath(), err)
}

func newRoot(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubevidence",
		Short: "ISO 27001 evidence from a live Kubernetes cluster",
		Long: `kubevidence reads a live Kubernetes cluster and writes ISO 27001 evidence about
network controls and key management: a JSON record, an HTML report and a PDF.
It sends GET requests only and never changes the cluster.

Exit codes: 0 no deviations in what was asked, and all of it assessed ·
1 could not run · 2 usage · 3 at least one failure that isn't waived · 4 nothing
failed, but something was not assessed · 5 a check broke (the record is
written) · 10 and up what verify finds wrong with a bundle · 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError("%w", err) })
	root.AddCommand(
		newScan(std), newReach(std), newSnapshot(std), newRender(std), newCompare(std), newWaive(std),
		newKeygen(std), newSign(std), newVerify(std),
		newChecks(std), newRBAC(std), newVersion(std),
	)
	return root
}

// noArguments refuses arguments with the code for usage.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError("unknown argument %q for %s", args[0], cmd.CommandPath())
	}
	return nil
}
