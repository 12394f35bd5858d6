package recordtest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SchemaPath is where the published schema stands, from the module's root.
const SchemaPath = "docs/schema/record.schema.json"

// Root is the module's root, found from a test's working directory upwards.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// Validate fails the test where a record isn't what the published schema says.
func Validate(tb testing.TB, record []byte) {
	tb.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
	if err != nil {
		tb.Fatalf("the record is no JSON: %v", err)
	}
	if err := Fits(tb, document); err != nil {
		tb.Errorf("the record doesn't fit %s: %v", SchemaPath, err)
	}
}

// Fits says in what a decoded record isn't what the published schema says, nil for
// nothing.
func Fits(tb testing.TB, document any) error {
	tb.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join(Root(tb), SchemaPath))
	if err != nil {
		tb.Fatalf("compile the schema: %v", err)
	}
	return schema.Validate(document)
}
