package bundle

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ManifestFile is the file that says what a bundle holds: every file but itself,
// [Checksums] and [SignatureFile]. The checksums cover it, and a signature covers both.
const ManifestFile = "MANIFEST.json"

// ManifestVersion and ManifestKind identify the document.
const (
	ManifestVersion = "kubevidence/v1alpha1"
	ManifestKind    = "BundleManifest"
)

// A Manifest says what a bundle holds, of which record, made by what. The same files give
// the same bytes.
type Manifest struct {
	APIVersion string  `json:"apiVersion"` // ManifestVersion
	Kind       string  `json:"kind"`       // ManifestKind
	Record     Record  `json:"record"`
	Tool       Tool    `json:"tool"`
	Files      []Entry `json:"files"` // sorted by name
}

// A Record identifies the record that a bundle's files are forms of.
type Record struct {
	UID    string `json:"uid"`
	SHA256 string `json:"sha256"` // of its JSON, hex, also where that isn't among the files
}

// A Tool identifies the program that wrote a bundle.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit"` // hash, "" where the build doesn't say
}

// An Entry is one file as it was written.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hex
}

// Holds holds the SHA-256 (hex) of a file of a folder against what the folder's manifest
// says of it. A folder without a manifest is no bundle, and says nothing.
func Holds(folder, name, digest string) error {
	text, err := os.ReadFile(filepath.Join(folder, ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var m Manifest
	if err := decode(text, &m); err != nil {
		return fmt.Errorf("%s %w", ManifestFile, err)
	}
	i := slices.IndexFunc(m.Files, func(e Entry) bool { return e.Name == name })
	switch {
	case i < 0:
		return fmt.Errorf("%s doesn't list %s", ManifestFile, name)
	case m.Files[i].SHA256 != digest:
		return fmt.Errorf("%s was edited: its SHA-256 is %s, %s lists %s", name, digest, ManifestFile, m.Files[i].SHA256)
	}
	return nil
}

// manifest is that of a bundle whose files have been written.
func manifest(c *Content, files []Entry) *Manifest {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return &Manifest{APIVersion: ManifestVersion, Kind: ManifestKind, Record: c.Record, Tool: c.Tool, Files: files}
}

// writeJSON writes a document for people and programs: indented, with a final newline.
func writeJSON(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

// writeSums lists files as `sha256sum -c` reads them.
func writeSums(w io.Writer, files []Entry) error {
	for _, f := range files {
		if _, err := fmt.Fprintf(w, "%s  %s\n", f.SHA256, f.Name); err != nil {
			return err
		}
	}
	return nil
}
