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

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
)

// A document is what an attestation rests on, as it goes into the bundle.
type document struct {
	attestation string // ID
	name        string // in the bundle
	content     []byte
}

// maxDocument is how large a document may be: portals take 25 MB at most.
const maxDocument = 25 << 20

// readDocuments reads the documents of attestations that a file declares, from its folder
// or below, and holds them against their digests.
func readDocuments(file string, attestations []audit.Attestation) (list []document, err error) {
	var root *os.Root
	for i := range attestations {
		a := &attestations[i]
		if a.Document == "" {
			continue
		}
		if root == nil {
			if root, err = os.OpenRoot(filepath.Dir(file)); err != nil {
				return nil, usageError("read the documents of %s: %w", file, err)
			}
			defer root.Close() //nolint:errcheck // it was read only
		}
		content, err := readDocument(root, a.Document)
		if err != nil {
			return nil, usageError("%s: attestation %q: its document %q can't be read: %w", file, a.ID, a.Document, err)
		}
		sum := sha256.Sum256(content)
		if digest := hex.EncodeToString(sum[:]); digest != a.SHA256 {
			return nil, usageError("%s: attestation %q: its document %q isn't the one that was declared: its SHA-256 is %s, sha256 says %s", file, a.ID, a.Document, digest, a.SHA256)
		}
		list = append(list, document{a.ID, report.AttachmentName(&audit.AttestationState{Attestation: *a}), content})
	}
	return list, nil
}

func readDocument(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(filepath.FromSlash(name))
	switch {
	case err != nil:
		return nil, withoutPath(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxDocument:
		return nil, fmt.Errorf("it has %d bytes, more than the %d that a bundle takes", info.Size(), maxDocument)
	}
	content, err := root.ReadFile(filepath.FromSlash(name))
	return content, withoutPath(err)
}

// withoutPath takes the system call and the path, which the sentence names, out of an error.
func withoutPath(err error) error {
	if at := (*os.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}

// attached are the documents that go into the bundle: not those of statements about
// another cluster.
func attached(states []audit.AttestationState, documents []document) []document {
	return slices.DeleteFunc(slices.Clone(documents), func(d document) bool {
		return !slices.ContainsFunc(states, func(s audit.AttestationState) bool { return s.ID == d.attestation && report.AttachmentName(&s) != "" })
	})
}

// nameClash reports two documents that would have one name in the bundle.
func nameClash(documents []document) error {
	of := map[string]string{}
	for _, d := range documents {
		if other, twice := of[d.name]; twice {
			return usageError("the documents of attestations %q and %q are both called %s in the bundle: give one of them another id", other, d.attestation, d.name)
		}
		of[d.name] = d.attestation
	}
	return nil
}

// documentFiles are the documents as files of a bundle.
func documentFiles(documents []document) []bundle.File {
	var files []bundle.File
	for _, d := range documents {
		files = append(files, bundle.File{Name: d.name, Write: func(w io.Writer) error {
			_, err := w.Write(d.content)
			return err
		}})
	}
	return files
}
