package collect

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const standardInput = "standard input"

// An input is the content of one file.
type input struct {
	name     string
	data     []byte
	gathered bool // from a folder: nobody named the file, it needn't be a manifest
}

// A walk gathers files. Each is read once, by whatever name it is reached, so that
// symbolic links that lead in circles end.
type walk struct {
	stdin io.Reader
	seen  map[string]bool // real paths
	found []input
	errs  []error
}

// at gathers what a path names: a file, whatever its name; the manifests of a folder and
// of the folders in it; "-" for standard input.
func (w *walk) at(ctx context.Context, path string) {
	if path == "-" {
		if w.stdin == nil {
			w.errs = append(w.errs, fmt.Errorf("-: there is no standard input"))
			return
		}
		w.read(standardInput, w.stdin, false)
		return
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		w.errs = append(w.errs, err)
	case info.IsDir():
		before := len(w.found) + len(w.errs)
		w.folder(ctx, path)
		if len(w.found)+len(w.errs) == before {
			w.errs = append(w.errs, fmt.Errorf("%s: no *.yaml, *.yml, *.json or *.json.gz file in this folder", path))
		}
	default:
		w.file(ctx, path, false)
	}
}

func (w *walk) folder(ctx context.Context, path string) {
	if ctx.Err() != nil || !w.first(path) {
		return
	}
	entries, err := os.ReadDir(path) // sorted
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		child := filepath.Join(path, entry.Name())
		info, err := os.Stat(child) // ConfigMaps are mounted as symbolic links
		switch {
		case err != nil:
			w.errs = append(w.errs, err)
		case info.IsDir():
			w.folder(ctx, child)
		case info.Mode().IsRegular() && manifest(child):
			w.file(ctx, child, true)
		}
	}
}

// manifest reports whether a file in a folder is taken for one.
func manifest(path string) bool {
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".json":
		return true
	case ".gz":
		return strings.HasSuffix(path, ".json.gz")
	}
	return false
}

// first reports whether a path wasn't met before, by any name.
func (w *walk) first(path string) bool {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		target = filepath.Clean(path)
	}
	if absolute, err := filepath.Abs(target); err == nil {
		target = absolute
	}
	if w.seen[target] {
		return false
	}
	w.seen[target] = true
	return true
}

func (w *walk) file(ctx context.Context, path string, gathered bool) {
	if ctx.Err() != nil || !w.first(path) {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	defer f.Close() //nolint:errcheck // it was only read
	w.read(path, f, gathered)
}

func (w *walk) read(name string, r io.Reader, gathered bool) {
	data, err := io.ReadAll(r)
	if err == nil {
		data, err = unzipped(data)
	}
	if err != nil {
		if named := new(fs.PathError); !errors.As(err, &named) {
			err = fmt.Errorf("%s: %w", name, err)
		}
		w.errs = append(w.errs, err)
		return
	}
	w.found = append(w.found, input{name, data, gathered})
}

// unzipped unpacks gzip, whatever the file is called.
func unzipped(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return text, nil
}
