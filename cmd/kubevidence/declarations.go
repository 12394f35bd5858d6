package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
)

// A declarations is the files of waivers and attestations beside the configuration.
type declarations struct {
	files       []report.DeclarationFile
	attachments []bundle.File
}

// readDeclarations reads files, or the *.yaml and *.yml of folders, into a configuration, and
// finds the documents that attestations name.
func readDeclarations(paths []string, configFile string, c *audit.Config) (*declarations, error) {
	d := &declarations{}
	taken := c.TakenIDs()
	if err := d.attach(c.Attestations, filepath.Dir(configFile)); err != nil {
		return nil, err
	}
	for _, path := range paths {
		files, err := declarationFiles(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, usageError("read declarations: %w", err)
			}
			read, err := audit.ParseDeclarations(data, file, &c.Thresholds, taken)
			if err != nil {
				return nil, usageError("%s: %w", file, err)
			}
			if err := d.attach(read.Attestations, filepath.Dir(file)); err != nil {
				return nil, err
			}
			sum := sha256.Sum256(data)
			d.files = append(d.files, report.DeclarationFile{Name: filepath.ToSlash(file), SHA256: hex.EncodeToString(sum[:]), Commit: commitOf(filepath.Dir(file))})
			c.Waivers = append(c.Waivers, read.Waivers...)
			c.Attestations = append(c.Attestations, read.Attestations...)
		}
	}
	return d, nil
}

// declarationFiles are the files of a path: itself, or those of a folder, sorted.
func declarationFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, usageError("read declarations: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, usageError("read declarations: %w", err)
	}
	var files []string
	for _, entry := range entries {
		if name := entry.Name(); !entry.IsDir() && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) {
			files = append(files, filepath.Join(path, name))
		}
	}
	if len(files) == 0 {
		return nil, usageError("read declarations: %s holds no *.yaml or *.yml", path)
	}
	return files, nil
}

// attach finds the documents of attestations below a folder and holds them against their
// digests.
func (d *declarations) attach(attestations []audit.Attestation, folder string) error {
	for i := range attestations {
		a := &attestations[i]
		if a.Document == "" {
			continue
		}
		path := filepath.Join(folder, filepath.FromSlash(a.Document))
		if err := copyWithDigest(io.Discard, path, a); err != nil {
			return &codeError{exitUsage, err}
		}
		name := report.AttachmentName(a)
		if slices.ContainsFunc(d.attachments, func(f bundle.File) bool { return f.Name == name }) {
			return usageError("attestation %q: another one's document is called %s in the bundle, too: give it another id", a.ID, name)
		}
		d.attachments = append(d.attachments, bundle.File{Name: name, Write: func(w io.Writer) error { return copyWithDigest(w, path, a) }})
	}
	return nil
}

// copyWithDigest copies the document of an attestation; another one than it speaks of is
// an error.
func copyWithDigest(w io.Writer, path string, a *audit.Attestation) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("attestation %q: read its document: %w", a.ID, err)
	}
	defer file.Close() //nolint:errcheck // it was read only
	digest := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, digest), file); err != nil {
		return fmt.Errorf("attestation %q: read its document: %w", a.ID, err)
	}
	if sum := hex.EncodeToString(digest.Sum(nil)); sum != a.SHA256 {
		return fmt.Errorf("attestation %q: %s isn't the document that was attested: its SHA-256 is %s, the attestation says %s", a.ID, path, sum, a.SHA256)
	}
	return nil
}

// commitOf returns the commit that the git checkout around a folder is at, "" where there is
// none or it can't be told (https://git-scm.com/docs/gitrepository-layout).
func commitOf(folder string) string {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	for {
		git := filepath.Join(folder, ".git")
		if info, err := os.Stat(git); err == nil && info.IsDir() {
			return headOf(git)
		} else if err == nil { // a work tree, whose branches are elsewhere
			return ""
		} else if !errors.Is(err, os.ErrNotExist) || filepath.Dir(folder) == folder {
			return ""
		}
		folder = filepath.Dir(folder)
	}
}

// headOf reads the commit of HEAD, of a loose or a packed branch.
func headOf(git string) string {
	head, err := os.ReadFile(filepath.Join(git, "HEAD"))
	if err != nil {
		return ""
	}
	branch, symbolic := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: ")
	if !symbolic {
		return hash(branch)
	}
	if loose, err := os.ReadFile(filepath.Join(git, filepath.FromSlash(branch))); err == nil {
		return hash(string(loose))
	}
	packed, err := os.ReadFile(filepath.Join(git, "packed-refs"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(packed)) {
		if commit, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == branch {
			return hash(commit)
		}
	}
	return ""
}

// hash returns a text that is a hash of SHA-1 or SHA-256, else "".
func hash(text string) string {
	text = strings.TrimSpace(text)
	if _, err := hex.DecodeString(text); err != nil || len(text) != 40 && len(text) != 64 {
		return ""
	}
	return text
}
