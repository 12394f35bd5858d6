package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

func renderHTML(t testing.TB, r *report.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A page is what tests ask of an HTML document.
type page struct {
	elements map[string]int
	ids      map[string]int
	links    []string            // values of href
	attrs    map[string][]string // by name
	styles   []string
	scripts  []string
	text     string
	policy   string
}

// parsePage reads a document with the XML decoder in its lenient mode, which refuses what
// isn't well nested.
func parsePage(t *testing.T, document string) page {
	t.Helper()
	p := page{elements: map[string]int{}, ids: map[string]int{}, attrs: map[string][]string{}}
	// The decoder knows comments and CDATA, but not that styles and scripts are raw text.
	raw := regexp.MustCompile(`(?s)<(style|script)[^>]*>(.*?)</(?:style|script)>`)
	for _, match := range raw.FindAllStringSubmatch(document, -1) {
		if match[1] == "style" {
			p.styles = append(p.styles, match[2])
		} else {
			p.scripts = append(p.scripts, match[2])
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(raw.ReplaceAllString(document, "<$1></$1>")))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			p.text = text.String()
			return p
		}
		if err != nil {
			t.Fatalf("the document isn't well nested: %v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.Comment:
			t.Errorf("a comment: %.80s", token)
		case xml.StartElement:
			p.note(token)
		}
	}
}

func (p *page) note(e xml.StartElement) {
	p.elements[e.Name.Local]++
	values := map[string]string{}
	for _, a := range e.Attr {
		values[a.Name.Local] = a.Value
		p.attrs[a.Name.Local] = append(p.attrs[a.Name.Local], a.Value)
	}
	if id := values["id"]; id != "" {
		p.ids[id]++
	}
	if href, ok := values["href"]; ok {
		p.links = append(p.links, href)
	}
	if values["http-equiv"] == "Content-Security-Policy" {
		p.policy = values["content"]
	}
}

// records are what every property below holds of.
func records(t *testing.T) map[string]*report.Record {
	return map[string]*report.Record{
		"sample":  recordtest.Sample(t),
		"hostile": recordtest.Hostile(t),
		"large":   recordtest.Large(t, 12_000),
		"empty":   {},
	}
}

func TestHTMLStandsAlone(t *testing.T) {
	for name, r := range records(t) {
		t.Run(name, func(t *testing.T) {
			p := parsePage(t, renderHTML(t, r))
			for _, element := range []string{"img", "iframe", "link", "object", "base"} {
				if p.elements[element] > 0 {
					t.Errorf("%d <%s>", p.elements[element], element)
				}
			}
			if p.elements["script"] != 1 || len(p.scripts) != 1 || p.elements["form"] > 1 {
				t.Errorf("%d scripts, %d forms, want the search and the filters alone", p.elements["script"], p.elements["form"])
			}
			for attr := range p.attrs {
				if strings.HasPrefix(attr, "on") || attr == "src" || attr == "style" || attr == "action" {
					t.Errorf("an attribute %s", attr)
				}
			}
			for _, style := range p.styles {
				if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
					t.Error("a style makes a request")
				}
			}
			for id, n := range p.ids {
				if n > 1 {
					t.Errorf("%d elements with id %q", n, id)
				}
			}
			for _, href := range p.links {
				target, err := url.PathUnescape(strings.TrimPrefix(href, "#"))
				if !strings.HasPrefix(href, "#") || err != nil || p.ids[target] == 0 {
					t.Errorf("a link leads to %q, which isn't here", href)
				}
			}
		})
	}
}

func TestHTMLPolicyAllowsItsOwnOnly(t *testing.T) {
	hashes := func(texts []string) string {
		var b strings.Builder
		for _, text := range texts {
			sum := sha256.Sum256([]byte(text))
			b.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
		}
		return b.String()
	}
	for name, r := range records(t) {
		p := parsePage(t, renderHTML(t, r))
		want := "default-src 'none'; script-src" + hashes(p.scripts) + "; style-src" + hashes(p.styles) + "; base-uri 'none'; form-action 'none'"
		if p.policy != want || len(p.styles) != 3 {
			t.Errorf("%s: policy\n%s\nwant, of %d styles,\n%s", name, p.policy, len(p.styles), want)
		}
	}
}

func TestHTMLHidesNothing(t *testing.T) {
	document := renderHTML(t, recordtest.Hostile(t))
	if !utf8.ValidString(document) {
		t.Error("not UTF-8")
	}
	for _, r := range document {
		if r != '\n' && r != '\t' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Fatalf("U+%04X stands in the document", r)
		}
	}
	text := parsePage(t, document).text
	for _, want := range []string{
		`<script>alert("kubevidence")</script>`, `"><img src=x onerror=alert(1)>`, "🚀", `invoice\u{202E}gnp.exe`, "مساحة-الاسم",
		"{nb}", `a\u{0000}b\u{001B}[31mc\u{200B}d\u{FEFF}`, "{{.}} javascript:alert(1)", "20,478 characters in all",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't readable", want)
		}
	}
}

func TestHTMLIsTheSameTwice(t *testing.T) {
	first := renderHTML(t, recordtest.Sample(t))
	if second := renderHTML(t, recordtest.Sample(t)); first != second {
		t.Error("two renderings differ")
	}
	read, err := report.Read(bytes.NewReader(encode(t, recordtest.Sample(t))))
	if err != nil {
		t.Fatal(err)
	}
	if again := renderHTML(t, read); first != again {
		t.Error("a record that was read renders otherwise")
	}
}

// TestHTMLSaysWhatItLeavesOut: the worst findings are shown, and the number of the others.
func TestHTMLSaysWhatItLeavesOut(t *testing.T) {
	r := recordtest.Large(t, 12_000)
	p := parsePage(t, renderHTML(t, r))
	if !strings.Contains(p.text, "2,000 findings left out here") {
		t.Error("the number left out isn't printed")
	}
	shown := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if p.ids["finding-"+f.ID] > 0 {
			shown++
		} else if f.Status == audit.Fail {
			t.Fatalf("%s fails and is left out", f.ID)
		}
	}
	if shown != 10_000 {
		t.Errorf("%d findings shown, want 10,000", shown)
	}
}

// TestHTMLConcludesNothing: the report holds evidence; whether a control conforms is the
// auditor's to say.
func TestHTMLConcludesNothing(t *testing.T) {
	p := parsePage(t, renderHTML(t, recordtest.Sample(t)))
	claims := regexp.MustCompile(`(?i)\b(compliant|complies|compliance|certified|is conform\w*|non-?compliant)\b`)
	if claim := claims.FindString(p.text); claim != "" {
		t.Errorf("the report says %q", claim)
	}
	for _, want := range []string{"candidate nonconformity", "Left to the auditor", "state at one point in time", "unsigned", "not authenticated"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the report doesn't say %q", want)
		}
	}
	if strings.Contains(p.text, "whole population of each resource") {
		t.Error("the whole population is claimed in spite of gaps and exclusions")
	}
}

// TestHTMLGolden holds the page's body: what stands in it and in which order, without the
// style.
func TestHTMLGolden(t *testing.T) {
	document := renderHTML(t, recordtest.Small(t))
	body := document[strings.Index(document, "<body>"):]
	golden(t, "small.html", []byte(body))
}

func TestHTMLReportsWriteErrors(t *testing.T) {
	full := errors.New("no space left on device")
	if err := report.WriteHTML(failing{full}, recordtest.Sample(t)); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

func BenchmarkWriteHTML(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		r := recordtest.Large(b, n)
		b.Run(fmt.Sprintf("findings=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := report.WriteHTML(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
