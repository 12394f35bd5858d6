package main

import (
	"strings"
	"unicode"
)

// printable keeps what others wrote from steering the terminal, and on one line.
func printable(words string) string { return strings.Map(harmless, words) }

// printableLines is printable but for line ends and tabs.
func printableLines(words string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return harmless(r)
	}, words)
}

// harmless replaces what steers a terminal or hides.
func harmless(r rune) rune {
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return unicode.ReplacementChar
	}
	return r
}
