package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPDFSafe(t *testing.T) {
	d := newPDFDocument(&Record{})
	for text, want := range map[string]string{
		"plain (text) \\ 100%":   "plain (text) \\ 100%",
		"Żółć Ελλάδα Đặng ✓ ✗ ⚠": "Żółć Ελλάδα Đặng ✓ ✗ ⚠",
		"😀":                        `\u{1F600}`,
		"漢":                        `\u{6F22}`,
		"a\u202Eb\u200Bc\uFEFF":    `a\u{202E}b\u{200B}c\u{FEFF}`,
		"a\x00b\x1b[31m\x7f":       `a\u{0000}b\u{001B}[31m\u{007F}`,
		"a\tb\u00A0c\u3000d":       "a b c d",
		"a\r\nb\nc\rd":             "a\nb\nc\\u{000D}d",
		"\xff\xfea":                "\uFFFD\uFFFDa",
		"x\u2028y\u2029z\u0085":    `x\u{2028}y\u{2029}z\u{0085}`,
		"\U000E0041tag, \uE000pua": `\u{E0041}tag, \u{E000}pua`,
		"{nb}":                     "{nb}",
	} {
		for face := range pdfFaces {
			if got := d.safe(pdfFace(face), text, 100); got != want {
				t.Errorf("face %d: %q is printed as %q, want %q", face, text, got, want)
			}
		}
	}
}

func TestPDFBreakLine(t *testing.T) {
	d := newPDFDocument(&Record{})
	for _, c := range []struct {
		name, text string
		columns    int // of the monospaced face
		want       []string
	}{
		{"short", "a b", 10, []string{"a b"}},
		{"nothing", "", 10, []string{""}},
		{"at blanks", "one two three", 9, []string{"one two", "three"}},
		{"a word that fits on the next line is moved whole", "to a-b-c-d-e", 9, []string{"to", "a-b-c-d-e"}},
		{"a word wider than a line breaks after punctuation", "arn:aws:eks:north", 9, []string{"arn:aws:", "eks:north"}},
		{"and begins on the line where it stands", "at arn:aws:eks:north", 9, []string{"at arn:", "aws:eks:", "north"}},
		{"without punctuation anywhere", "abcdefghijkl", 5, []string{"abcde", "fghij", "kl"}},
		{"a rune a line where nothing fits", "abc", 0, []string{"a", "b", "c"}},
		{"blanks at an end are dropped", "one   two", 4, []string{"one", "two"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			width := d.measure(pdfCode, strings.Repeat("x", c.columns)) + 0.01
			got := d.breakLine(pdfCode, c.text, width)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPDFCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
		runes int
	}{
		{"", 3, "", 0}, {"abc", 3, "abc", 0}, {"abcd", 3, "abc", 4}, {"żółć", 4, "żółć", 0}, {"żółć", 2, "żó", 4}, {"\xff\xff\xff", 2, "\xff\xff", 3},
	} {
		if text, runes := firstRunes(c.text, c.limit); text != c.want || runes != c.runes {
			t.Errorf("firstRunes(%q, %d) = %q, %d, want %q, %d", c.text, c.limit, text, runes, c.want, c.runes)
		}
	}
}

func TestPDFWrapSaysWhatItCuts(t *testing.T) {
	d := newPDFDocument(&Record{})
	for name, text := range map[string]string{
		"long": strings.Repeat("x", 20<<10), "many lines": strings.Repeat("x\n", 10<<10), "blank lines": strings.Repeat("\n", 20<<10),
	} {
		lines := d.wrap([]pdfText{{words: text, style: pdfBody}}, 200)
		var all []string
		for i := range lines {
			all = append(all, lines[i].words)
		}
		if got := strings.Join(all, " "); !strings.Contains(got, "20,480 characters in all") {
			t.Errorf("%s: %q doesn't say what is cut", name, got)
		}
		if len(lines) > pdfMaxLines+4 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
	}
}

func TestPDFWrapIsBriefOncePlentyIsPrinted(t *testing.T) {
	d := newPDFDocument(&Record{})
	text := []pdfText{{words: strings.Repeat("x", 1000), style: pdfBody}}
	if before := len(d.wrap(text, 200)); before < 10 {
		t.Fatalf("%d lines of a text that is within its limit", before)
	}
	d.bytes = pdfPlenty + 1
	lines := d.wrap(text, 200)
	if got := lines[0].words + lines[1].words; len(lines) > 6 || len(got) < pdfShortRunes {
		t.Errorf("%d lines, beginning %q", len(lines), got)
	}
	if last := lines[len(lines)-1].words; !strings.Contains(last, "text]") {
		t.Errorf("the last line, %q, doesn't say that the text is cut", last)
	}
}

func TestPDFSplitRowLosesNothing(t *testing.T) {
	line := func(words string) pdfLine { return pdfLine{words: words, style: pdfCellIn} }
	row := [][]pdfLine{{line("a"), line("b"), line("c")}, {line("d")}, {}}
	for height := 0.0; height < 80; height += 5 {
		first, rest := splitRow(row, height)
		for i := range row {
			if got := len(first[i]) + len(rest[i]); got != len(row[i]) {
				t.Errorf("height %v, cell %d: %d lines of %d", height, i, got, len(row[i]))
			}
		}
		if len(first[0]) == 0 {
			t.Errorf("height %v: a row that never shrinks", height)
		}
	}
}
