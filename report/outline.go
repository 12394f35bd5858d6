package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// outlined are the fields that [ReadOutline] keeps.
var outlined = []string{"apiVersion", "kind", "metadata", "tool", "catalogue", "config", "subject", "summary", "checks"}

// ReadOutline reads what tells a record from others and how it came out: neither findings
// nor inventory, which are passed over a token at a time, so that a folder of records can be
// read in the memory of one outline. Documents are refused as [Read] refuses them.
func ReadOutline(r io.Reader) (*Record, error) {
	decoder := json.NewDecoder(r)
	fail := func(err error) error {
		if errors.Is(err, io.EOF) { // there was a beginning
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read record: %w", asJSON(err))
	}
	if start, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("read record: %w", asJSON(err))
	} else if start != json.Delim('{') {
		return nil, fmt.Errorf("read record: the document is no JSON object")
	}
	kept := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fail(err)
		}
		if field, _ := name.(string); slices.Contains(outlined, field) {
			var value json.RawMessage
			if err := decoder.Decode(&value); err != nil {
				return nil, fail(err)
			}
			kept[field] = value
		} else if err := skip(decoder); err != nil {
			return nil, fail(err)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fail(err)
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	record := new(Record)
	header := new(VersionError)
	_ = json.Unmarshal(kept["apiVersion"], &header.Version)
	_ = json.Unmarshal(kept["kind"], &header.Kind)
	if header.Kind != Kind || !sameMajor.MatchString(header.Version) {
		return nil, fmt.Errorf("read record: %w", header)
	}
	if err := json.Unmarshal(text, record); err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return record, nil
}

// skip passes over one value.
func skip(decoder *json.Decoder) error {
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
