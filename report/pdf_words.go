package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfSafe returns a text as the font can print it. Whatever the font lacks, what is above
// the basic plane (on which the library panics), control characters, invisible ones and
// those that reorder text stand as \u{202E}. A byte that isn't UTF-8 stands as U+FFFD, as it
// does in JSON. Line ends remain, every other white space becomes a blank.
func pdfSafe(s string, covered *[1 << 16]bool) string {
	if pdfPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			b.WriteByte('\n')
		case r == '\r' && strings.HasPrefix(s[i+size:], "\n"):
		case r == '\t' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r > 0xFFFF || !covered[r] || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// pdfPlain reports whether a text is printable ASCII and line ends, as nearly all is.
func pdfPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' {
			return false
		}
	}
	return true
}

// oneLine returns a text for a place that has one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// capital returns a text with its first letter in upper case.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
