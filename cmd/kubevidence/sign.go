package main

import (
	"fmt"

	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

func newSign(std streams) *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{
		Use:   "sign BUNDLE --key FILE",
		Short: "Sign a bundle that was written without a signature",
		Long: `Sign every file of a bundle: an in-toto statement with their SHA-256 in a DSSE envelope,
Ed25519, in a file of its own beside them, ` + bundle.SignatureFile + `. The files stay as
they are. A bundle that isn't whole isn't signed; a signature is never replaced.
scan --sign-key signs a bundle as it is written.`,
		Args: oneArgument("the folder of a bundle"),
		RunE: func(_ *cobra.Command, args []string) error {
			if keyFile == "" {
				return usageError("--key FILE names the private key: kubevidence keygen makes one")
			}
			key, err := readPrivateKey(keyFile)
			if err != nil {
				return err
			}
			path, err := bundle.Sign(args[0], key)
			if err != nil {
				return fmt.Errorf("sign: %w", problemError(err))
			}
			_, err = fmt.Fprintf(std.out, "%s\nsigned with key sha256:%s\n", path, bundle.FingerprintOf(key))
			return err
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "private key (PEM, PKCS#8, Ed25519)")
	return cmd
}
