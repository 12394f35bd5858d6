package netpol

import (
	"fmt"
	"slices"
	"strings"
)

// An expression is one of Calico's selector language, parsed.
type expression struct {
	operator string // as it is written; has() with a key
	key      string // of a comparison
	values   []string
	of       []*expression // of &&, || and !
}

var everything = &expression{operator: "all()"}

func negation(e *expression) *expression { return &expression{operator: "!", of: []*expression{e}} }

func has(key string) *expression { return &expression{operator: hasToken, key: key} }

// conjunction returns what all of some expressions ask for; nil ones ask for nothing, and nil is returned if all do.
func conjunction(parts ...*expression) *expression {
	parts = slices.DeleteFunc(parts, func(e *expression) bool { return e == nil })
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &expression{operator: "&&", of: parts}
}

// Labelled is what has labels, some of which may not be known.
type labelled interface {
	// label returns the value of a label, and whether there is one.
	label(key string) (string, match)
}

// matches decides an expression as github.com/projectcalico/calico/libcalico-go/lib/selector/parser does: != and not in
// hold for a label that isn't there. What hangs on a label that isn't known is maybe.
func (e *expression) matches(of labelled) match {
	switch e.operator {
	case "all()", "global()":
		return yes
	case "!":
		return yes - e.of[0].matches(of)
	case "&&":
		m := yes
		for _, part := range e.of {
			m = min(m, part.matches(of))
		}
		return m
	case "||":
		m := no
		for _, part := range e.of {
			m = max(m, part.matches(of))
		}
		return m
	}
	value, there := of.label(e.key)
	switch {
	case there == maybe:
		return maybe
	case e.holds(value, there == yes):
		return yes
	}
	return no
}

// holds decides a comparison.
func (e *expression) holds(value string, there bool) bool {
	switch e.operator {
	case hasToken:
		return there
	case "!=", "not in":
		return !there || !slices.Contains(e.values, value)
	case "contains":
		return there && strings.Contains(value, e.values[0])
	case "starts with":
		return there && strings.HasPrefix(value, e.values[0])
	case "ends with":
		return there && strings.HasSuffix(value, e.values[0])
	}
	return there && slices.Contains(e.values, value)
}

// equality returns a label of some kind that every match must have, if the expression asks for one.
func (e *expression) equality(kind func(key string) bool) (label, bool) {
	if e == nil {
		return label{}, false
	}
	if (e.operator == "==" || e.operator == "in") && len(e.values) == 1 && kind(e.key) {
		return label{e.key, e.values[0]}, true
	}
	if e.operator == "&&" {
		for _, part := range e.of {
			if l, ok := part.equality(kind); ok {
				return l, true
			}
		}
	}
	return label{}, false
}

// keys adds the labels that the expression mentions.
func (e *expression) keys(into map[string]bool) {
	if e == nil {
		return
	}
	if e.key != "" {
		into[e.key] = true
	}
	for _, part := range e.of {
		part.keys(into)
	}
}

// prefixed returns the expression about labels of another kind, and with functions that mean what they do there.
func (e *expression) prefixed(prefix string, functions map[string]*expression) *expression {
	if f, ok := functions[e.operator]; ok {
		return f
	}
	p := &expression{operator: e.operator, values: e.values}
	if e.key != "" {
		p.key = prefix + e.key
	}
	for _, part := range e.of {
		p.of = append(p.of, part.prefixed(prefix, functions))
	}
	return p
}

// uses reports whether a function occurs in the expression.
func (e *expression) uses(function string) bool {
	return e.operator == function || slices.ContainsFunc(e.of, func(part *expression) bool { return part.uses(function) })
}

// String writes the expression so that those which are read alike have equal texts. It can be read again.
func (e *expression) String() string {
	switch e.operator {
	case "all()", "global()":
		return e.operator
	case hasToken:
		return "has(" + e.key + ")"
	case "!":
		return "!(" + e.of[0].String() + ")"
	case "&&", "||":
		parts := make([]string, len(e.of))
		for i, part := range e.of {
			parts[i] = part.String()
		}
		return "(" + strings.Join(parts, " "+e.operator+" ") + ")"
	}
	values := make([]string, len(e.values))
	for i, v := range e.values {
		quote := `"`
		if strings.Contains(v, quote) {
			quote = "'"
		}
		values[i] = quote + v + quote
	}
	if e.operator == "in" || e.operator == "not in" {
		return fmt.Sprintf("%s %s {%s}", e.key, e.operator, strings.Join(values, ", "))
	}
	return e.key + " " + e.operator + " " + values[0]
}
