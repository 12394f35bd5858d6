package report

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

// preflight is where Debian's libpdfbox2-java puts Apache PDFBox's validator, and what it needs.
const preflight = "/usr/share/java/preflight.jar:/usr/share/java/pdfbox2.jar:/usr/share/java/fontbox2.jar:/usr/share/java/xmpbox.jar:" +
	"/usr/share/java/commons-logging.jar:/usr/share/java/commons-io.jar:/usr/share/java/javax.activation.jar:/usr/share/java/jaxb-api.jar"

// TestPDFInPreflight: a validator for part 1 of ISO 19005 finds nothing in the file but what
// part 3 brought, its number and a file inside, and what part 2 made optional, a list of the
// characters of a font (6.2.11.4.2).
func TestPDFInPreflight(t *testing.T) {
	for jar := range strings.SplitSeq(preflight, ":") {
		if _, err := os.Stat(jar); err != nil {
			t.Skipf("%s is not installed; with it (Debian's libpdfbox2-java, libactivation-java, libjaxb-api-java) this test validates the PDF", jar)
		}
	}
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("java is not installed; with it this test validates the PDF")
	}
	for _, name := range []string{"realistic", "hostile"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "report.pdf")
			if err := os.WriteFile(path, samplePDF(t, name), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("java", "-cp", preflight, "org.apache.pdfbox.preflight.Validator_A1b", path).CombinedOutput()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			want := "The file report.pdf is not a valid PDF/A-1b file, error(s) :\n" +
				"1.4.7 : Trailer Syntax error, EmbeddedFile entry is present in the Names dictionary\n" +
				"1.2.9 : Body Syntax error, EmbeddedFile entry is present in a FileSpecification dictionary\n" +
				strings.Repeat("3.1.11 : Invalid Font definition, FONT: The CIDSet entry is missing for the Composite Subset\n", 3) +
				"7.11.2 : Error on MetaData, part must be 1\n"
			if got := subsetFont.ReplaceAllString(strings.TrimSpace(string(out)), "FONT") + "\n"; got != want {
				t.Errorf("it says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

var subsetFont = regexp.MustCompile(`\b[A-Z]{6}\+DejaVu[\w-]+`)

var (
	anObject   = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(.*?)\nendobj`)
	pageFonts  = regexp.MustCompile(`(?s)/Font <<(.*?)>>`)
	fontOfPage = regexp.MustCompile(`/(F\w+) (\d+) 0 R`)
	reference  = func(key string) *regexp.Regexp { return regexp.MustCompile(`/` + key + ` \[?\s*(\d+) 0 R`) }
	unescape   = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r", `\n`, "\n")
	textShown  = regexp.MustCompile(`(?s)/(F\w+) [\d.]+ Tf|\(((?:[^\\]|\\.)*?)\)\s*Tj`)
)

// TestPDFShowsNoMissingGlyph: no text shows the glyph that stands for missing ones, which
// parts 2 and 3 of ISO 19005 rule out (6.2.11.8) and part 1 doesn't.
func TestPDFShowsNoMissingGlyph(t *testing.T) {
	for _, name := range []string{"realistic", "hostile"} {
		t.Run(name, func(t *testing.T) {
			objects := map[string]string{}
			for _, m := range anObject.FindAllStringSubmatch(run(t, samplePDF(t, name), "qpdf", "--stream-data=uncompress", "--object-streams=disable", "FILE", "-"), -1) {
				objects[m[1]] = m[2]
			}
			follow := func(object, key string) string {
				if m := reference(key).FindStringSubmatch(object); m != nil {
					return objects[m[1]]
				}
				t.Fatalf("no %s in %.200q", key, object)
				return ""
			}
			glyphs := map[string]string{} // of a font: two bytes a code
			shown := 0
			for _, object := range objects {
				for _, fonts := range pageFonts.FindAllStringSubmatch(object, -1) {
					for _, m := range fontOfPage.FindAllStringSubmatch(fonts[1], -1) {
						if glyphs[m[1]] == "" {
							glyphs[m[1]] = content(follow(follow(objects[m[2]], "DescendantFonts"), "CIDToGIDMap"))
						}
					}
				}
			}
			if len(glyphs) == 0 {
				t.Fatal("no font found")
			}
			for _, object := range objects {
				if !strings.Contains(object, " Tf") {
					continue
				}
				font := ""
				for _, m := range textShown.FindAllStringSubmatch(content(object), -1) {
					if m[1] != "" {
						font = m[1]
						continue
					}
					text := unescape.Replace(m[2])
					for i := 0; i+1 < len(text); i += 2 {
						code := int(text[i])<<8 | int(text[i+1])
						if shown++; binary.BigEndian.Uint16([]byte(glyphs[font][2*code:])) == 0 {
							t.Errorf("font %s has no glyph of %q", font, utf16.Decode([]uint16{uint16(code)})) //nolint:gosec // two bytes
						}
					}
				}
			}
			if shown < 1000 {
				t.Errorf("only %d glyphs found", shown)
			}
		})
	}
}

// content is a stream's, as qpdf writes it out.
func content(object string) string {
	_, after, _ := strings.Cut(object, "stream\n")
	return strings.TrimSuffix(strings.TrimSuffix(after, "endstream"), "\n")
}
