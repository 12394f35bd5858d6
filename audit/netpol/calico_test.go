package netpol

import (
	"strings"
	"testing"
)

// TestParseExpression refuses what Calico's own parser does, and reads what it reads.
func TestParseExpression(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "all()",
		" \t":                              "all()",
		"a=='b'":                           `a == "b"`,
		"a == \"it's\"":                    `a == "it's"`,
		"a == 'say \"b\"'":                 `a == 'say "b"'`,
		"a in{'b','c',}":                   `a in {"b", "c"}`,
		"a not  in {}":                     `a not in {}`,
		"a starts\twith'b'":                `a starts with "b"`,
		"!!has( a )":                       "has(a)",
		"!a == 'b' && c contains 'd'":      `(!(a == "b") && c contains "d")`,
		"a=='b' || c=='d' && all()":        `(a == "b" || (c == "d" && all()))`,
		"(a=='b' || c=='d') && !global( )": `((a == "b" || c == "d") && !(global()))`,
		"in == 'a'":                        `in == "a"`,
		"all == 'a'":                       `all == "a"`,
	} {
		e, err := parseExpression(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := e.String(); got != want {
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{
		"a", "a = 'b'", "a == b", "a == 'b", "== 'a'", "a ==", "a in 'b'", "a in {'b'", "a in {b}", "has(", "has()", "has(a", "all(",
		"a & b", "a == 'b' &&", "(a == 'b'", "a == 'b')", "a == 'b' c == 'd'", "a\n== 'b'", "a ~ 'b'", "!", "a starts 'b'", "é == 'b'",
		strings.Repeat("(", 100_000) + "all()" + strings.Repeat(")", 100_000),
	} {
		if e, err := parseExpression(text); err == nil {
			t.Errorf("%.40q is read as %s", text, e)
		}
	}
}

// FuzzExpression looks for selectors that crash the parser, that are read differently once written, or whose samples
// don't hold.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"", "a == 'b' && !(c in {'d', \"e\"} || has(f))", "global()", "a not in {} || b starts with 'c' || d contains ''", "!!a != 'b'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseExpression(text)
		if err != nil {
			return
		}
		again, err := parseExpression(e.String())
		switch {
		case err != nil && strings.Contains(err.Error(), "too many"):
			return
		case err != nil:
			t.Fatalf("%s, as %q is written, can't be read: %v", e, text, err)
		case again.String() != e.String():
			t.Fatalf("%s is read as %s", e, again)
		}
		for _, holds := range []bool{false, true} {
			for _, s := range e.samples(holds) {
				if (again.matches(s) == yes) != holds {
					t.Errorf("%s of %v is %v", e, s, !holds)
				}
			}
		}
		if negated := negation(e); negated.matches(hostInterface{}) != yes-e.matches(hostInterface{}) {
			t.Errorf("%s and its negation don't exclude each other", e)
		}
	})
}
