package report

import (
	"bytes"
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

// Misfits holds a record's JSON against the published schema.
func Misfits(document []byte) ([]Misfit, error) {
	published, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Record))
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const name = "record.schema.json"
	if err := compiler.AddResource(name, published); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", asJSON(err))
	}
	invalid := (*jsonschema.ValidationError)(nil)
	switch err := compiled.Validate(value); {
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
