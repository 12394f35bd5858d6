package netpol

import (
	"errors"
	"fmt"
	"strings"
)

// A token is a part of an expression of Calico's selector language. Its kind is how it is written, or one of the
// kinds below.
type token struct{ kind, text string }

// The kinds of tokens that carry a text, and of the end.
const (
	labelToken  = "label"
	stringToken = "string"
	hasToken    = "has()"
	endToken    = "end"
)

// symbols are tokens that are written alike everywhere, longer ones before those that they begin with.
var symbols = []string{"==", "!=", "&&", "||", "!", "(", ")", "{", "}", ","}

// wordOperators are those that may follow a label; a space in them stands for any number of spaces.
var wordOperators = []string{"contains", "starts with", "ends with", "not in", "in"}

// tokenize splits an expression as github.com/projectcalico/calico/libcalico-go/lib/selector/tokenizer does: strings have
// no escapes, words need no space after them, line breaks are no space.
func tokenize(text string) ([]token, error) {
	var tokens []token
	afterLabel := false
	for {
		text = strings.TrimLeft(text, " \t")
		if text == "" {
			return append(tokens, token{kind: endToken}), nil
		}
		next, rest, err := nextToken(text, afterLabel)
		if err != nil {
			return nil, err
		}
		tokens, text, afterLabel = append(tokens, next), rest, next.kind == labelToken
	}
}

func nextToken(text string, afterLabel bool) (token, string, error) {
	for _, symbol := range symbols {
		if rest, ok := strings.CutPrefix(text, symbol); ok {
			return token{kind: symbol}, rest, nil
		}
	}
	if text[0] == '"' || text[0] == '\'' {
		inside, rest, closed := strings.Cut(text[1:], text[:1])
		if !closed {
			return token{}, "", errors.New("a string isn't closed")
		}
		return token{stringToken, inside}, rest, nil
	}
	if afterLabel {
		for _, operator := range wordOperators {
			if rest, ok := cutWords(text, operator); ok {
				return token{kind: operator}, rest, nil
			}
		}
		return token{}, "", fmt.Errorf("no operator at %.20q", text)
	}
	for _, function := range []string{"all", "global"} {
		if rest, ok := strings.CutPrefix(text, function+"("); ok {
			rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), ")")
			if !ok {
				return token{}, "", fmt.Errorf("%s( isn't closed", function)
			}
			return token{kind: function + "()"}, rest, nil
		}
	}
	if rest, ok := strings.CutPrefix(text, "has("); ok {
		name, rest := cutLabel(strings.TrimLeft(rest, " \t"))
		rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), ")")
		if !ok || name == "" {
			return token{}, "", errors.New("has( isn't followed by a label and )")
		}
		return token{hasToken, name}, rest, nil
	}
	name, rest := cutLabel(text)
	if name == "" {
		return token{}, "", fmt.Errorf("unexpected %.20q", text)
	}
	return token{labelToken, name}, rest, nil
}

func cutWords(text, words string) (string, bool) {
	for word := range strings.SplitSeq(words, " ") {
		rest, ok := strings.CutPrefix(strings.TrimLeft(text, " \t"), word)
		if !ok {
			return "", false
		}
		text = rest
	}
	return text, true
}

func cutLabel(text string) (name, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_./-", r)
	})
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}
