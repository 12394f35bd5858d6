package collect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sort"
	"unicode/utf16"
)

// lines finds the line in a file of an offset into a document's JSON: by counting where
// the JSON is the file's own text, by marks where it was made from YAML.
type lines struct {
	text  []byte
	marks []mark // by offset
	first int    // the line where the document begins
	last  mark   // what was counted so far, from the document's beginning
}

// A mark says which line a value that begins at an offset came from, counted from the
// document's beginning.
type mark struct{ offset, line int }

func (l *lines) at(offset int) int {
	if l.marks == nil {
		offset = min(offset, len(l.text))
		if offset < l.last.offset {
			l.last = mark{}
		}
		l.last.line += bytes.Count(l.text[l.last.offset:offset], []byte("\n"))
		l.last.offset = offset
		return l.first + l.last.line
	}
	i := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].offset > offset })
	if i == 0 {
		return l.first
	}
	return l.first + l.marks[i-1].line - 1
}

// utf8Text returns a file's text as UTF-8 without byte order mark: PowerShell redirects
// the output of kubectl as UTF-16.
func utf8Text(data []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case bytes.IndexByte(data, 0) >= 0:
		return nil, errors.New("not a text file")
	default:
		return data, nil
	}
	if len(data)%2 != 0 {
		return nil, errors.New("UTF-16 text that is cut off")
	}
	units := make([]uint16, 0, len(data)/2-1)
	for i := 2; i < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units))), nil
}
