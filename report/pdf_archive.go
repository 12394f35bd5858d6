package report

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/kubevidence/kubevidence/report/pdfa"
)

// pdfMaxSize is how large the PDF may be: portals for evidence take 15 MB
// (docs/evidence.md). A record that doesn't fit into it is named by its digest alone.
const pdfMaxSize = 15_000_000

// attachedName is what the record is called inside the PDF.
const attachedName = "record.json"

// attachment is the record as a file of the PDF, nil where it is too large for it whatever
// the pages hold, and the SHA-256 of the record's bytes, hex.
func attachment(r *Record) (file *pdfa.File, digest string, err error) {
	packed := &bounded{limit: pdfMaxSize}
	deflater := zlib.NewWriter(packed)
	hash := sha256.New()
	plain := &sized{w: io.MultiWriter(hash, deflater)}
	err = WriteJSON(plain, r)
	if err == nil {
		err = deflater.Close()
	}
	switch {
	case errors.Is(err, errTooLarge):
		digest, err = Digest(r)
		return nil, digest, err
	case err != nil:
		return nil, "", fmt.Errorf("compress the record: %w", err)
	}
	return &pdfa.File{
		Name: attachedName, MIME: "application/json", Description: "The evidence record that this report is a rendering of", Relationship: "Source",
		Size: plain.n, Deflated: packed.Bytes(),
	}, hex.EncodeToString(hash.Sum(nil)), nil
}

var errTooLarge = errors.New("too large")

// A bounded buffer takes no more than its limit.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}

// A sized writer counts what it passes on.
type sized struct {
	w io.Writer
	n int
}

func (s *sized) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.n += n
	return n, err
}

// pdfMetadata describes the document.
func (d *pdfDocument) metadata() *pdfa.Metadata {
	r := d.r
	text := func(s string) string { return oneLine(d.safe(pdfSans, s, 300)) }
	fonts := map[string]string{}
	for _, face := range pdfFaces {
		fonts["utf8"+face.family+face.style] = face.name // as the library calls them
	}
	return &pdfa.Metadata{
		Fonts:    fonts,
		Title:    text("Evidence record " + r.Metadata.Name),
		Subject:  text("ISO/IEC 27001 network and key-management evidence of Kubernetes cluster " + r.called()),
		Author:   text(stated(r.Subject.Organization)),
		Keywords: text("record " + r.Metadata.UID),
		Creator:  text(r.Tool.Name + " " + r.Tool.Version),
		Producer: "gofpdf and kubevidence", Language: "en", At: r.Metadata.GeneratedAt.UTC(),
	}
}

// archiveWords say what the document is, as a file.
func (d *pdfDocument) archiveWords() []string {
	carried := "The record is inside this file, as " + attachedName + ": every PDF reader that shows attachments gives it out, and so does the command"
	if !d.attached {
		carried = fmt.Sprintf("The record is too large to be inside this file (past %d MB with it). Its SHA-256 stands on the cover; the file itself came beside this one.", pdfMaxSize/1_000_000)
	}
	return []string{
		"This file is written to PDF/A-3, level B (ISO 19005-3): embedded fonts, one colour space with its profile, metadata, no encryption, no script, no reference to anything outside. " +
			"That is what the program writes. Its tests hold files of it against Apache PDFBox’s validator for part 1, which finds in them nothing but what later parts allow: the number of the part, a file inside, " +
			"no list of the characters of each font; and they check by themselves what parts 2 and 3 ask for beyond part 1. No validator for part 3 has been run, and none on this very file.",
		carried,
	}
}
