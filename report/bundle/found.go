package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// A Found is a bundle as it is found in a folder: what stands there, whatever its manifest
// says. It is only read.
type Found struct {
	Folder string
	files  map[string]Entry  // the regular ones
	odd    map[string]string // what else there is: "a folder"
	root   *os.Root
}

// Find reads every file of a folder and takes its digest. Symbolic links aren't followed,
// nothing outside the folder is read. Close it at the end.
func Find(folder string) (_ *Found, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	b := &Found{Folder: folder, files: map[string]Entry{}, odd: map[string]string{}, root: root}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("read bundle %s: %w", folder, err)
	}
	for _, entry := range entries {
		if is := oddity(entry.Type()); is != "" {
			b.odd[entry.Name()] = is
			continue
		}
		if b.files[entry.Name()], err = b.stream(entry.Name(), io.Discard); err != nil {
			return nil, fmt.Errorf("read bundle %s: %w", folder, err)
		}
	}
	return b, nil
}

// Close lets the folder go.
func (b *Found) Close() error { return b.root.Close() }

// oddity says what something is that isn't a regular file.
func oddity(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "no regular file"
}

// Names are those of the regular files, sorted.
func (b *Found) Names() []string { return slices.Sorted(maps.Keys(b.files)) }

// Entry is a file as it was found.
func (b *Found) Entry(name string) (Entry, bool) {
	e, ok := b.files[name]
	return e, ok
}

// Read returns the content of a file. That it changed since it was found is an error.
func (b *Found) Read(name string) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, b.files[name].Size))
	now, err := b.stream(name, text)
	if err != nil {
		return nil, fmt.Errorf("read bundle %s: %w", b.Folder, err)
	}
	if now != b.files[name] {
		return nil, fmt.Errorf("read bundle %s: %s changed while it was read", b.Folder, name)
	}
	return text.Bytes(), nil
}

// stream copies a file and says what it was.
func (b *Found) stream(name string, to io.Writer) (Entry, error) {
	file, err := b.root.Open(name)
	if err != nil {
		return Entry{}, err
	}
	defer file.Close() //nolint:errcheck // it was read only
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(to, hash), file)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Name: name, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}
