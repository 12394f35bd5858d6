package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/compare"
	"github.com/kubevidence/kubevidence/report/recordtest"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	kyaml "sigs.k8s.io/yaml"
)

// words are the types that stand in a record as one of a few words.
var words = map[reflect.Type][]any{
	reflect.TypeFor[audit.Status]():     anyOf(audit.Statuses...),
	reflect.TypeFor[audit.Severity]():   anyOf(audit.Critical, audit.High, audit.Medium, audit.Low),
	reflect.TypeFor[audit.Party]():      anyOf(audit.User, audit.Administrator),
	reflect.TypeFor[audit.Role]():       {audit.Direct, audit.Supporting},
	reflect.TypeFor[audit.Reason]():     {audit.Forbidden, audit.Failed, audit.Unknown, audit.NotRequested},
	reflect.TypeFor[audit.Level]():      {"", audit.Issued, audit.Served, audit.Stored, audit.Configured, audit.Declared},
	reflect.TypeFor[audit.Source]():     {audit.FromCluster, audit.FromFiles},
	reflect.TypeFor[audit.WaiverKind](): {audit.AcceptedRisk, audit.Remediation, audit.FalsePositive},
	reflect.TypeFor[report.State]():     {report.DeviationsFound, report.Incomplete, report.NoDeviations},
}

func anyOf[T interface{ String() string }](values ...T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v.String()
	}
	return list
}

// schemas are the published ones, by file: of what, and whether unknown fields are refused.
var schemas = map[string]struct {
	of     any
	title  string
	strict bool
}{
	recordtest.SchemaPath:                {&report.Record{}, report.Kind + " of " + report.Version, false},
	"docs/schema/waivers.schema.json":    {&audit.Declarations{}, "Waivers and attestations of kubevidence", true},
	"docs/schema/comparison.schema.json": {&compare.Comparison{}, compare.Kind + " of " + compare.Version, false},
}

// written are the fields that people have to write.
var written = map[string][]string{
	"Waiver":      {"id", "kind", "check", "reason", "owner", "approver", "approvedAt", "expiresAt"},
	"Attestation": {"id", "statement", "by", "role", "date", "validUntil"},
}

// schema is the JSON Schema of a type: its shape from the Go types, its descriptions from
// their comments.
func schema(t *testing.T, of any, title string, strict bool) []byte {
	t.Helper()
	const module = "github.com/kubevidence/kubevidence/report"
	named := map[string]reflect.Type{}
	reflector := &jsonschema.Reflector{
		Anonymous:                 true,
		AllowAdditionalProperties: !strict, // readers of records tolerate what they don't know
		Namer: func(of reflect.Type) string {
			name := of.Name()
			switch of {
			case reflect.TypeFor[audit.Exclusion]():
				name = "ConfiguredExclusion"
			case reflect.TypeFor[report.Subject]():
				name = "RecordSubject"
			}
			if name != "" && named[name] != nil && named[name] != of {
				t.Fatalf("%v and %v are both called %s", named[name], of, name)
			}
			named[name] = of
			return name
		},
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if values, ok := words[t]; ok {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			if t == reflect.TypeFor[audit.Date]() {
				return &jsonschema.Schema{Type: "string", Format: "date"}
			}
			return nil
		},
	}
	for _, folder := range []string{".", "../audit", "compare"} {
		if err := reflector.AddGoComments(module, folder, jsonschema.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	for name, comment := range reflector.CommentMap {
		reflector.CommentMap[name] = strings.NewReplacer("\n", " ", "[", "", "]", "").Replace(comment)
	}
	s := reflector.Reflect(of)
	s.Title = title
	for name, fields := range written {
		if definition := s.Definitions[name]; strict && definition != nil {
			definition.Required = fields
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSchemaIsFresh(t *testing.T) {
	for name, s := range schemas {
		path := filepath.Join(recordtest.Root(t), name)
		got := schema(t, s.of, s.title, s.strict)
		if *report.Update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is stale; -update writes it (-want +got):\n%s", name, diff)
		}
	}
}

func TestSampleFitsTheSchema(t *testing.T) {
	recordtest.Validate(t, encode(t, recordtest.Sample(t)))
}

// A schema that lets everything through proves nothing.
func TestSchemaRefuses(t *testing.T) {
	for name, spoil := range map[string]func(map[string]any){
		"a section is missing": func(r map[string]any) { delete(r, "collection") },
		"null for an array":    func(r map[string]any) { r["findings"] = nil },
		"an unknown status":    func(r map[string]any) { r["checks"].([]any)[0].(map[string]any)["status"] = "compliant" },
		"a broken time":        func(r map[string]any) { r["metadata"].(map[string]any)["generatedAt"] = "yesterday" },
	} {
		t.Run(name, func(t *testing.T) {
			var document map[string]any
			if err := json.Unmarshal(encode(t, recordtest.Sample(t)), &document); err != nil {
				t.Fatal(err)
			}
			spoil(document)
			if recordtest.Fits(t, document) == nil {
				t.Error("the schema lets it through")
			}
		})
	}
}

// TestExampleFitsTheWaiversSchema holds the examples against the schema that is published for
// them, and that it refuses an unknown field and a waiver without an end.
func TestExampleFitsTheWaiversSchema(t *testing.T) {
	root := recordtest.Root(t)
	compiler := validator.NewCompiler()
	compiled, err := compiler.Compile(filepath.Join(root, "docs/schema/waivers.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"waivers.yaml", "attestations.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, "examples/waivers", file))
		if err != nil {
			t.Fatal(err)
		}
		for spoiled, holds := range map[string]bool{
			string(text): true,
			strings.Replace(strings.Replace(string(text), "expiresAt:", "ends:", 1), "validUntil:", "ends:", 1): false,
		} {
			document, err := kyaml.YAMLToJSON([]byte(spoiled))
			if err != nil {
				t.Fatal(err)
			}
			value, err := validator.UnmarshalJSON(bytes.NewReader(document))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(value); (err == nil) != holds {
				t.Errorf("%s: %v, want it to hold: %t", file, err, holds)
			}
		}
	}
}
