package report

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Unknown are the fields of a record that this build doesn't know, as paths without indexes,
// in the order in which they are met: "tool.later", "findings[].later".
type Unknown []string

// mostUnknown is how many of the fields are named.
const mostUnknown = 3

// String says how many fields there are, and names the first of them.
func (u Unknown) String() string {
	return counted(len(u), "field") + " that this build doesn’t know (" + strings.Join(firstOf(u, mostUnknown, "field"), ", ") + ")"
}

// unknown finds the fields of a record's document that its type doesn't have.
func unknown(document []byte) (Unknown, error) {
	w := unknownWalk{decoder: json.NewDecoder(bytes.NewReader(document)), fields: map[reflect.Type]map[string]reflect.Type{}, seen: map[string]bool{}}
	if err := w.value(reflect.TypeFor[Record](), ""); err != nil {
		return nil, fmt.Errorf("look for unknown fields: %w", asJSON(err))
	}
	return w.found, nil
}

// An unknownWalk goes through a document a token at a time, beside the type that it is
// decoded into.
type unknownWalk struct {
	decoder *json.Decoder
	fields  map[reflect.Type]map[string]reflect.Type // of structs, by their names in lower case
	seen    map[string]bool
	found   Unknown
}

// value walks the next value, which is decoded into a type.
func (w *unknownWalk) value(t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if decodesItself(t) {
		return skip(w.decoder)
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
	default:
		return skip(w.decoder)
	}
	switch token, err := w.decoder.Token(); {
	case err != nil:
		return err
	case token == json.Delim('['):
		for w.decoder.More() {
			if err := w.value(t.Elem(), path+"[]"); err != nil {
				return err
			}
		}
	case token == json.Delim('{'):
		for w.decoder.More() {
			if err := w.field(t, path); err != nil {
				return err
			}
		}
	default: // null, or bytes
		return nil
	}
	_, err := w.decoder.Token()
	return err
}

// field walks a name and its value.
func (w *unknownWalk) field(t reflect.Type, path string) error {
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	of := reflect.Type(nil)
	if t.Kind() == reflect.Map {
		of, name = t.Elem(), "*"
	} else if of = w.fieldsOf(t)[strings.ToLower(name)]; of == nil {
		name = printableName(name)
	}
	if path != "" {
		name = path + "." + name
	}
	if of != nil {
		return w.value(of, name)
	}
	if !w.seen[name] {
		w.seen[name] = true
		w.found = append(w.found, name)
	}
	return skip(w.decoder)
}

// printableName is a name as it can stand in a sentence: others chose it.
func printableName(name string) string {
	name, cut := firstRunes(strings.Trim(strconv.QuoteToASCII(name), `"`), 60)
	if cut > 0 {
		name += "…"
	}
	return name
}

// fieldsOf are the types of a struct's fields by their names in JSON.
func (w *unknownWalk) fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known := w.fields[t]; known != nil {
		return known
	}
	known := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		known[strings.ToLower(name)] = f.Type
	}
	w.fields[t] = known
	return known
}

// decodesItself reports whether a type has its own way to be read from JSON.
func decodesItself(t reflect.Type) bool {
	return slices.ContainsFunc([]reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}, reflect.PointerTo(t).Implements)
}
