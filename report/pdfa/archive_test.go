package pdfa

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// plain is a document of two pages with a link, a bookmark, and a font that is inside.
func plain(tb testing.TB) []byte {
	tb.Helper()
	out := gofpdf.New("P", "pt", "A4", "")
	out.SetCatalogSort(true)
	out.SetCreationDate(time.Unix(1, 0))
	out.SetModificationDate(time.Unix(1, 0))
	out.SetFont("Helvetica", "", 12)
	out.AddPage()
	out.Bookmark("first", 0, -1)
	out.Bookmark("below", 1, -1)
	link := out.AddLink()
	out.SetLink(link, 0, 2)
	out.Link(10, 10, 100, 20, link)
	out.Text(20, 20, "endobj, stream, xref: words of the page")
	out.AddPage()
	out.Bookmark("second", 0, -1)
	var b bytes.Buffer
	if err := out.Output(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

var metadata = &Metadata{Title: "Title", Author: "Author", Creator: "test", Language: "en", At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Fonts: map[string]string{"Helvetica": "Helvetica"}}

func zipped(content string) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.WriteString(w, content)
	_ = w.Close()
	return b.Bytes()
}

func archived(t *testing.T, m *Metadata, files ...File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := archive(&b, plain(t), m, files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archive(w io.Writer, pdf []byte, m *Metadata, files []File) error {
	d, err := Read(pdf)
	if err != nil {
		return err
	}
	return d.Archive(w, m, files)
}

// tool gives a document to a program, and skips where the machine doesn't have it.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed; with it this test reads the PDF back", name)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, append(args, path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// TestArchive holds what ISO 19005-3 asks for and tools can see.
func TestArchive(t *testing.T) {
	content := strings.Repeat("evidence ", 1000)
	pdf := archived(t, metadata, File{Name: "record.json", MIME: "application/json", Description: "record", Relationship: "Source", Size: len(content), Deflated: zipped(content)})
	if again := archived(t, metadata, File{Name: "record.json", MIME: "application/json", Description: "record", Relationship: "Source", Size: len(content), Deflated: zipped(content)}); !bytes.Equal(pdf, again) {
		t.Error("the same input gives other bytes")
	}
	for _, want := range []string{
		"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "/GTS_PDFA1", "/AFRelationship /Source", "/Subtype /application#2Fjson", "/AF [", "/Lang (en)", "<pdfaid:part>3</pdfaid:part>",
		"/Subtype /Link /F 4 ", "/Type /Outlines /Count 2 ", "/Count -1>>", "/CreationDate (D:20261122120000Z)", "/ID [<", "<xmp:CreateDate>2026-11-22T12:00:00Z",
	} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("%q isn't in it", want)
		}
	}
	if !regexp.MustCompile(`/BaseFont /[A-Z]{6}\+Helvetica\n`).Match(pdf) {
		t.Error("the font isn't called a subset")
	}
	for _, never := range []string{"/Encrypt", "/JavaScript", "/Count 0", "/EmbeddedFiles << /Names [\n"} {
		if bytes.Contains(pdf, []byte(never)) {
			t.Errorf("%q is in it", never)
		}
	}
	if text := tool(t, pdf, "qpdf", "--check"); !strings.Contains(text, "No syntax or stream encoding errors found") {
		t.Error(text)
	}
	if text := tool(t, pdf, "qpdf", "--show-attachment=record.json"); text != content {
		t.Errorf("the file inside is %d bytes, want %d", len(text), len(content))
	}
	if text := tool(t, pdf, "pdftotext", "-layout"); strings.Contains(text, "Error") {
		t.Error(text)
	}
}

// TestMetadataIsHarmless: whatever a title holds, the document is well-formed and says it.
func TestMetadataIsHarmless(t *testing.T) {
	for _, title := range []string{
		"", "plain", `back\slash (and) parentheses`, "Ελληνικά, Tiếng Việt", "\U0001F600", "<x:evil>&amp;", "?>", "]]>", "control \x00\x1b", "not UTF-8 \xff", "{nb}",
		strings.Repeat("name", 5000),
	} {
		m := *metadata
		m.Title, m.Author, m.Keywords = title, title, title
		pdf := archived(t, &m)
		if text := tool(t, pdf, "qpdf", "--check"); !strings.Contains(text, "No syntax") {
			t.Errorf("%.40q: %s", title, text)
		}
		decoder := xml.NewDecoder(bytes.NewReader(xmp(&m)))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%.40q: %v", title, err)
				break
			}
		}
	}
}

