package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// grouped writes a number with its thousands apart: 20,480.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// counted writes a number and its noun: "1 finding", "20 findings".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// plural returns the word for one, or the word for several.
func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// stated returns what the organization stated, or says that it didn't.
func stated(s string) string {
	if strings.TrimSpace(s) == "" {
		return notStated
	}
	return s
}

// orDash returns a dash for an empty text.
func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// utc prints an instant, a dash where there is none.
func utc(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.RFC3339)
}

// day prints an instant's day, UTC, a dash where there is none.
func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateOnly)
}

// firstRunes returns the first limit runes of a text, and how many runes it has where that is
// fewer than all, else 0.
func firstRunes(s string, limit int) (string, int) {
	if len(s) <= limit {
		return s, 0
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i], utf8.RuneCountInString(s)
		}
		n++
	}
	return s, 0
}

// firstSentence returns the first sentence of a text: as far as a full stop that a capital
// letter follows.
func firstSentence(s string) string {
	for i := range len(s) - 2 {
		if next, _ := utf8.DecodeRuneInString(s[i+2:]); s[i] == '.' && s[i+1] == ' ' && unicode.IsUpper(next) {
			return s[:i+1]
		}
	}
	return s
}

// firstOf returns the first n texts, and a text that counts the others.
func firstOf(texts []string, n int, noun string) []string {
	if len(texts) <= n {
		return texts
	}
	return append(slices.Clone(texts[:n]), "and "+counted(len(texts)-n, "more "+noun))
}
