// Package schema carries the published JSON Schema of the record, so that the program can
// hold a record against it. The file is generated from package report by `make docs`.
package schema

import _ "embed"

// Record is record.schema.json.
//
//go:embed record.schema.json
var Record []byte
