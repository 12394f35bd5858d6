package report_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// orderly are the records that the properties of a record's document are held against.
func orderly(t *testing.T) map[string]*report.Record {
	t.Helper()
	all := records(t)
	delete(all, "empty") // no record that New made
	all["small"] = recordtest.Small(t)
	all["shuffled"] = shuffled(t, 1)
	return all
}

// shuffled is the sample of a snapshot and checks that come in another order.
func shuffled(t *testing.T, seed uint64) *report.Record {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	shuffle := func(list any) {
		random.Shuffle(reflect.ValueOf(list).Len(), reflect.Swapper(list))
	}
	in := recordtest.Input()
	snapshot := *in.Facts.Snapshot
	for _, part := range []reflect.Value{reflect.ValueOf(&snapshot).Elem(), reflect.ValueOf(&snapshot.Collection).Elem()} {
		for i := range part.NumField() {
			if part.Field(i).Kind() == reflect.Slice {
				shuffle(part.Field(i).Interface())
			}
		}
	}
	shuffle(in.Checks)
	in.Facts = audit.Derive(&snapshot, in.Facts.Config, in.Facts.Options)
	in.Result = audit.Run(in.Facts, in.Checks)
	in.Waivers, in.Attestations = in.Facts.Waive(in.Result.Findings, in.Facts.Config.Waivers, in.Facts.Config.Attestations)
	in.Assessments = controls.Assess(in.Result.Findings, in.Checks)
	r, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRecordIsOfItsContent: whatever the order in which things were read, the record is the
// same, byte for byte.
func TestRecordIsOfItsContent(t *testing.T) {
	want := encode(t, recordtest.Sample(t))
	for seed := range uint64(5) {
		if !bytes.Equal(encode(t, shuffled(t, seed)), want) {
			t.Errorf("in the order of seed %d it is another record", seed)
		}
	}
}

// TestRecordHasNoFloats: neither its types nor its documents have a number that isn't whole.
func TestRecordHasNoFloats(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(of reflect.Type, path string)
	look = func(of reflect.Type, path string) {
		switch of.Kind() {
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.Interface:
			t.Errorf("%s is a %s", path, of)
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			look(of.Elem(), path)
		case reflect.Struct:
			if seen[of] || reflect.PointerTo(of).Implements(reflect.TypeFor[json.Marshaler]()) {
				return // it was seen, or is a text: times and days
			}
			seen[of] = true
			for i := range of.NumField() {
				if f := of.Field(i); f.IsExported() {
					look(f.Type, path+"."+f.Name)
				}
			}
		}
	}
	look(reflect.TypeFor[report.Record](), "Record")
	for name, r := range orderly(t) {
		walkJSON(t, encode(t, r), func(path string, value any) {
			if number, is := value.(json.Number); is && strings.ContainsAny(number.String(), ".eE") {
				t.Errorf("%s: %s is %s", name, path, number)
			}
		})
	}
}

// walkJSON visits the values of a document, arrays without their indexes in the path.
func walkJSON(t *testing.T, document []byte, visit func(path string, value any)) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		visit(path, value)
		switch value := value.(type) {
		case map[string]any:
			for name, element := range value {
				walk(strings.TrimPrefix(path+"."+name, "."), element)
			}
		case []any:
			for _, element := range value {
				walk(path+"[]", element)
			}
		}
	}
	walk("", root)
}

// sections are the fields of a record, in order; the last four are there where there is
// something to say.
var sections = []string{
	"apiVersion", "kind", "metadata", "tool", "catalogue", "config", "subject", "collection", "summary", "controls", "checks", "findings",
	"waivers", "attestations", "declarationFiles", "inventory", "limitations", "glossary", "responsibilities", "deviationsFromDefaults",
	"previousRecord", "changes", "series", "signing",
}

// TestKeysStandInOneOrder: those of the record in that of its sections, those of every other
// object in the same one wherever it stands.
func TestKeysStandInOneOrder(t *testing.T) {
	for name, r := range orderly(t) {
		before := map[string]map[[2]string]bool{} // of a path: the first stood before the second
		eachObject(t, encode(t, r), func(path string, keys []string) {
			if path == "" {
				at := -1
				for _, key := range keys {
					if i := slices.Index(sections, key); i <= at {
						t.Errorf("%s: %q stands after %q", name, key, sections[at])
					} else {
						at = i
					}
				}
				return
			}
			if before[path] == nil {
				before[path] = map[[2]string]bool{}
			}
			for i, first := range keys {
				for _, second := range keys[i+1:] {
					if before[path][[2]string{second, first}] || first == second {
						t.Errorf("%s: in %s %q stands before %q, and after it elsewhere", name, path, first, second)
					}
					before[path][[2]string{first, second}] = true
				}
			}
		})
		if len(before) < 20 {
			t.Errorf("%s: %d kinds of objects: nothing was looked at", name, len(before))
		}
	}
}

