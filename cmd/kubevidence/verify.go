package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

func newVerify(std streams) *cobra.Command {
	var keyFile string
	var required bool
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Check that a bundle is whole, adds up and is signed",
		Long: `Check a bundle, the folder that scan wrote, and write nothing: that each file is there as
it was written and no other, that the record fits its schema, that its totals add up,
that rendering it again gives the same bytes (where this is the version and commit
that wrote it), and the signature, if the signer's public key is given. With a key,
a bundle without a signature fails: it could have been taken away.

The public key has to come by another way than the bundle. A signature shows that
nothing was changed since the holder of the key signed. It doesn't show that what
was signed is true; a key held by the audited party doesn't protect against that
party. Without a signature whoever can write every file can write another bundle
that holds.

Exit codes: 0 nothing is wrong · 1 could not run · 2 usage; else the lowest of
` + codesHelp(),
		Example: `  kubevidence verify evidence/production/20261122T210450Z
  kubevidence verify evidence/production/20261122T210450Z --public-key auditor.pub --require-signature`,
		Args: oneArgument("the folder of a bundle"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var key ed25519.PublicKey
			switch {
			case keyFile == "" && (cmd.Flags().Changed("public-key") || required && isSigned(args[0])):
				return usageError("a signature can't be checked without its key: give --public-key FILE")
			case keyFile != "":
				var err error
				if key, err = readPublicKey(keyFile); err != nil {
					return err
				}
			}
			return verify(cmd.Context(), std, args[0], key, required)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&keyFile, "public-key", "", "public key of whoever has to have signed (PEM, PKIX, Ed25519)")
	flags.BoolVar(&required, "require-signature", false, "fail where there is no signature, or no key to check it with")
	return cmd
}

// isSigned reports whether a bundle has a signature, whatever it is worth.
func isSigned(folder string) bool {
	_, err := os.Lstat(filepath.Join(folder, bundle.SignatureFile))
	return err == nil
}

// verify checks a bundle and prints what it checked, with the outcome of each step.
func verify(ctx context.Context, std streams, folder string, key ed25519.PublicKey, required bool) error {
	found, err := bundle.Find(folder)
	if err != nil {
		return err
	}
	defer found.Close() //nolint:errcheck // it was read only
	v := &verification{found: found, key: key, required: required}
	for _, step := range []func(context.Context) error{v.files, v.record, v.totals, v.renderings, v.signature} {
		if err := errors.Join(step(ctx), ctx.Err()); err != nil {
			return err
		}
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, line := range v.lines {
		fmt.Fprintf(table, "%s\t%s\n", line.step, printable(line.words))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return v.outcome(std)
}

// outcome prints what is wrong; the first kind of it is the exit code.
func (v *verification) outcome(std streams) error {
	if len(v.problems) == 0 {
		_, err := fmt.Fprintf(std.out, "\nNothing that was checked is wrong. %s\n", v.vouched())
		return err
	}
	first := v.problems[0].Kind
	fmt.Fprintln(std.out)
	for _, p := range v.problems {
		fmt.Fprintf(std.err, "kubevidence verify: %d: %s\n", codeOf(p.Kind), printable(p.Words))
		first = min(first, p.Kind)
	}
	if _, err := fmt.Fprintf(std.out, "The bundle does not hold: %d of what was checked is wrong.\n", len(v.problems)); err != nil {
		return err
	}
	return outcome(codeOf(first))
}

// vouched says what stands behind a bundle that nothing is wrong with.
func (v *verification) vouched() string {
	switch {
	case v.signed != nil && v.key != nil:
		return "It is what the holder of the key signed."
	case v.signed != nil:
		return "Its signature was not checked: --public-key FILE does."
	}
	return "It isn't signed: whoever can write its files could have written others that hold."
}
