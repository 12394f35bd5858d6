package bundle

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Checksums is the file that lists the SHA-256 of every other one, as `sha256sum -c`
// reads it.
const Checksums = "SHA256SUMS"

// A File is one file of a bundle.
type File struct {
	Name  string                // "record.json": ASCII, no separators
	Write func(io.Writer) error // writes its content
}

// Write writes files into dir/<cluster>/<UTC time>/ and returns that folder. They are
// written into a temporary folder beside it, with mode 0600, synced, and take their name
// at the end; on an error nothing is left.
func Write(dir, cluster string, at time.Time, files []File) (folder string, err error) {
	parent := filepath.Join(dir, Folder(cluster))
	folder = filepath.Join(parent, at.UTC().Format("20060102T150405Z"))
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
	if err := writeFiles(temporary, files); err != nil {
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
	return fmt.Errorf("%s exists already: evidence is never overwritten; move it away or choose another folder", folder)
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

// writeFiles writes the files and their checksums.
func writeFiles(folder string, files []File) error {
	var sums strings.Builder
	for _, file := range files {
		if !plain(file.Name) || file.Name == Checksums {
			return fmt.Errorf("write %q: not a name for a file of a bundle", file.Name)
		}
		sum, err := writeFile(filepath.Join(folder, file.Name), file.Write)
		if err != nil {
			return fmt.Errorf("write %s: %w", file.Name, err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sum, file.Name)
	}
	_, err := writeFile(filepath.Join(folder, Checksums), func(w io.Writer) error {
		_, err := io.WriteString(w, sums.String())
		return err
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", Checksums, err)
	}
	return syncFolder(folder)
}

// writeFile writes one file, synced, and returns its SHA-256.
func writeFile(path string, write func(io.Writer) error) (sum []byte, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	err = write(io.MultiWriter(file, hash))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return hash.Sum(nil), nil
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
