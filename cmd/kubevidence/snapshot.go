package main

import (
	"context"
	"fmt"
	"io"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

func newSnapshot(std streams) *cobra.Command {
	in := &input{std: std}
	var file string
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Read a cluster into a file that `scan --input` evaluates",
		Long: `Read a cluster and write what was read to a file. scan --input evaluates it to the
findings that a live scan would have had. It holds no Secret's value and no
private key.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := in.validate(); err != nil {
				return err
			}
			return takeSnapshot(cmd.Context(), in, file)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&file, "output", "o", "snapshot.json.gz", "file to write, - for standard output; never overwritten")
	in.bindCluster(flags)
	in.bindProbe(flags)
	return cmd
}

func takeSnapshot(ctx context.Context, in *input, file string) error {
	snapshot, err := in.snapshot(ctx, audit.Resources(checks.All), nil)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return collect.WriteSnapshot(w, snapshot) }
	if file == "-" {
		return write(in.std.out)
	}
	if err := bundle.Create(file, write); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	_, err = fmt.Fprintf(in.std.out, "%s\n", file)
	return err
}
