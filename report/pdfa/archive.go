package pdfa

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Metadata describes a document, in its information dictionary and, saying the same, in XMP.
type Metadata struct {
	Title, Author, Subject, Keywords, Creator string
	Producer                                  string
	Language                                  string    // RFC 5646: "en"
	At                                        time.Time // of its making and last change

	Fonts map[string]string // the PostScript names of the fonts by what the PDF calls them
}

// A File is carried inside a document.
type File struct {
	Name         string // ASCII
	MIME         string // "application/json"
	Description  string // ASCII
	Relationship string // Source, Data, Alternative, Supplement (ISO 19005-3, annex E)
	Size         int    // of its content, in bytes
	Deflated     []byte // its content in zlib's format (RFC 1950)
}

// Archive writes the document as PDF/A-3b that carries files, once. It is an error if the
// document isn't as the package reads it; nothing is written then.
func (d *Document) Archive(w io.Writer, m *Metadata, files []File) error {
	if err := d.archive(m, files); err != nil {
		return fmt.Errorf("archive the PDF: %w", err)
	}
	if err := d.write(w); err != nil {
		return fmt.Errorf("archive the PDF: %w", err)
	}
	return nil
}

var linkHead = []byte("<</Type /Annot /Subtype /Link ")

// emptyNames is the tree of files that gofpdf writes where there is none.
var emptyNames = regexp.MustCompile(`/Names <<\s*/EmbeddedFiles << /Names \[\s*\] >>\s*>>`)

// archive adds what ISO 19005-3 asks for.
func (d *Document) archive(m *Metadata, files []File) error {
	for number, object := range d.objects {
		if isStream(object) {
			continue
		}
		// Annotations have to print (6.3.2).
		d.objects[number] = bytes.ReplaceAll(object, linkHead, append(bytes.TrimSuffix(linkHead, []byte(" ")), " /F 4 "...))
	}
	d.countOutlines()
	d.nameFonts(m.Fonts)
	profile := d.add(stream("/N 3", srgb()))
	intent := d.add(fmt.Appendf(nil, "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>", profile))
	metadata := d.add(stream("/Type /Metadata /Subtype /XML", xmp(m)))
	entries := fmt.Sprintf("/Lang %s\n/Metadata %d 0 R\n/OutputIntents [%d 0 R]\n", literal(m.Language), metadata, intent)
	if len(files) > 0 {
		entries += d.carry(files, m.At)
	}
	if d.info != 0 {
		d.objects[d.info] = information(m)
	}
	catalog := emptyNames.ReplaceAll(d.objects[d.root], nil)
	if !bytes.HasPrefix(catalog, []byte("<<")) || !bytes.HasSuffix(catalog, []byte(">>")) || bytes.Contains(catalog, []byte("/EmbeddedFiles")) {
		return fmt.Errorf("its catalog isn't a dictionary without files")
	}
	d.objects[d.root] = append(append(bytes.TrimSuffix(catalog, []byte(">>")), entries...), ">>"...)
	return nil
}

var (
	outlinesHead = []byte("<</Type /Outlines ")
	outlineHead  = []byte("<</Title ")
	outlineOf    = regexp.MustCompile(`\n/Parent (\d+) 0 R`)
	noCount      = []byte("\n/Count 0>>")
)

// countOutlines says in the root of the bookmarks how many stand at its level, which readers
// need to show them, and in each bookmark how many it opens to; a closed one says so with a
// minus, and one that opens to none says nothing (ISO 32000-1, 12.3.3).
func (d *Document) countOutlines() {
	below := map[string]int{}
	for _, object := range d.objects {
		if !bytes.HasPrefix(object, outlineHead) {
			continue
		}
		if m := outlineOf.FindSubmatch(object); m != nil {
			below[string(m[1])]++
		}
	}
	for number, object := range d.objects {
		count := below[strconv.Itoa(number)]
		switch {
		case bytes.HasPrefix(object, outlinesHead) && !bytes.Contains(object, []byte("/Count")):
			d.objects[number] = append(fmt.Appendf(nil, "<</Type /Outlines /Count %d ", count), object[len(outlinesHead):]...)
		case bytes.HasPrefix(object, outlineHead) && count == 0:
			d.objects[number] = replaceEnd(object, noCount, []byte(">>"))
		case bytes.HasPrefix(object, outlineHead):
			d.objects[number] = replaceEnd(object, noCount, fmt.Appendf(nil, "\n/Count -%d>>", count))
		}
	}
}

// replaceEnd ends an object otherwise, where it ends as expected.
func replaceEnd(object, old, with []byte) []byte {
	if begin, found := bytes.CutSuffix(object, old); found {
		return slices.Concat(begin, with)
	}
	return object
}

// carry adds files and returns the catalog's entries for them (ISO 19005-3, 6.8 and annex E).
func (d *Document) carry(files []File, at time.Time) string {
	names, associated := "", ""
	for i := range files {
		f := &files[i]
		content := d.add(deflated(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params <</Size %d /ModDate %s>>", name(f.MIME), f.Size, date(at)), f.Deflated))
		spec := d.add(fmt.Appendf(nil, "<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /%s /EF <</F %d 0 R /UF %d 0 R>>>>",
			literal(f.Name), literal(f.Name), literal(f.Description), f.Relationship, content, content))
		names += fmt.Sprintf("%s %d 0 R ", literal(f.Name), spec)
		associated += fmt.Sprintf("%d 0 R ", spec)
	}
	return fmt.Sprintf("/Names <</EmbeddedFiles <</Names [%s]>>>>\n/AF [%s]\n", names, associated)
}

// add appends an object and returns its number.
func (d *Document) add(object []byte) int {
	d.last++
	d.objects[d.last] = object
	return d.last
}

// information is the information dictionary: what the metadata says, and nothing else.
func information(m *Metadata) []byte {
	text := "<<\n"
	for _, entry := range []struct{ key, value string }{
		{"Title", m.Title}, {"Author", m.Author}, {"Subject", m.Subject}, {"Keywords", m.Keywords}, {"Creator", m.Creator}, {"Producer", m.Producer},
	} {
		if entry.value != "" {
			text += fmt.Sprintf("/%s %s\n", entry.key, literal(entry.value))
		}
	}
	return fmt.Appendf(nil, "%s/CreationDate %s\n/ModDate %s\n>>", text, date(m.At), date(m.At))
}
