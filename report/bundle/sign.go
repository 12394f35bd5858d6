package bundle

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"path/filepath"
)

// Sign signs a bundle that is there and whole: every file of it, its manifest and its
// checksums. A bundle with a [Problem] isn't signed, and a signature never replaced.
func Sign(folder string, key ed25519.PrivateKey) (path string, err error) {
	b, err := Find(folder)
	if err != nil {
		return "", err
	}
	defer b.Close() //nolint:errcheck // it was read only
	path = filepath.Join(folder, SignatureFile)
	if _, signed := b.files[SignatureFile]; signed {
		return "", existing(path)
	}
	m, problems := b.Inspect()
	if len(problems) > 0 {
		return "", fmt.Errorf("%s isn't whole, and isn't signed: %w", folder, problems[0])
	}
	files := make([]Entry, 0, len(b.files))
	for _, name := range b.Names() {
		files = append(files, b.files[name])
	}
	envelope, err := sign(key, Predicate{Record: m.Record, Tool: m.Tool}, files)
	if err != nil {
		return "", err
	}
	return path, Create(path, func(w io.Writer) error { return writeJSON(w, envelope) })
}
