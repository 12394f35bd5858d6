package audit

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Fault is one thing that is wrong in a YAML document, with its place.
type Fault struct {
	Line, Column int    // from 1; 0 where the decoder doesn't say
	Field        string // "waivers[0].expiresAt"; "" for the whole document
	Words        string // a sentence without its full stop
	node         *yaml.Node
}

func (f Fault) Error() string {
	if f.Line == 0 {
		return f.Words
	}
	return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Words)
}

// misfit reports the first of [misfits] as an error.
func misfit(node *yaml.Node, value any) error {
	if faults := misfits(node, value); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// misfits are the keys of a YAML document that value, a pointer to a struct, has no field
// for, and the values that their field can't hold, with line and column. yaml.v3's own
// KnownFields and type errors name the line only.
func misfits(node *yaml.Node, value any) []Fault {
	var faults []Fault
	misfitsIn(node, reflect.TypeOf(value).Elem(), place{}, &faults)
	return faults
}

// A place is where a value stands in a document.
type place struct{ path, words string }

func (p place) field(name string) place {
	return place{strings.TrimPrefix(p.path+"."+name, "."), " in " + name}
}

func misfitsIn(node *yaml.Node, t reflect.Type, at place, faults *[]Fault) {
	fault := func(node *yaml.Node, field, words string, args ...any) {
		*faults = append(*faults, Fault{node.Line, node.Column, field, fmt.Sprintf(words, args...), node})
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case node.Kind == yaml.DocumentNode:
		misfitsIn(node.Content[0], t, at, faults)
	case node.Kind == yaml.AliasNode: // its anchor is checked where it stands
	case !fits(node, t):
		fault(node, at.path, "expected %s%s", kindWords[t.Kind()], at.words)
	case t == reflect.TypeFor[Date]() && new(Date).UnmarshalText([]byte(node.Value)) != nil:
		fault(node, at.path, "%s", noDay(node.Value))
	case node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, item := range node.Content {
			misfitsIn(item, t.Elem(), place{fmt.Sprintf("%s[%d]", at.path, i), at.words}, faults)
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct && t != reflect.TypeFor[Date]():
		fields := yamlFields(t)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			field, known := fields[key.Value]
			if !known {
				fault(key, at.field(key.Value).path, "unknown field %q%s; known are %s", key.Value, at.words, strings.Join(sortedKeys(fields), ", "))
				continue
			}
			misfitsIn(node.Content[i+1], field, at.field(key.Value), faults)
		}
	}
}

// kindWords says what a value of a kind looks like in YAML.
var kindWords = map[reflect.Kind]string{
	reflect.Struct: "a mapping (key: value)",
	reflect.Map:    "a mapping (key: value)",
	reflect.Slice:  "a list (- item)",
	reflect.Int:    "a whole number",
	reflect.String: "a text",
}

// fits reports whether a node can be decoded into a type. Null fits everything.
func fits(node *yaml.Node, t reflect.Type) bool {
	if node.Tag == "!!null" {
		return true
	}
	if t == reflect.TypeFor[Date]() {
		return node.Kind == yaml.ScalarNode
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return node.Kind == yaml.MappingNode
	case reflect.Slice:
		return node.Kind == yaml.SequenceNode
	case reflect.Int:
		return node.Kind == yaml.ScalarNode && node.Tag == "!!int"
	case reflect.String:
		return node.Kind == yaml.ScalarNode
	}
	return true
}

// yamlFields maps the YAML names of a struct's fields to their types.
func yamlFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			fields[name] = t.Field(i).Type
		}
	}
	return fields
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// misplaced is a fault of the value at a path of keys and indexes, placed at the nearest
// place above it that stands in the document.
func misplaced(node *yaml.Node, at []any, words string) Fault {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	field := place{}
	for _, step := range at {
		if i, ok := step.(int); ok {
			field.path += fmt.Sprintf("[%d]", i)
			continue
		}
		field = field.field(fmt.Sprint(step))
	}
	for _, step := range at {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next
	}
	return Fault{Line: node.Line, Column: node.Column, Field: field.path, Words: words}
}

func child(node *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if node.Kind == yaml.SequenceNode && step < len(node.Content) {
			return node.Content[step]
		}
	case string:
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1]
			}
		}
	}
	return nil
}
