package report

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A pdfBookmark is a bookmark, and where it leads to.
type pdfBookmark struct {
	Title string        `json:"title"`
	Page  int           `json:"destpageposfrom1"`
	Dest  []any         `json:"dest"` // page, kind, left, top
	Kids  []pdfBookmark `json:"kids"`
}

// A pdfStructure is what qpdf tells of a file.
type pdfStructure struct {
	Outlines []pdfBookmark `json:"outlines"`
	Pages    []struct {
		Object   string   `json:"object"`
		Contents []string `json:"contents"`
	} `json:"pages"`
	QPDF []json.RawMessage `json:"qpdf"` // its version, and the objects
}

func structure(t *testing.T, pdf []byte) *pdfStructure {
	t.Helper()
	s := new(pdfStructure)
	if err := json.Unmarshal([]byte(run(t, pdf, "qpdf", "--json=2", "--json-key=outlines", "--json-key=pages", "--json-key=qpdf", "FILE")), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// page is the number of a page by its object, 0 for none.
func (s *pdfStructure) page(object any) int {
	for i := range s.Pages {
		if s.Pages[i].Object == object {
			return i + 1
		}
	}
	return 0
}

// links are where the links of each page lead to: page, kind, left, top.
func (s *pdfStructure) links(t *testing.T) [][][]any {
	t.Helper()
	objects := map[string]struct {
		Value json.RawMessage `json:"value"`
	}{}
	if err := json.Unmarshal(s.QPDF[1], &objects); err != nil {
		t.Fatal(err)
	}
	all := make([][][]any, len(s.Pages))
	for i := range s.Pages {
		var page struct {
			Annots []struct {
				Subtype string `json:"/Subtype"`
				Dest    []any  `json:"/Dest"`
			} `json:"/Annots"`
		}
		if err := json.Unmarshal(objects["obj:"+s.Pages[i].Object].Value, &page); err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Annots {
			if a.Subtype != "/Link" || len(a.Dest) < 4 {
				t.Errorf("page %d: %s that leads to %v, want a link within the file", i+1, a.Subtype, a.Dest)
				continue
			}
			all[i] = append(all[i], a.Dest)
		}
	}
	return all
}

// flattened are bookmarks in the order of the document.
func flattened(bookmarks []pdfBookmark) []pdfBookmark {
	var list []pdfBookmark
	for _, b := range bookmarks {
		list = append(append(list, b), flattened(b.Kids)...)
	}
	return list
}

// pdfOrder is the order of the document; parts of a chapter are indented.
const pdfOrder = `Cover
Contents
1 Summary
2 Scope, method and population
  2.1 Population ledger
  2.2 Gaps and exclusions
3 Controls
  3.1 A.8.20 Networks security (2013: A.13.1.1)
  3.2 A.8.21 Security of network services (2013: A.13.1.2)
  3.3 A.8.22 Segregation of networks (2013: A.13.1.3)
  3.4 A.8.24 Use of cryptography (2013: A.10.1.2)
4 Findings by responsible party
  4.1 User: the application teams
  4.2 Administrator: the platform team
5 Waivers and attestations
  5.1 Waivers
  5.2 Attestations
6 Certificate inventory
7 Ingress inventory
8 Isolation and reachability
  8.1 Reachability between namespaces
9 Deviations from defaults
10 Limitations, glossary, responsibilities
  10.1 Limitations
  10.2 Glossary
  10.3 Responsibilities
11 Appendices
  11.1 All findings
  11.2 Catalogue of checks
  11.3 Effective configuration
  11.4 How to verify this report
`

// TestPDFBookmarks: every section has one, in the order of the document, on the page that has
// its heading.
func TestPDFBookmarks(t *testing.T) {
	for _, name := range []string{"shared", "realistic", "empty"} {
		t.Run(name, func(t *testing.T) {
			pdf := samplePDF(t, name)
			outlines := structure(t, pdf).Outlines
			var order strings.Builder
			for _, chapter := range outlines {
				order.WriteString(chapter.Title + "\n")
				for _, part := range chapter.Kids {
					order.WriteString("  " + part.Title + "\n")
				}
			}
			if order.String() != pdfOrder {
				t.Errorf("the order is\n%s\nwant\n%s", &order, pdfOrder)
			}
			text, last := pages(t, pdf), 0
			for _, b := range flattened(outlines) {
				if b.Page < max(last, 1) || b.Page > len(text) {
					t.Errorf("%s is on page %d, after one on page %d of %d", b.Title, b.Page, last, len(text))
					continue
				}
				if last = b.Page; b.Title != "Cover" && !strings.Contains(flat(text[b.Page-1:b.Page]), b.Title) {
					t.Errorf("page %d doesn't have the heading %q", b.Page, b.Title)
				}
			}
		})
	}
}

// TestPDFLinks: each entry of the contents leads to its section, and every other link
// somewhere in the file.
func TestPDFLinks(t *testing.T) {
	for _, name := range []string{"shared", "realistic", "empty", "hostile"} {
		t.Run(name, func(t *testing.T) {
			s := structure(t, samplePDF(t, name))
			all := s.links(t)
			entries := slices.Concat(all[1:]...)
			sections := flattened(s.Outlines)[2:] // after cover and contents
			for i, section := range sections {
				if i >= len(entries) || s.page(entries[i][0]) != section.Page {
					t.Errorf("entry %d of the contents doesn't lead to page %d, where %q is", i+1, section.Page, section.Title)
				}
			}
			n := 0
			for i, links := range all {
				for _, dest := range links {
					if n++; s.page(dest[0]) == 0 || dest[1] != "/XYZ" {
						t.Errorf("a link on page %d leads to %v", i+1, dest)
					}
				}
			}
			if n <= len(sections) {
				t.Errorf("%d links, no more than the %d of the contents", n, len(sections))
			}
		})
	}
}

// TestPDFMetadata: what programs show of the file is what the record says, in both places
// where a file keeps it.
func TestPDFMetadata(t *testing.T) {
	r, pdf := pdfSamples["shared"](), samplePDF(t, "shared")
	info := map[string]string{}
	for line := range strings.Lines(run(t, pdf, "pdfinfo", "-isodates", "FILE")) {
		name, value, _ := strings.Cut(line, ":")
		info[name] = strings.TrimSpace(value)
	}
	at := r.Metadata.GeneratedAt.UTC().Format("2006-01-02T15:04:05")
	xmp := run(t, pdf, "pdfinfo", "-meta", "FILE")
	for name, want := range map[string]string{
		"Title": "Evidence record " + r.Metadata.Name, "Author": r.Subject.Organization, "Keywords": "record " + r.Metadata.UID,
		"Subject": "ISO/IEC 27001 network and key-management evidence of Kubernetes cluster " + r.Subject.Name,
		"Creator": r.Tool.Name + " " + r.Tool.Version, "Producer": "gofpdf and kubevidence",
	} {
		if info[name] != want || !strings.Contains(xmp, ">"+want+"<") {
			t.Errorf("%s is %q, want %q, there and in\n%s", name, info[name], want, xmp)
		}
	}
	for name, want := range map[string]string{"CreationDate": at + "Z", "ModDate": at + "Z", "Encrypted": "no", "JavaScript": "no", "PDF version": "1.7", "Page size": "595.28 x 841.89 pts (A4)"} {
		if info[name] != want {
			t.Errorf("%s is %q, want %q", name, info[name], want)
		}
	}
	if n := len(pages(t, pdf)); info["Pages"] != strconv.Itoa(n) {
		t.Errorf("it says %s pages and has %d", info["Pages"], n)
	}
	for _, want := range []string{"<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>", "<xmp:CreateDate>" + at + "Z<"} {
		if !strings.Contains(xmp, want) {
			t.Errorf("the metadata doesn't say %q", want)
		}
	}
	// The document claims what the metadata claims, and says how far that was checked.
	text := flat(pages(t, pdf))
	for _, want := range []string{"This file is written to PDF/A-3, level B (ISO 19005-3)", "No validator for part 3 has been run, and none on this very file."} {
		if !strings.Contains(text, want) {
			t.Errorf("the document doesn't say %q", want)
		}
	}
}
