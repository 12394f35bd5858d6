package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kubevidence/kubevidence/docs/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A Misfit is a place where a record isn't what the published schema says.
type Misfit struct {
	Path   string // a JSON pointer (RFC 6901): "/findings/3/status"
	Words  string // what is wrong there
	Absent bool   // a field is absent: records of other releases may lack what this one has
}

// Misfits holds a record's JSON against the published schema. Findings are decoded one at
// a time: a hundred thousand of them as values of any type take half a gigabyte.
func Misfits(document []byte) ([]Misfit, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	published, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Record))
	if err == nil {
		err = compiler.AddResource(schemaName, published)
	}
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(document, &fields); err != nil {
		return nil, fmt.Errorf("read record: %w", asJSON(err))
	}
	each, err := findingMisfits(compiler, fields["findings"])
	if err != nil {
		return nil, err
	}
	if isArray(fields["findings"]) {
		fields["findings"] = json.RawMessage("[]")
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	whole, err := compiler.Compile(schemaName)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	list, err := fits(whole, rest)
	return append(list, each...), err
}

const schemaName = "record.schema.json"

// findingMisfits holds findings against their part of the schema.
func findingMisfits(compiler *jsonschema.Compiler, findings json.RawMessage) ([]Misfit, error) {
	if !isArray(findings) {
		return nil, nil // the schema of the whole says so
	}
	one, err := compiler.Compile(schemaName + "#/$defs/Record/properties/findings/items")
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(findings))
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("read findings: %w", asJSON(err))
	}
	var list []Misfit
	for i := 0; decoder.More(); i++ {
		var finding json.RawMessage
		if err := decoder.Decode(&finding); err != nil {
			return nil, fmt.Errorf("read findings: %w", asJSON(err))
		}
		found, err := fits(one, finding)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			m.Path = fmt.Sprintf("/findings/%d%s", i, m.Path)
			list = append(list, m)
		}
	}
	return list, nil
}

func isArray(value json.RawMessage) bool { return bytes.HasPrefix(value, []byte("[")) }

// fits holds a document against a schema.
func fits(s *jsonschema.Schema, document []byte) ([]Misfit, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", asJSON(err))
	}
	invalid := (*jsonschema.ValidationError)(nil)
	switch err := s.Validate(value); {
	case err == nil:
		return nil, nil
	case !errors.As(err, &invalid):
		return nil, fmt.Errorf("hold the record against the schema: %w", err)
	}
	return misfits(invalid), nil
}

// misfits are the innermost errors of a validation.
func misfits(e *jsonschema.ValidationError) []Misfit {
	if len(e.Causes) == 0 {
		unit := e.BasicOutput()
		_, absent := e.ErrorKind.(*kind.Required)
		return []Misfit{{Path: unit.InstanceLocation, Words: unit.Error.String(), Absent: absent}}
	}
	var list []Misfit
	for _, cause := range e.Causes {
		list = append(list, misfits(cause)...)
	}
	return list
}
