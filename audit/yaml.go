package audit

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// misfit reports the first key of a YAML document that value, a pointer to a struct, has
// no field for, or the first value that its field can't hold, with line and column.
// yaml.v3's own KnownFields and type errors name the line only.
func misfit(node *yaml.Node, value any) error {
	return misfitIn(node, reflect.TypeOf(value).Elem(), "")
}

func misfitIn(node *yaml.Node, t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case node.Kind == yaml.DocumentNode:
		return misfitIn(node.Content[0], t, at)
	case node.Kind == yaml.AliasNode:
		return nil // its anchor is checked where it stands
	case !fits(node, t):
		return fmt.Errorf("line %d, column %d: expected %s%s", node.Line, node.Column, kindWords[t.Kind()], at)
	case node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range node.Content {
			if err := misfitIn(item, t.Elem(), at); err != nil {
				return err
			}
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields := yamlFields(t)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			field, known := fields[key.Value]
			if !known {
				return fmt.Errorf("line %d, column %d: unknown field %q%s; known are %s",
					key.Line, key.Column, key.Value, at, strings.Join(sortedKeys(fields), ", "))
			}
			if err := misfitIn(node.Content[i+1], field, " in "+key.Value); err != nil {
				return err
			}
		}
	}
	return nil
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
	if node.Tag == "!!null" || t == reflect.TypeFor[Date]() {
		return true
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

// misplaced is an error about the value at a path of keys and indexes, or about the
// nearest place above it that stands in the document.
func misplaced(node *yaml.Node, at []any, words string) error {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	for _, step := range at {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next
	}
	return fmt.Errorf("line %d, column %d: %s", node.Line, node.Column, words)
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
