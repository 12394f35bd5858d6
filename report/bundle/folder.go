package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxFolder is how long a folder's name gets: file systems end at 255 bytes.
const maxFolder = 100

// Folder turns the name of a cluster into that of a folder: ASCII letters, digits, dot,
// hyphen and underscore; anything else becomes a hyphen, as in
// arn-aws-eks-eu-west-1-111122223333-cluster-prod. Where that loses letters or cuts the
// name, a digest of the whole name keeps two clusters apart.
func Folder(cluster string) string {
	var b strings.Builder
	lost := false
	for _, r := range cluster {
		switch {
		case safe(r):
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		lost = lost || r >= 0x80
	}
	name := strings.Trim(b.String(), "-.")
	if len(name) > maxFolder {
		name, lost = strings.TrimRight(name[:maxFolder], "-."), true
	}
	if name == "" {
		name, lost = "cluster", true
	}
	if lost {
		sum := sha256.Sum256([]byte(cluster))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	return name
}

// plain reports whether a name is fit for a file as it is.
func plain(name string) bool {
	return name != "" && name[0] != '.' && strings.IndexFunc(name, func(r rune) bool { return !safe(r) }) < 0
}

func safe(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_'
}

// timeLayout is that of the folder's name within the cluster's.
const timeLayout = "20060102T150405Z"

// Is reports whether a folder is a bundle's, by its name or its manifest, whatever else of
// it is there.
func Is(folder string) bool {
	if _, err := time.Parse(timeLayout, filepath.Base(folder)); err == nil {
		return true
	}
	_, err := os.Lstat(filepath.Join(folder, ManifestFile))
	return err == nil
}
