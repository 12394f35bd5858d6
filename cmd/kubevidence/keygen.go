package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

func newKeygen(std streams) *cobra.Command {
	var prefix string
	cmd := &cobra.Command{
		Use:   "keygen --output PREFIX",
		Short: "Make a pair of keys that sign and verify bundles",
		Long: `Make a pair of Ed25519 keys as PEM files: PREFIX.key, the private one (PKCS#8, not
encrypted, readable by the owner alone), and PREFIX.pub, the public one (PKIX).
Nothing is overwritten. Whoever verifies has to get the public key, or the
fingerprint that is printed, by another way than the bundles.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if prefix == "" || os.IsPathSeparator(prefix[len(prefix)-1]) {
				return usageError("--output PREFIX says where to write PREFIX.key and PREFIX.pub")
			}
			return keygen(std.out, prefix)
		},
	}
	cmd.Flags().StringVar(&prefix, "output", "", "write PREFIX.key and PREFIX.pub")
	return cmd
}

func keygen(out io.Writer, prefix string) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	privateText, err := bundle.EncodePrivateKey(private)
	if err != nil {
		return err
	}
	publicText, err := bundle.EncodePublicKey(public)
	if err != nil {
		return err
	}
	folder, name := filepath.Split(filepath.Clean(prefix))
	err = bundle.Add(filepath.Clean(folder), []bundle.File{
		{Name: name + ".key", Write: verbatim(privateText)},
		{Name: name + ".pub", Write: verbatim(publicText)},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "private key  %s.key: keep it from everybody, and from the people whose work is audited\npublic key   %s.pub\nfingerprint  sha256:%s\n",
		prefix, prefix, bundle.Fingerprint(public))
	return err
}

// verbatim writes a text as it is.
func verbatim(text []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
}

// readPrivateKey reads the key that signs, nil where no file is named.
func readPrivateKey(path string) (ed25519.PrivateKey, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, err := bundle.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", path, err)
	}
	return key, nil
}

// readPublicKey reads the key that verifies.
func readPublicKey(path string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	key, err := bundle.ParsePublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("read public key %s: %w", path, err)
	}
	return key, nil
}