// eachObject visits the objects of a document with their keys as they stand.
func eachObject(t *testing.T, document []byte, visit func(path string, keys []string)) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	token := func() json.Token {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	var walk func(path string)
	walk = func(path string) {
		switch token() {
		case json.Delim('['):
			for decoder.More() {
				walk(path + "[]")
			}
			token()
		case json.Delim('{'):
			var keys []string
			for decoder.More() {
				key := fmt.Sprint(token())
				keys = append(keys, key)
				walk(path + "." + key)
			}
			token()
			visit(path, keys)
		}
	}
	walk("")
}

// sortedBy are the fields that a record's arrays of objects are sorted by; a minus turns the
// order round. An array that isn't here is sorted as texts are.
var sortedBy = map[string]string{
	"catalogue.tables":                "name",
	"catalogue.editions":              "-edition", // the one in force first
	"collection.queries":              "resource scope",
	"collection.queries[].excludedBy": "rule",
	"collection.gaps":                 "resource namespace name",
	"collection.exclusions":           "rule",
	"collection.ignored":              "apiVersion kind",
	"summary.byControl":               "-edition control",
	"controls":                        "-edition id",
	"controls[].checks":               "check",
	"checks":                          "id",
	"checks[].controls":               "control",
	"findings":                        "check subject.namespace subject.kind subject.name id",
	"waivers":                         "id",
	"attestations":                    "id",
	"declarationFiles":                "name",
	"inventory.certificates":          "namespace secret",
	"inventory.ingresses":             "host",
	"inventory.isolation":             "workload",
}

// inOwnOrder are the arrays whose order says something, and what.
var inOwnOrder = map[string]string{
	"config.effective":          "as the organization wrote it",
	"summary.byResponsible":     "as the demarcation has them",
	"summary.causes":            "the worst first",
	"controls[].notAssessed":    "as the control's intent has them",
	"findings[].evidence":       "as the check looks at them",
	"waivers[].findings":        "as the findings stand",
	"attestations[].findings":   "as the findings stand",
	"inventory.reachability":    "by source, then the widest first",
	"limitations":               "those that always hold first",
	"glossary":                  "the worst first",
	"deviationsFromDefaults":    "what leaves something out first",
	"responsibilities":          "as the demarcation has them",
	"inventory.ingresses[].tls": "as traffic meets them",
}

// TestArraysAreSorted: each array of a record has an order, which is told here.
func TestArraysAreSorted(t *testing.T) {
	for name, r := range orderly(t) {
		if name == "hostile" {
			continue // its words were changed after it was made
		}
		looked := map[string]bool{}
		walkJSON(t, encode(t, r), func(path string, value any) {
			list, is := value.([]any)
			if !is || slices.ContainsFunc(parents(path), func(parent string) bool { return inOwnOrder[parent] != "" }) {
				return
			}
			if len(list) > 1 {
				looked[path] = true
			}
			by := strings.Fields(sortedBy[path])
			if len(by) > 0 && len(list) > 0 && !slices.ContainsFunc(list, func(e any) bool { return fieldOf(e, strings.TrimPrefix(by[0], "-")) != "" }) {
				t.Errorf("%s: nothing in %s has a text %s", name, path, by[0])
			}
			if i := unsorted(list, by); i > 0 {
				t.Errorf("%s: %s isn't sorted by %q: %.200v, then %.200v", name, path, sortedBy[path], list[i-1], list[i])
			}
		})
		if name == "sample" && len(looked) < 20 {
			t.Errorf("arrays that were looked at: %v", looked)
		}
	}
}

// parents are a path and those that it is below.
func parents(path string) []string {
	list := []string{path}
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			list = append(list, path[:i])
		}
	}
	return list
}

// unsorted is the first place of a list that should stand before the one before it, 0 for
// none.
func unsorted(list []any, by []string) int {
	for i := 1; i < len(list); i++ {
		order := 0
		if len(by) == 0 {
			a, isText := list[i-1].(string)
			b, isText2 := list[i].(string)
			if order = strings.Compare(a, b); !isText || !isText2 {
				order = 1 // of objects, and nothing says by what
			}
		}
		for _, field := range by {
			name, down := strings.CutPrefix(field, "-")
			c := strings.Compare(fieldOf(list[i-1], name), fieldOf(list[i], name))
			if down {
				c = -c
			}
			order = cmp.Or(order, c)
		}
		if order > 0 {
			return i
		}
	}
	return 0
}

// fieldOf is a text below an object, "" where there is none.
func fieldOf(object any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		fields, _ := object.(map[string]any)
		object = fields[name]
	}
	text, _ := object.(string)
	return text
}
