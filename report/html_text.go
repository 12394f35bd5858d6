package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns a text in which nothing hides: control characters, invisible ones and
// those that reorder what stands around them are written as \u{202E}. Line ends, tabs and
// the joiners that scripts and emoji need remain. A byte that isn't UTF-8 stands as U+FFFD,
// as it does in JSON.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\u{%04X}`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	switch r {
	case '\n', '\t', '\u200c', '\u200d':
		return false
	}
	return r < ' ' || r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// htmlText is a text as a page can print it: visible, and cut where it goes on for long.
func htmlText(value any) string { return clip(fmt.Sprint(value), htmlMaxRunes) }

// htmlName is a name as a page can print it; no object that an API server accepted has one
// that would be cut.
func htmlName(value any) string { return clip(fmt.Sprint(value), htmlMaxName) }

func clip(s string, limit int) string {
	shown, runes := firstRunes(s, limit)
	shown = visible(shown)
	if runes > 0 {
		shown += fmt.Sprintf(" … [cut here: %s characters in all; the record has the whole text]", grouped(runes))
	}
	return shown
}

// harmless is what others wrote as it can stand in a line of a terminal: visible, and on that
// line.
func harmless(s string) string { return oneLine(visible(s)) }

// fragment turns an identifier into the name of an anchor. Identifiers of our own pass
// unchanged.
func fragment(prefix, id string) string {
	return prefix + "-" + strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, id)
}

// cssString is a text as a string of a style sheet. Everything but letters and digits is
// escaped, so that nothing can end the string or the style. The blank ends the escape.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%x `, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
