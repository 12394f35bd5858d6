package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// WriteJSON writes the record as JSON: two spaces of indent, LF, a final newline. Top-level
// arrays are written an element at a time, so that no more than one finding is held as
// text. The same record gives the same bytes.
func WriteJSON(w io.Writer, r *Record) error {
	out := bufio.NewWriterSize(w, 64<<10)
	value := reflect.ValueOf(r).Elem()
	separator := "{\n"
	for i := range value.NumField() {
		name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		fmt.Fprintf(out, "%s  %q: ", separator, name)
		if err := writeField(out, value.Field(i)); err != nil {
			return fmt.Errorf("write record: %s: %w", name, err)
		}
		separator = ",\n"
	}
	fmt.Fprint(out, "\n}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	return nil
}

// writeField writes the value of a top-level field.
func writeField(out *bufio.Writer, field reflect.Value) error {
	if field.Kind() != reflect.Slice || field.Len() == 0 {
		return writeValue(out, field, "  ")
	}
	separator := "[\n    "
	for i := range field.Len() {
		out.WriteString(separator)
		if err := writeValue(out, field.Index(i), "    "); err != nil {
			return err
		}
		separator = ",\n    "
	}
	_, err := out.WriteString("\n  ]")
	return err
}

// writeValue writes one value, indented past prefix.
func writeValue(out *bufio.Writer, value reflect.Value, prefix string) error {
	text, err := encode(value.Interface(), prefix)
	if err == nil && bytes.Contains(text, []byte(`\ufffd`)) {
		// Bytes that aren't UTF-8 are written as an escape, and as U+FFFD itself once they
		// have been read again: settle on that, so that a record that was read is written
		// as it was.
		again := reflect.New(value.Type())
		if err = json.Unmarshal(text, again.Interface()); err == nil {
			text, err = encode(again.Elem().Interface(), prefix)
		}
	}
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}

// encode leaves characters that matter to HTML as they are.
func encode(value any, prefix string) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(value)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// UID derives the identifier of a record from its content: the SHA-256 of its JSON with
// an empty uid, as a UUID of version 8 (RFC 9562, section 5.8).
func UID(r *Record) (string, error) {
	blank := *r
	blank.Metadata.UID = ""
	hash := sha256.New()
	if err := WriteJSON(hash, &blank); err != nil {
		return "", err
	}
	b := hash.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]), nil
}
