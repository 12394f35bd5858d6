package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
	"github.com/xuri/excelize/v2"
	"gopkg.in/yaml.v3"
)

// survivors are words of recordtest.Hostiles that every form has to show as they are, where
// it has the field: they are harmless once they are taken for text.
var survivors = []string{`<script>alert("kubevidence")</script>`, `"><img src=x onerror=alert(1)>`, "rocket 🚀 and family", "مساحة-الاسم", "{nb}", "</style></title><!-- ]]> {{.}} javascript:alert(1)"}

// survive holds that a form's texts, as its readers see them, have each of the words.
func survive(t *testing.T, form string, texts []string) {
	t.Helper()
	all := strings.Join(texts, "\n")
	for _, words := range survivors {
		if !strings.Contains(all, words) {
			t.Errorf("%s doesn't say %q", form, words)
		}
	}
	for _, text := range texts {
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 || !utf8.ValidString(text) {
			t.Errorf("%s: a control character, or no UTF-8, in %.100q", form, text[max(i, 0):])
		}
	}
}

// hostileForm writes a form of the hostile record.
func hostileForm(t *testing.T, write func(io.Writer, *report.Record) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, recordtest.Hostile(t)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHostileCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(hostileForm(t, report.WriteCSV))).ReadAll()
	if n := len(recordtest.Hostile(t).Findings); err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows for %d findings, %v", len(rows), n, err)
	}
	survive(t, "findings.csv", slices.Concat(rows...))
}

// TestCSVColumns: whatever column a formula gets into, it is none there.
func TestCSVColumns(t *testing.T) {
	for _, formula := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1", "\r=1", "\u3000=1", "text; =1+1;@A1"} {
		r, err := report.Read(bytes.NewReader(encode(t, recordtest.Small(t)))) // what it is flooded with stays in it
		if err != nil {
			t.Fatal(err)
		}
		flood(reflect.ValueOf(r).Elem(), formula)
		var out bytes.Buffer
		if err := report.WriteCSV(&out, r); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		reached := 0
		for _, row := range rows[1:] {
			for k, cell := range row {
				for part := range strings.SplitSeq(cell, ";") { // as a spreadsheet set to semicolons takes it
					if first := strings.TrimSpace(part); first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
						t.Errorf("%q in column %s: %q is a formula in %q", formula, rows[0][k], part, cell)
					}
				}
				if strings.Contains(strings.ReplaceAll(cell, "'", ""), strings.TrimSpace(strings.ReplaceAll(formula, "'", ""))) {
					reached++
				}
			}
		}
		if want := 18 * len(r.Findings); reached < want {
			t.Errorf("%q reached %d cells, want %d or more: the columns that hold texts", formula, reached, want)
		}
	}
}

// flood writes a text wherever there is room for one.
func flood(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		for i := range v.Len() {
			flood(v.Index(i), text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			flood(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				flood(v.Field(i), text)
			}
		}
	}
}

func TestHostileXLSX(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(hostileForm(t, report.WriteXLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close() //nolint:errcheck // it was read only
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for k, text := range row {
				cell, err := excelize.CoordinatesToCellName(k+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := book.GetCellFormula(sheet, cell); err != nil || formula != "" {
					t.Errorf("%s!%s is the formula %q, %v", sheet, cell, formula, err)
				}
				if n := len(utf16.Encode([]rune(text))); n > 32_767 {
					t.Errorf("%s!%s has %d characters", sheet, cell, n)
				}
			}
		}
		if sheet == "Findings" {
			survive(t, "report.xlsx", slices.Concat(rows...))
		}
	}
}

// values are the texts in a decoded document, names of fields apart.
func values(document any) []string {
	switch v := document.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, element := range v {
			all = append(all, values(element)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, element := range v {
			all = append(all, values(element)...)
		}
		return all
	}
	return nil
}

// That NIST's schema takes it is for test/oscal.
func TestHostileOSCAL(t *testing.T) {
	var document any
	if err := json.Unmarshal(hostileForm(t, report.WriteOSCAL), &document); err != nil {
		t.Fatal(err)
	}
	survive(t, "oscal.json", values(document))
}

func TestHostileJUnit(t *testing.T) {
	var texts []string
	cases := 0
	for decoder := xml.NewDecoder(bytes.NewReader(hostileForm(t, report.WriteJUnit))); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains([]string{"testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped", "system-out"}, token.Name.Local) {
				t.Errorf("an element %s", token.Name.Local)
			}
			if token.Name.Local == "testcase" {
				cases++
			}
			for _, a := range token.Attr {
				texts = append(texts, a.Value)
			}
		case xml.CharData:
			texts = append(texts, string(token))
		case nil:
			t.Fatal(err)
		}
	}
	if want := len(recordtest.Hostile(t).Findings); cases != want {
		t.Errorf("%d cases, want %d", cases, want)
	}
	survive(t, "junit.xml", texts)
}

func TestHostileOpenReports(t *testing.T) {
	var texts []string
	results := 0
	for decoder := yaml.NewDecoder(bytes.NewReader(hostileForm(t, report.WriteOpenReports))); ; {
		var document map[string]any
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list, _ := document["results"].([]any)
		results += len(list)
		texts = append(texts, values(document)...)
	}
	if want := len(recordtest.Hostile(t).Findings); results != want {
		t.Errorf("%d results, want %d", results, want)
	}
	survive(t, "openreports.yaml", texts)
}

// TestHostileWaiverDraft: a draft is YAML whose names are what they were; the words of the
// record stand in comments, and none ends its line.
func TestHostileWaiverDraft(t *testing.T) {
	r := recordtest.Hostile(t)
	for i := range r.Findings {
		f := &r.Findings[i]
		var out bytes.Buffer
		if err := report.WriteWaiverDraft(&out, r, []*audit.Finding{f}); err != nil {
			t.Fatal(err)
		}
		var draft struct {
			Waivers []struct {
				Check   string
				Subject map[string]string
				Kind    string
			}
		}
		decoder := yaml.NewDecoder(bytes.NewReader(out.Bytes()))
		if err := decoder.Decode(&draft); err != nil || len(draft.Waivers) != 1 || draft.Waivers[0].Check != f.Check || draft.Waivers[0].Kind != "" {
			t.Fatalf("%v, %+v of\n%s", err, draft, &out)
		}
		want := strings.ReplaceAll(f.Subject.Name, "[", `\[`) // the name is a glob
		if name := draft.Waivers[0].Subject["name"]; name != want {
			t.Errorf("the name is %q, want %q", name, want)
		}
		if i := bytes.IndexFunc(out.Bytes(), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 {
			t.Errorf("a control character in %.100q", out.Bytes()[i:])
		}
	}
}
