package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Add writes files into a folder, which is created where it is missing. A file that is
// there already is an error and stays as it is; on an error nothing is left.
func Add(folder string, files []File) (err error) {
	created := missing(folder)
	var added []string
	defer func() {
		if err != nil {
			for _, path := range added {
				err = errors.Join(err, os.Remove(path))
			}
			for _, path := range created {
				_ = os.Remove(path) // unless something else has come into it
			}
		}
	}()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("create folder %s: %w", folder, err)
	}
	for _, file := range files {
		path := filepath.Join(folder, file.Name)
		if err := Create(path, file.Write); err != nil {
			return err
		}
		added = append(added, path)
	}
	return nil
}

// Create writes one file that isn't there yet: into a temporary file beside it, with mode
// 0600, synced, which takes the name at the end. On an error nothing is left.
func Create(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return existing(path)
	}
	temporary, err := os.MkdirTemp(filepath.Dir(path), ".incomplete-")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	whole := filepath.Join(temporary, filepath.Base(path))
	if _, err = writeFile(whole, write); err == nil {
		err = name(whole, path)
	}
	if err = errors.Join(err, os.RemoveAll(temporary)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncFolder(filepath.Dir(path))
}

// name gives a file its name, which must not be taken: a link never replaces. Where the
// file system has no links, it is renamed.
func name(whole, path string) error {
	switch err := os.Link(whole, path); {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrExist):
		return existing(path)
	}
	return os.Rename(whole, path)
}
