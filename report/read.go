package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
)

// Read reads a record that [WriteJSON] wrote. Fields that this build doesn't know are
// passed over; a document of another kind or of another major version is refused.
func Read(r io.Reader) (*Record, error) {
	record, _, err := ReadNoting(r)
	return record, err
}

// ReadNoting is [Read] that also says which fields were passed over.
func ReadNoting(r io.Reader) (*Record, Unknown, error) {
	document, err := document(r)
	if err != nil {
		return nil, nil, fmt.Errorf("read record: %w", err)
	}
	record, strict := new(Record), json.NewDecoder(bytes.NewReader(document))
	strict.DisallowUnknownFields()
	var passedOver Unknown
	if strict.Decode(record) != nil { // either it isn't a record, or it has unknown fields
		record = new(Record)
		if err := json.Unmarshal(document, record); err != nil {
			return nil, nil, fmt.Errorf("read record: %w", err)
		}
		if passedOver, err = unknown(document); err != nil {
			return nil, nil, fmt.Errorf("read record: %w", err)
		}
	}
	if record.Metadata.GeneratedAt.IsZero() || record.Summary.State == "" {
		return nil, nil, errors.New("read record: it has no metadata.generatedAt or no summary.state, which every record has: this is none, or what is left of one")
	}
	fill(record)
	return record, passedOver, nil
}

// document reads a JSON object, and nothing after it, that says it is a record which this
// build can read.
func document(r io.Reader) (json.RawMessage, error) {
	decoder := json.NewDecoder(r)
	var raw json.RawMessage
	if err := decoder.Decode(&raw); err != nil {
		return nil, asJSON(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON document")
	}
	var header struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &header); err != nil {
		return nil, errors.New("the document is no JSON object")
	}
	if header.Kind != Kind || !sameMajor.MatchString(header.APIVersion) {
		return nil, &VersionError{header.Kind, header.APIVersion}
	}
	return raw, nil
}

// A VersionError says that a document is of another kind or major version.
type VersionError struct{ Kind, Version string }

func (e *VersionError) Error() string {
	return fmt.Sprintf("found kind %q of %q; this build reads kind %q of %q and what is compatible with it",
		e.Kind, e.Version, Kind, Version)
}

// sameMajor are the versions of the document that this build can read.
var sameMajor = regexp.MustCompile(`^kubevidence/v1((alpha|beta)\d+)?$`)

// asJSON words what the decoder says of a document that breaks off or is none.
func asJSON(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the document is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the document breaks off: it isn't complete JSON")
	}
	return err
}

// fill makes every array of a record one that is there, if only empty: readers never meet
// null. The types of package audit leave out what is empty.
func fill(r *Record) { fillValue(reflect.ValueOf(r).Elem()) }

var ours = reflect.TypeFor[Record]().PkgPath()

func fillValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if v.Type().Elem().PkgPath() == ours {
			for i := range v.Len() {
				fillValue(v.Index(i))
			}
		}
	case reflect.Struct:
		if v.Type().PkgPath() == ours {
			for i := range v.NumField() {
				fillValue(v.Field(i))
			}
		}
	}
}
