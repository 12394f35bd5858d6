package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Checksums is the file that lists the SHA-256 of every other one but a signature, as
// `sha256sum -c` reads it.
const Checksums = "SHA256SUMS"

// A File is one file of a bundle.
type File struct {
	Name  string                // "record.json": ASCII, no separators
	Write func(io.Writer) error // writes its content
}

// A Content is what a bundle is made of.
type Content struct {
	Cluster string    // what the cluster is called
	At      time.Time // the instant that the evidence speaks of
	Record  Record
	Tool    Tool
	Files   []File
	Key     ed25519.PrivateKey // signs it; nil for none
}

// Write writes a bundle into dir/<cluster>/<UTC time>/ and returns that folder. The files,
// their manifest, checksums and signature are written into a temporary folder beside it, with mode
// 0600, synced, and take their name at the end; on an error nothing is left.
func Write(dir string, c *Content) (folder string, err error) {
	parent := filepath.Join(dir, Folder(c.Cluster))
	folder = filepath.Join(parent, c.At.UTC().Format(timeLayout))
	if _, err := os.Lstat(folder); err == nil {
		return "", existing(folder)
	}
	created := missing(parent)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", fmt.Errorf("create folder %s: %w", parent, err)
	}
	temporary, err := os.MkdirTemp(parent, ".incomplete-")
	if err != nil {
		return "", fmt.Errorf("create a folder in %s: %w", parent, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temporary))
			for _, path := range created {
				_ = os.Remove(path) // unless another bundle has come into it
			}
		}
	}()
	if err := writeFiles(temporary, c); err != nil {
		return "", err
	}
	if err := os.Rename(temporary, folder); err != nil {
		if _, gone := os.Lstat(folder); gone == nil {
			return "", existing(folder)
		}
		return "", fmt.Errorf("name the bundle: %w", err)
	}
	return folder, syncFolder(parent)
}

func existing(folder string) error {
	return fmt.Errorf("%s exists already: nothing is ever overwritten; move it away or choose another place", folder)
}

// missing lists the folders of a path that aren't there, innermost first.
func missing(path string) []string {
	var list []string
	for {
		if _, err := os.Lstat(path); err == nil || filepath.Dir(path) == path {
			return list
		}
		list = append(list, path)
		path = filepath.Dir(path)
	}
}

// writeFiles writes the files, their manifest and checksums, and the signature over all.
func writeFiles(folder string, c *Content) error {
	files := make([]Entry, 0, len(c.Files)+1)
	add := func(file File) error {
		entry, err := writeFile(filepath.Join(folder, file.Name), file.Write)
		if err != nil {
			return fmt.Errorf("write %s: %w", file.Name, err)
		}
		files = append(files, entry)
		return nil
	}
	for _, file := range c.Files {
		if !plain(file.Name) || reserved(file.Name) {
			return fmt.Errorf("write %q: not a name for a file of a bundle", file.Name)
		}
		if err := add(file); err != nil {
			return err
		}
	}
	listed := manifest(c, files)
	if err := add(File{ManifestFile, func(w io.Writer) error { return writeJSON(w, listed) }}); err != nil {
		return err
	}
	if err := add(File{Checksums, func(w io.Writer) error { return writeSums(w, files) }}); err != nil {
		return err
	}
	if c.Key != nil {
		envelope, err := sign(c.Key, Predicate{Record: c.Record, Tool: c.Tool}, files)
		if err != nil {
			return err
		}
		if err := add(File{SignatureFile, func(w io.Writer) error { return writeJSON(w, envelope) }}); err != nil {
			return err
		}
	}
	return syncFolder(folder)
}

// reserved reports whether a name is that of a file which speaks of the others.
func reserved(name string) bool {
	return name == ManifestFile || name == Checksums || name == SignatureFile
}

// writeFile writes one file, synced, and returns what was written.
func writeFile(path string, write func(io.Writer) error) (Entry, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Entry{}, err
	}
	var size counter
	hash := sha256.New()
	err = write(io.MultiWriter(file, hash, &size))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return Entry{}, err
	}
	return Entry{Name: filepath.Base(path), Size: int64(size), SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// A counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// syncFolder makes the names in a folder durable. Windows has no such call for folders.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
