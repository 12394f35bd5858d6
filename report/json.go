package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// WriteJSON writes the record as JSON: two spaces of indent, LF, a final newline. Top-level
// arrays are written an element at a time, so that no more than one finding is held as
// text. The same record gives the same bytes.
func WriteJSON(w io.Writer, r *Record) error { return newJSONWriter(w, "  ").record(r) }

// A jsonWriter writes records; its indent is "" for text that nobody reads.
type jsonWriter struct {
	out    *bufio.Writer
	indent string
	text   bytes.Buffer // of one value
}

func newJSONWriter(w io.Writer, indent string) *jsonWriter {
	return &jsonWriter{out: bufio.NewWriterSize(w, 64<<10), indent: indent}
}

func (w *jsonWriter) record(r *Record) error {
	value := reflect.ValueOf(r).Elem()
	separator := "{\n"
	for i := range value.NumField() {
		name, option, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		if option == "omitempty" && value.Field(i).IsZero() {
			continue
		}
		fmt.Fprintf(w.out, "%s%s%q: ", separator, w.indent, name)
		if err := w.field(value.Field(i)); err != nil {
			return fmt.Errorf("write record: %s: %w", name, err)
		}
		separator = ",\n"
	}
	fmt.Fprint(w.out, "\n}\n")
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	return nil
}

// field writes the value of a top-level field.
func (w *jsonWriter) field(field reflect.Value) error {
	if field.Kind() != reflect.Slice || field.Len() == 0 {
		return w.value(field, w.indent)
	}
	prefix := w.indent + w.indent
	separator := "[\n" + prefix
	for i := range field.Len() {
		if _, err := w.out.WriteString(separator); err != nil {
			return err
		}
		if err := w.value(field.Index(i), prefix); err != nil {
			return err
		}
		separator = ",\n" + prefix
	}
	_, err := w.out.WriteString("\n" + w.indent + "]")
	return err
}

// value writes one value, indented past prefix.
func (w *jsonWriter) value(value reflect.Value, prefix string) error {
	text, err := w.settled(value, prefix)
	if err != nil {
		return err
	}
	_, err = w.out.Write(text)
	return err
}

// settled returns a value as text that holds until the next one. Bytes that aren't UTF-8
// are encoded as an escape, and as U+FFFD itself once they have been read again: it
// settles on that, so that a record that was read is written as it was.
func (w *jsonWriter) settled(value reflect.Value, prefix string) ([]byte, error) {
	if value.CanAddr() {
		value = value.Addr() // spares a copy
	}
	text, err := w.encode(value.Interface(), prefix)
	if err != nil || !bytes.Contains(text, []byte(`\ufffd`)) {
		return text, err
	}
	again := reflect.New(value.Type())
	if err := json.Unmarshal(text, again.Interface()); err != nil {
		return nil, err
	}
	return w.encode(again.Elem().Interface(), prefix)
}

// encode returns a value as text that holds until the next one. Characters that matter to
// HTML stay as they are.
func (w *jsonWriter) encode(value any, prefix string) ([]byte, error) {
	w.text.Reset()
	encoder := json.NewEncoder(&w.text)
	encoder.SetEscapeHTML(false)
	if w.indent != "" {
		encoder.SetIndent(prefix, w.indent)
	}
	err := encoder.Encode(value)
	return bytes.TrimSuffix(w.text.Bytes(), []byte("\n")), err
}

// UID derives the identifier of a record from its content: the SHA-256 of its JSON without
// indent and with an empty uid, as a UUID of version 8 (RFC 9562, section 5.8).
func UID(r *Record) (string, error) {
	blank := *r
	blank.Metadata.UID = ""
	hash := sha256.New()
	if err := newJSONWriter(hash, "").record(&blank); err != nil {
		return "", err
	}
	b := hash.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]), nil
}

// Digest is the SHA-256 of a record as [WriteJSON] writes it, hex.
func Digest(r *Record) (string, error) {
	hash := sha256.New()
	if err := WriteJSON(hash, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
