package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// A pdfWord is a word on a page and its box, points from the upper left corner.
type pdfWord struct {
	X1   float64 `xml:"xMin,attr"`
	Y1   float64 `xml:"yMin,attr"`
	X2   float64 `xml:"xMax,attr"`
	Y2   float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

// placed returns where pdftotext finds each page's words.
func placed(t *testing.T, pdf []byte) [][]pdfWord {
	t.Helper()
	var document struct {
		Pages []struct {
			Words []pdfWord `xml:"word"`
		} `xml:"body>doc>page"`
	}
	decoder := xml.NewDecoder(strings.NewReader(run(t, pdf, "pdftotext", "-bbox", "FILE", "-")))
	decoder.Strict = false
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	words := make([][]pdfWord, len(document.Pages))
	for i, page := range document.Pages {
		words[i] = page.Words
	}
	return words
}

func TestPDFLayout(t *testing.T) {
	for name := range pdfSamples {
		t.Run(name, func(t *testing.T) {
			for i, words := range placed(t, samplePDF(t, name)) {
				for _, problem := range misplacedWords(words) {
					t.Errorf("page %d: %s", i+1, problem)
				}
			}
		})
	}
}

// misplacedWords says which words leave the page's margins or lie upon another.
func misplacedWords(words []pdfWord) []string {
	var problems []string
	slices.SortFunc(words, func(a, b pdfWord) int { return cmp.Compare(a.Y1, b.Y1) })
	for i, w := range words {
		if w.X1 < pdfLeft-1 || w.X2 > pdfLeft+pdfWidth+1 || w.Y1 < 30 || w.Y2 > pdfPageHeight-20 {
			problems = append(problems, fmt.Sprintf("%q leaves the margins: %.0f to %.0f across, %.0f to %.0f down", w.Text, w.X1, w.X2, w.Y1, w.Y2))
		}
		for _, other := range words[i+1:] {
			if other.Y1 > w.Y2 {
				break
			}
			across := min(w.X2, other.X2) - max(w.X1, other.X1)
			down := min(w.Y2, other.Y2) - max(w.Y1, other.Y1)
			if across > 1 && down > 2.5 {
				problems = append(problems, fmt.Sprintf("%q and %q lie upon one another", w.Text, other.Text))
			}
		}
	}
	return problems
}

func TestPDFHeadsAndHeadingsHaveCompany(t *testing.T) {
	alone := []string{"Status Subject What was found", "Status, finding Subject, observation, evidence", "Resource, scope, request State", "Results by check", "Conclusion (the auditor’s)", "Assessed by the tool"}
	for _, name := range []string{"realistic", "shared", "empty"} {
		t.Run(name, func(t *testing.T) {
			for i, page := range pages(t, samplePDF(t, name)) {
				lines := slices.DeleteFunc(strings.Split(page, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
				if len(lines) < 3 {
					t.Fatalf("page %d has nothing but its edges: %q", i+1, lines)
				}
				last := strings.Join(strings.Fields(lines[len(lines)-2]), " ")
				for _, head := range alone {
					if strings.HasPrefix(last, head) && head != "Conclusion (the auditor’s)" {
						t.Errorf("page %d ends with %q", i+1, last)
					}
				}
			}
		})
	}
}

// The contrast of two colours as WCAG 2.2 defines it.
func contrast(a, b pdfColor) float64 {
	luminance := func(c pdfColor) float64 {
		linear := func(v int) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
	}
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestPDFContrast(t *testing.T) {
	colors := map[string]pdfColor{"ink": pdfInk, "muted": pdfMuted, "accent": pdfAccent}
	for status, color := range pdfStatuses {
		colors[status.String()] = color
	}
	for name, color := range colors {
		for _, ground := range []pdfColor{pdfWhite, pdfTint} {
			if c := contrast(color, ground); c < 4.5 {
				t.Errorf("%s on %v has a contrast of %.1f:1", name, ground, c)
			}
		}
	}
}
