package netpol

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A selector is a label selector, read once. What can't be understood in it is left out, so that it matches at
// least what it was meant to match.
type selector struct {
	requirements labels.Requirements
	problems     []problem
	wide         bool // of namespaces: it matches many, see [Reachability]
}

// A problem is something that can't be understood, at a path below the object that is read.
type problem struct{ path, reason string }

// understood reports whether the selector has no problems, and reports those it has at a path.
func (s *selector) understood(path string, wrong report) bool {
	for _, problem := range s.problems {
		wrong(path+problem.path, problem.reason)
	}
	return len(s.problems) == 0
}

// everything reports whether the selector matches any labels at all.
func (s *selector) everything() bool { return len(s.requirements) == 0 }

func (s *selector) matches(set labels.Set) bool {
	for i := range s.requirements {
		if !s.requirements[i].Matches(set) {
			return false
		}
	}
	return true
}

// equality returns a label that every match must have, if the selector asks for one.
func (s *selector) equality() (label, bool) {
	for i := range s.requirements {
		r := &s.requirements[i]
		if values := r.ValuesUnsorted(); len(values) == 1 && (r.Operator() == selection.Equals || r.Operator() == selection.In) {
			return label{r.Key(), values[0]}, true
		}
	}
	return label{}, false
}

// A label is one key and its value.
type label struct{ key, value string }

// Selectors holds each selector of a cluster once, by its canonical text, and the label keys that any of them
// mentions: no other label can tell Pods apart.
type selectors struct {
	byText map[string]*selector
	keys   map[string]bool
}

func newSelectors() *selectors {
	return &selectors{byText: map[string]*selector{}, keys: map[string]bool{}}
}

// read returns the selector that s means.
func (all *selectors) read(s *metav1.LabelSelector) *selector {
	text := canonical(s)
	if known, ok := all.byText[text]; ok {
		return known
	}
	sel := compile(s)
	for i := range sel.requirements {
		all.keys[sel.requirements[i].Key()] = true
	}
	all.byText[text] = sel
	return sel
}

// operators are those of k8s.io/apimachinery/pkg/apis/meta/v1.LabelSelectorRequirement.
var operators = map[metav1.LabelSelectorOperator]selection.Operator{
	metav1.LabelSelectorOpIn:           selection.In,
	metav1.LabelSelectorOpNotIn:        selection.NotIn,
	metav1.LabelSelectorOpExists:       selection.Exists,
	metav1.LabelSelectorOpDoesNotExist: selection.DoesNotExist,
}

func compile(s *metav1.LabelSelector) *selector {
	sel := &selector{}
	add := func(path, key string, op selection.Operator, values []string) {
		r, err := labels.NewRequirement(key, op, values)
		if err != nil {
			sel.problems = append(sel.problems, problem{path, err.Error()})
			return
		}
		sel.requirements = append(sel.requirements, *r)
	}
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		add(".matchLabels", key, selection.Equals, []string{s.MatchLabels[key]})
	}
	for i, e := range s.MatchExpressions {
		path := fmt.Sprintf(".matchExpressions[%d]", i)
		op, ok := operators[e.Operator]
		if !ok {
			sel.problems = append(sel.problems, problem{path, fmt.Sprintf("operator %q is none of In, NotIn, Exists, DoesNotExist", e.Operator)})
			continue
		}
		add(path, e.Key, op, e.Values)
	}
	return sel
}

// canonical writes a selector so that equal selectors have equal texts.
func canonical(s *metav1.LabelSelector) string {
	var b []byte
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		b = strconv.AppendQuote(b, key)
		b = append(b, '=')
		b = strconv.AppendQuote(b, s.MatchLabels[key])
	}
	for _, e := range s.MatchExpressions {
		b = append(b, ' ')
		b = strconv.AppendQuote(b, e.Key)
		b = strconv.AppendQuote(b, string(e.Operator))
		for _, value := range e.Values {
			b = strconv.AppendQuote(b, value)
		}
	}
	return string(b)
}
