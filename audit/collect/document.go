package collect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

// A document is one object or list of a file, as JSON that knows its lines.
type document struct {
	file   string
	number int // among the documents of the file, from 1
	data   []byte
	lines  lines
}

// A fault is what is wrong with a document, and where.
type fault struct {
	file     string
	document int
	line     int
	words    string
}

func (f *fault) Error() string {
	return fmt.Sprintf("%s: document %d, line %d: %s", f.file, f.document, f.line, f.words)
}

func (d *document) fault(offset int, format string, args ...any) error {
	return &fault{d.file, d.number, d.lines.at(offset), fmt.Sprintf(format, args...)}
}

// documents splits a file, JSON or YAML, into documents. Empty ones don't count. Broken
// documents are reported, and the others returned all the same.
func documents(file string, data []byte) ([]document, []error) {
	data, err := utf8Text(data)
	if err != nil {
		return nil, []error{fmt.Errorf("%s: %w", file, err)}
	}
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		list, err := jsonDocuments(file, data)
		if err == nil {
			return list, nil
		}
		if list, errs := yamlDocuments(file, data); len(errs) == 0 {
			return list, nil // YAML's flow style
		}
		return nil, []error{err}
	}
	return yamlDocuments(file, data)
}

// jsonDocuments reads JSON objects that follow one another.
func jsonDocuments(file string, data []byte) ([]document, error) {
	if json.Valid(data) {
		return []document{{file: file, number: 1, data: data, lines: lines{text: data, first: 1}}}, nil
	}
	var list []document
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		end := int(decoder.InputOffset())
		switch syntax := new(json.SyntaxError); {
		case errors.Is(err, io.EOF):
			return list, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, &fault{file, len(list) + 1, lineOf(data, len(data)), "the JSON ends in the middle: the file is cut off"}
		case errors.As(err, &syntax):
			return nil, &fault{file, len(list) + 1, lineOf(data, min(int(syntax.Offset), len(data))), syntax.Error()}
		case err != nil:
			return nil, &fault{file, len(list) + 1, lineOf(data, end), err.Error()}
		}
		start := end - len(raw)
		list = append(list, document{file: file, number: len(list) + 1, data: data[start:end],
			lines: lines{text: data[start:end], first: lineOf(data, start)}})
	}
}

// lineOf is the line of an offset, from 1.
func lineOf(data []byte, offset int) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }

// yamlDocuments reads YAML documents. Each is parsed by itself, so that one that is
// broken doesn't hide what is wrong with the next.
func yamlDocuments(file string, data []byte) ([]document, []error) {
	var list []document
	var errs []error
	number := 0
	for _, c := range chunks(data) {
		var root yaml.Node
		err := yaml.Unmarshal(c.text, &root)
		if err == nil && (root.IsZero() || isNull(root.Content[0])) {
			continue
		}
		number++
		if err != nil {
			line, words := yamlWords(err)
			errs = append(errs, &fault{file, number, c.line + line - 1, words})
			continue
		}
		var e encoder
		if err := e.encode(root.Content[0], 0); err != nil {
			var at *misencoded
			errors.As(err, &at)
			errs = append(errs, &fault{file, number, c.line + at.line - 1, at.words})
			continue
		}
		list = append(list, document{file: file, number: number, data: e.out, lines: lines{marks: e.marks, first: c.line}})
	}
	return list, errs
}

// A chunk is the text between two document separators.
type chunk struct {
	text []byte
	line int // of its beginning
}

// chunks splits a YAML stream at its "---" and "..." lines. Neither can stand at the
// beginning of a line within a document (YAML 1.2.2, 9.1.2).
func chunks(data []byte) []chunk {
	var list []chunk
	start, startLine, line := 0, 1, 0
	for at := 0; at < len(data); {
		line++
		end := len(data)
		if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		text := data[at:end]
		begins, ends := separates(text, "---"), separates(text, "...")
		if begins || ends {
			list = append(list, chunk{data[start:at], startLine})
			start, startLine = at, line
			if ends {
				start, startLine = end, line+1
			}
		}
		at = end
	}
	return append(list, chunk{data[start:], startLine})
}

func separates(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}

var (
	yamlLine      = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s)(.*)$`)
	unknownAnchor = regexp.MustCompile(`unknown anchor '.*' referenced`)
)

// yamlWords takes the parser's message apart. It quotes nothing of the document but the
// names of anchors, which may be what somebody took for a password.
func yamlWords(err error) (line int, words string) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return max(line, 1), unknownAnchor.ReplaceAllString(m[2], "an alias (*) to no anchor (&)")
}
