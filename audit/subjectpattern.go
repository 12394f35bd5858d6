package audit

import (
	"errors"
	"fmt"
	"regexp"

	"k8s.io/apimachinery/pkg/labels"
)

// A SubjectPattern matches subjects; an empty field matches everything.
type SubjectPattern struct {
	Kind      string `json:"kind,omitempty" yaml:"kind"`           // glob
	Namespace string `json:"namespace,omitempty" yaml:"namespace"` // glob; a Namespace itself has none, its name stands in Name
	Name      string `json:"name,omitempty" yaml:"name"`           // glob
	Labels    string `json:"labels,omitempty" yaml:"labels"`       // selector: "team=shop,tier in (web, api)"; no subject matches whose labels aren't known
}

// Matches reports whether the pattern covers s by kind and names, whatever its labels.
func (p SubjectPattern) Matches(s Subject) bool {
	return glob(p.Kind, s.Kind) && glob(p.Namespace, s.Namespace) && glob(p.Name, s.Name)
}

// literal is a glob that matches one text.
var literal = regexp.MustCompile(`(?s)^(?:[^*?\[\\]|\\.)+$`)

// Exact reports whether the pattern matches one subject and no other, whatever appears.
func (p SubjectPattern) Exact() bool {
	return literal.MatchString(p.Kind) && literal.MatchString(p.Namespace) && literal.MatchString(p.Name) && p.Labels == ""
}

// invalid says what is malformed in the pattern, field by field.
func (p SubjectPattern) invalid() (field string, err error) {
	for _, g := range []struct{ field, text string }{{"kind", p.Kind}, {"namespace", p.Namespace}, {"name", p.Name}} {
		if pattern(g.text) != nil {
			return g.field, fmt.Errorf("%q is a malformed glob", g.text)
		}
	}
	if _, err := labels.Parse(p.Labels); err != nil {
		return "labels", errors.New("malformed label selector: " + err.Error())
	}
	return "", nil
}

// A matcher is a pattern with its selector read, over the labels that are known.
type matcher struct {
	pattern  SubjectPattern
	selector labels.Selector                 // nil where the pattern asks for no labels
	known    func(Subject) map[string]string // nil where they aren't known
}

func newMatcher(p SubjectPattern, known func(Subject) map[string]string) matcher {
	m := matcher{pattern: p, known: known}
	if p.Labels == "" {
		return m
	}
	var err error
	if m.selector, err = labels.Parse(p.Labels); err != nil {
		m.selector = labels.Nothing() // the configuration was checked
	}
	return m
}

// covers reports whether the pattern covers a subject, and whether that can't be told
// because the labels of the subject aren't known: it isn't covered then.
func (m matcher) covers(s Subject) (covered, unknown bool) {
	if !m.pattern.Matches(s) {
		return false, false
	}
	if m.selector == nil {
		return true, false
	}
	own := m.known(s)
	return own != nil && m.selector.Matches(labels.Set(own)), own == nil
}