// TestProfile: the profile's sizes add up, so that readers find its tags.
func TestProfile(t *testing.T) {
	p := srgb()
	at := func(i int) int { return int(p[i])<<24 | int(p[i+1])<<16 | int(p[i+2])<<8 | int(p[i+3]) }
	if at(0) != len(p) || string(p[36:40]) != "acsp" || at(128) != 9 {
		t.Fatalf("%d bytes, says %d, %q, %d tags", len(p), at(0), p[36:40], at(128))
	}
	for i := range at(128) {
		entry := 132 + 12*i
		if begin, size := at(entry+4), at(entry+8); begin < 132 || begin+size > len(p) || begin%4 != 0 {
			t.Errorf("tag %q at %d, %d bytes of %d", p[entry:entry+4], begin, size, len(p))
		}
	}
}

// TestPlainStreamsAreDeflated: a page that came plain is smaller, and reads the same.
func TestPlainStreamsAreDeflated(t *testing.T) {
	out := gofpdf.New("P", "pt", "A4", "")
	out.SetCompression(false)
	out.SetFont("Helvetica", "", 12)
	for range 3 {
		out.AddPage()
		for line := range 50 {
			out.Text(20, float64(20+15*line), "the same words on every line")
		}
	}
	var b bytes.Buffer
	if err := out.Output(&b); err != nil {
		t.Fatal(err)
	}
	d, err := Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d.Size() > b.Len()/3 {
		t.Errorf("%d bytes of %d", d.Size(), b.Len())
	}
	var packed bytes.Buffer
	if err := d.Archive(&packed, metadata, nil); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(packed.Bytes(), []byte("/Filter /FlateDecode")); n != 3 {
		t.Errorf("%d streams are deflated, want the 3 pages", n)
	}
	if text := tool(t, packed.Bytes(), "qpdf", "--check"); !strings.Contains(text, "No syntax or stream encoding errors found") {
		t.Error(text)
	}
}

var refusal = regexp.MustCompile("^(read|archive) the PDF: ")

// TestRefused: what isn't as the library writes it is refused in words, and nothing written.
func TestRefused(t *testing.T) {
	whole := plain(t)
	for name, pdf := range map[string][]byte{
		"empty":             nil,
		"no PDF":            []byte("hello"),
		"cut short":         whole[:len(whole)-200],
		"cut at the front":  whole[10:],
		"a foreign end":     append(bytes.Clone(whole), "more"...),
		"archived already":  archived(t, metadata, File{Name: "a", Deflated: zipped("a")}),
		"no catalog":        bytes.Replace(whole, []byte("/Root"), []byte("/Roof"), 1),
		"a table elsewhere": bytes.Replace(whole, []byte("startxref\n"), []byte("startxref\n9"), 1),
	} {
		var out bytes.Buffer
		if err := archive(&out, pdf, metadata, nil); err == nil || !refusal.MatchString(err.Error()) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
	if err := archive(failing{}, whole, metadata, nil); !errors.Is(err, errFull) {
		t.Errorf("a full disk is %v", err)
	}
}

var errFull = errors.New("no space left")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// FuzzArchive: no input breaks it, and what it writes can be taken apart again.
func FuzzArchive(f *testing.F) {
	f.Add(plain(f), "title")
	f.Add([]byte("%PDF-1.3\n1 0 obj\n<<>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Root 1 0 R>>\nstartxref\n31\n%%EOF\n"), "(")
	f.Fuzz(func(t *testing.T, pdf []byte, title string) {
		var out bytes.Buffer
		if err := archive(&out, pdf, &Metadata{Title: title}, []File{{Name: title, Deflated: zipped("x")}}); err != nil {
			return
		}
		if _, err := parse(out.Bytes()); err != nil {
			t.Errorf("%v\n%s", err, fmt.Sprintf("%.2000q", out.Bytes()))
		}
	})
}
