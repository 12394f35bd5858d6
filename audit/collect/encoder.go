package collect

import (
	"encoding/json"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"
)

// An encoder writes a YAML node as JSON and marks which line each value came from. It
// reads YAML the way kubectl does (aliases, merge keys), but for the words yes, no, on
// and off, which YAML 1.2 takes for text: where a field wants a truth value they are an
// error with a line, not a guess.
type encoder struct {
	out     []byte
	marks   []mark
	inside  int // aliases that the current node is within
	aliased int // nodes that were written, or mappings merged, through aliases
}

// The bounds of what a document may unfold into: a few lines of aliases to aliases make
// gigabytes.
const (
	maxAliased = 200_000
	maxDepth   = 500
)

// A misencoded node is one that has no JSON.
type misencoded struct {
	line  int // from the document's beginning
	words string
}

func (e *misencoded) Error() string { return e.words }

func misfit(n *yaml.Node, format string, args ...any) error {
	return &misencoded{n.Line, fmt.Sprintf(format, args...)}
}

func (e *encoder) encode(n *yaml.Node, depth int) error {
	switch {
	case depth > maxDepth:
		return misfit(n, "nested deeper than %d levels, or an alias within its own anchor", maxDepth)
	case e.aliased > maxAliased:
		return misfit(n, "its aliases unfold into more than %d values", maxAliased)
	case e.inside > 0:
		e.aliased++
	}
	if n.Kind == yaml.AliasNode {
		e.inside++
		err := e.encode(n.Alias, depth+1)
		e.inside--
		return err
	}
	e.marks = append(e.marks, mark{len(e.out), n.Line})
	switch n.Kind {
	case yaml.MappingNode:
		return e.mapping(n, depth)
	case yaml.SequenceNode:
		e.out = append(e.out, '[')
		for i, item := range n.Content {
			if i > 0 {
				e.out = append(e.out, ',')
			}
			if err := e.encode(item, depth+1); err != nil {
				return err
			}
		}
		e.out = append(e.out, ']')
		return nil
	}
	return e.scalar(n)
}

func (e *encoder) mapping(n *yaml.Node, depth int) error {
	pairs, err := e.flatten(n, 0)
	if err != nil {
		return err
	}
	e.out = append(e.out, '{')
	for i, p := range pairs {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.text(p.key.Value)
		e.out = append(e.out, ':')
		if err := e.encode(p.value, depth+1); err != nil {
			return err
		}
	}
	e.out = append(e.out, '}')
	return nil
}

type pair struct{ key, value *yaml.Node }

// flatten lists a mapping's pairs, those that it merges (<<) included; its own stand
// before merged ones, earlier merged ones before later (https://yaml.org/type/merge.html).
func (e *encoder) flatten(n *yaml.Node, depth int) ([]pair, error) {
	if depth > 0 {
		e.aliased++
	}
	if depth > maxDepth || e.aliased > maxAliased {
		return nil, misfit(n, "an alias within its own anchor, or aliases that unfold without end")
	}
	lineOf := map[string]int{}
	var pairs []pair
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch line, twice := lineOf[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			return nil, misfit(key, "a key that isn't a text")
		case key.ShortTag() == "!!merge":
			merges = append(merges, value)
		case twice:
			return nil, misfit(key, "key %q stands twice, first %d lines above", key.Value, key.Line-line)
		default:
			lineOf[key.Value] = key.Line
			pairs = append(pairs, pair{key, value})
		}
	}
	for len(merges) > 0 {
		source := merges[0]
		merges = merges[1:]
		for source.Kind == yaml.AliasNode {
			source = source.Alias
		}
		switch source.Kind {
		case yaml.SequenceNode:
			merges = append(append([]*yaml.Node{}, source.Content...), merges...)
			if len(merges) > maxDepth {
				return nil, misfit(n, "merges more than %d mappings", maxDepth)
			}
		case yaml.MappingNode:
			merged, err := e.flatten(source, depth+1)
			if err != nil {
				return nil, err
			}
			for _, p := range merged {
				if _, own := lineOf[p.key.Value]; !own {
					lineOf[p.key.Value] = p.key.Line
					pairs = append(pairs, p)
				}
			}
		default:
			return nil, misfit(n, "a merge (<<) of what isn't a mapping")
		}
	}
	return pairs, nil
}

func (e *encoder) scalar(n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		e.out = append(e.out, "null"...)
		return nil
	case "!!bool":
		var value bool
		if err := n.Decode(&value); err != nil {
			return misfit(n, "not a truth value")
		}
		e.out = strconv.AppendBool(e.out, value)
		return nil
	case "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err != nil {
			return misfit(n, "not a number")
		}
		number, err := json.Marshal(value)
		if err != nil { // .inf, .nan
			return misfit(n, "a number that JSON doesn't have")
		}
		e.out = append(e.out, number...)
		return nil
	case "!!str", "!!timestamp", "!!binary": // a !!binary is base64, as in JSON
		e.text(n.Value)
		return nil
	}
	return misfit(n, "tag %s isn't known", n.Tag)
}

// text appends a JSON string. Marshal of a string has no error.
func (e *encoder) text(s string) {
	quoted, _ := json.Marshal(s)
	e.out = append(e.out, quoted...)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
