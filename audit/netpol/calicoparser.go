package netpol

import (
	"errors"
	"fmt"
)

// deepest is how many parentheses may be open at once: as many as no person writes, and no stack minds.
const deepest = 100

// parseExpression reads an expression of Calico's selector language
// (https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors). An empty one means all().
func parseExpression(text string) (*expression, error) {
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	p := &expressionParser{tokens: tokens}
	if p.at(endToken) {
		return everything, nil
	}
	e, err := p.alternatives()
	switch {
	case err != nil:
		return nil, err
	case !p.at(endToken):
		return nil, fmt.Errorf("%s where nothing more was expected", p.tokens[0])
	}
	return e, nil
}

// String returns the token for people.
func (t token) String() string {
	if t.text != "" {
		return fmt.Sprintf("%s %q", t.kind, t.text)
	}
	return fmt.Sprintf("%q", t.kind)
}

// An expressionParser descends: alternatives of terms of operations.
type expressionParser struct {
	tokens []token // that are left, the end last
	depth  int
}

func (p *expressionParser) at(kind string) bool { return p.tokens[0].kind == kind }

// take returns the next token, and leaves it where it is the end.
func (p *expressionParser) take() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *expressionParser) alternatives() (*expression, error) { return p.joined("||", p.terms) }

func (p *expressionParser) terms() (*expression, error) { return p.joined("&&", p.operation) }

func (p *expressionParser) joined(by string, part func() (*expression, error)) (*expression, error) {
	e, err := part()
	if err != nil || !p.at(by) {
		return e, err
	}
	all := []*expression{e}
	for p.at(by) {
		p.take()
		e, err := part()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return &expression{operator: by, of: all}, nil
}

func (p *expressionParser) operation() (*expression, error) {
	negated := false
	for p.at("!") {
		p.take()
		negated = !negated
	}
	e, err := p.operand()
	if err != nil || !negated {
		return e, err
	}
	return negation(e), nil
}

func (p *expressionParser) operand() (*expression, error) {
	switch t := p.take(); t.kind {
	case "all()", "global()":
		return &expression{operator: t.kind}, nil
	case hasToken:
		return &expression{operator: hasToken, key: t.text}, nil
	case labelToken:
		return p.comparison(t.text)
	case "(":
		if p.depth++; p.depth > deepest {
			return nil, errors.New("too many parentheses")
		}
		e, err := p.alternatives()
		if err == nil && p.take().kind != ")" {
			err = errors.New("a parenthesis isn't closed")
		}
		p.depth--
		return e, err
	default:
		return nil, fmt.Errorf("%s where a label or a function was expected", t)
	}
}

func (p *expressionParser) comparison(key string) (*expression, error) {
	e := &expression{operator: p.take().kind, key: key}
	switch e.operator {
	case "==", "!=", "contains", "starts with", "ends with":
		value := p.take()
		if value.kind != stringToken {
			return nil, fmt.Errorf("%s where a string in quotes was expected", value)
		}
		e.values = []string{value.text}
		return e, nil
	case "in", "not in":
		if !p.at("{") {
			return nil, fmt.Errorf("%s where a set in braces was expected", p.tokens[0])
		}
		p.take()
		for p.at(stringToken) {
			e.values = append(e.values, p.take().text)
			if !p.at(",") {
				break
			}
			p.take()
		}
		if p.take().kind != "}" {
			return nil, errors.New("a brace isn't closed")
		}
		return e, nil
	}
	return nil, fmt.Errorf("label %q isn't followed by an operator", key)
}
