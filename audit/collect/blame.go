package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	kjson "k8s.io/apimachinery/pkg/util/json"
)

// A misfit value is a field of an object that its type can't hold.
type blamed struct {
	path   []any // keys and indexes
	offset int   // into the object's JSON
	words  string
}

// maxTries bounds the search in an object that is huge and wrong.
const maxTries = 5000

// blame finds the values that keep an object from being decoded: each child is decoded
// alone, and where that fails, its children. The decoder itself stops at the first error
// and knows its line only by chance. An empty answer means that it couldn't be told.
func blame(data []byte, decode func([]byte) error) []blamed {
	var value any
	if kjson.Unmarshal(data, &value) != nil {
		return nil
	}
	s := search{data: data, decode: decode}
	s.look(value, nil, nil)
	return s.found
}

type search struct {
	data   []byte
	decode func([]byte) error
	tries  int
	found  []blamed
}

// look narrows an error down within value, which stands at path. within is path with
// every list but its one element taken out, which is how it is decoded.
func (s *search) look(value any, path []any, err error) {
	blames := false
	try := func(child any, step any) bool {
		at := slices.Concat(path, []any{step})
		if s.tries++; s.tries > maxTries {
			return false
		}
		text, _ := json.Marshal(alone(child, at))
		if err := s.decode(text); err != nil {
			s.look(child, at, err)
			return true
		}
		return false
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			blames = try(value[key], key) || blames
		}
	case []any:
		for i, item := range value {
			blames = try(item, i) || blames
		}
	}
	if !blames && err != nil {
		s.found = append(s.found, blamed{path, offsetOf(s.data, path), decoderWords(err)})
	}
}

// alone wraps a value into nothing but the objects and lists of its path.
func alone(value any, path []any) any {
	for i := len(path) - 1; i >= 0; i-- {
		if key, ok := path[i].(string); ok {
			value = map[string]any{key: value}
		} else {
			value = []any{value}
		}
	}
	return value
}

// offsetOf finds where the value at a path begins in JSON.
func offsetOf(data []byte, path []any) int {
	offset := 0
	for _, step := range path {
		decoder := json.NewDecoder(bytes.NewReader(data[offset:]))
		if _, err := decoder.Token(); err != nil {
			return offset
		}
		for i := 0; decoder.More(); i++ {
			var at any = i
			if _, named := step.(string); named {
				key, err := decoder.Token()
				if err != nil {
					return offset
				}
				at = key
			}
			var raw json.RawMessage
			if decoder.Decode(&raw) != nil {
				return offset
			}
			if at == step {
				offset += int(decoder.InputOffset()) - len(raw)
				break
			}
		}
	}
	return offset
}

// dotted writes a path the way kubectl explain does, "spec.rules[0].host".
func dotted(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

var goType = regexp.MustCompile(`^json: cannot unmarshal (\S+)(?: \S+)? into Go (?:struct field \S+|value) of type (\S+)$`)

// decoderWords takes Go's types out of a decoder's message.
func decoderWords(err error) string {
	m := goType.FindStringSubmatch(err.Error())
	if m == nil {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	return fmt.Sprintf("a %s can't stand here, %s", m[1], expected(m[2]))
}

// expected names a Go type in words of JSON.
func expected(t string) string {
	switch t = strings.TrimLeft(t, "*"); {
	case t == "bool":
		return "a truth value (true, false) is expected"
	case t == "string":
		return "a text is expected"
	case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "uint"):
		return "a whole number is expected"
	case strings.HasPrefix(t, "[]"):
		return "a list is expected"
	case strings.HasPrefix(t, "map["), strings.Contains(t, "."):
		return "an object is expected"
	}
	return t + " is expected"
}
