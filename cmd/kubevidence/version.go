package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/kubevidence/kubevidence/report"
	"github.com/spf13/cobra"
)

// version and commit are set by the linker in releases; else the build says them.
var version, commit string

func newVersion(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the digest of this binary",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			t := tool()
			_, err := fmt.Fprintf(std.out, "kubevidence %s\ncommit %s\nsha256 %s\n%s\n", t.Version, orUnknown(t.Commit), orUnknown(t.SHA256), t.Go)
			return err
		},
	}
}

// tool identifies this program, as the record states it.
func tool() report.Tool {
	t := report.Tool{Name: "kubevidence", Version: version, Commit: commit, SHA256: ownDigest(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		if t.Version == "" {
			t.Version = info.Main.Version
		}
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" && t.Commit == "" {
				t.Commit = setting.Value
			}
		}
	}
	if t.Version == "" {
		t.Version = "(devel)"
	}
	return t
}

// ownDigest is the SHA-256 of the running binary, hex; "" where it can't be read.
func ownDigest() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // it was read only
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
