package report_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/xuri/excelize/v2"
)

// hostile are texts that a spreadsheet, XML or a limit could make something else of, and
// what a cell shows; "" for the text itself.
var hostile = map[string]string{
	"=1+1":                        "",
	"@SUM(A1)":                    "",
	`=cmd|' /C calc'!A0`:          "",
	"a\x00b\r\nc":                 `a\u{0}b\u{D}\u{A}c`,
	"<b>&amp;</b>":                "",
	" blank ":                     "",
	"\U0001F600":                  "",
	"_x0041_":                     "",
	"not UTF-8: \xff":             "not UTF-8: \ufffd",
	"no character: \ufffe":        `no character: \u{FFFE}`,
	strings.Repeat("é", 40_000):   strings.Repeat("é", 32_687) + " … [cut here: 40,000 characters in all; the record has the whole text]",
	strings.Repeat("😀", 20_000):   strings.Repeat("😀", 16_343) + " … [cut here: 20,000 characters in all; the record has the whole text]",
	strings.Repeat("name", 5_000): "",
}

// TestXLSX holds that texts are cells of texts, dates are dates, heads are frozen and sheets
// have filters.
func TestXLSX(t *testing.T) {
	end := time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)
	r := &report.Record{Metadata: report.Metadata{GeneratedAt: end.AddDate(0, -2, 0)}}
	for text := range hostile {
		r.Findings = append(r.Findings, audit.Finding{ID: "X", Check: "NET-01", Message: text})
	}
	r.Inventory.Certificates = []report.Certificate{{Namespace: "shop", Secret: "web", NotAfter: end}}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := report.WriteXLSX(out, r); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same record gives other bytes")
	}
	book, err := excelize.OpenReader(&first)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close() //nolint:errcheck // it was read only
	for _, sheet := range []string{"Findings", "Controls", "Certificates", "Ledger"} {
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: its head isn't frozen: %+v, %v", sheet, panes, err)
		}
	}
	filters := map[string]int{}
	for _, name := range book.GetDefinedName() {
		if strings.HasSuffix(name.Name, "_FilterDatabase") {
			filters["by name"]++
		}
	}
	archive, err := zip.NewReader(bytes.NewReader(second.Bytes()), int64(second.Len()))
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := fs.Glob(archive, "xl/worksheets/sheet*.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		text, err := fs.ReadFile(archive, sheet)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("<autoFilter ")) {
			filters["in the sheet"]++
		}
	}
	if diff := cmp.Diff(map[string]int{"by name": 4, "in the sheet": 4}, filters); diff != "" {
		t.Errorf("sheets with filters (-want +got):\n%s", diff)
	}
	for i := range r.Findings {
		cell := "J" + itoa(i+2)
		got, err := book.GetCellValue("Findings", cell)
		want := hostile[r.Findings[i].Message]
		if want == "" {
			want = r.Findings[i].Message
		}
		if err != nil || got != want {
			t.Errorf("%s: %.80q, want %.80q: %v", cell, got, want, err)
		}
		if formula, _ := book.GetCellFormula("Findings", cell); formula != "" {
			t.Errorf("%s is a formula: %q", cell, formula)
		}
	}
	if got, err := book.GetCellValue("Certificates", "H2"); got != "2027-01-31 12:00" {
		t.Errorf("the end of a certificate is %q: %v", got, err)
	}
	if kind, err := book.GetCellType("Certificates", "H2"); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("a date is a text: %v, %v", kind, err)
	}
}

// TestXLSXLedger: the ledger says which rules excluded what, and which objects were asked
// for by name.
func TestXLSXLedger(t *testing.T) {
	r := &report.Record{Collection: report.Collection{Queries: []report.Query{
		{Resource: audit.Pods, Listed: 12, Evaluated: 9, Excluded: 3, ExcludedBy: []audit.Excluded{{Rule: "batch: why", Count: 1}, {Rule: "terminated", Count: 2}}},
		{Resource: audit.Secrets, Scope: "shop", Listed: 1, Evaluated: 1, Asked: []string{"gone", "web"}, Absent: 1},
	}}}
	book := workbook(t, r)
	rows, err := book.GetRows("Ledger")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%q, %v", rows, err)
	}
	for i, want := range []map[string]string{
		{"Excluded by": "1 by batch: why; 2 by terminated", "Asked for by name": "", "Absent": "0"},
		{"Excluded by": "", "Asked for by name": "gone, web", "Absent": "1"},
	} {
		for column, words := range want {
			if at := slices.Index(rows[0], column); at < 0 || rows[i+1][at] != words {
				t.Errorf("row %d, %s: %q, want %q", i+1, column, rows[i+1], words)
			}
		}
	}
}

// TestXLSXRows: rows are as high as what they show, up to a limit, and print on a page's width.
func TestXLSXRows(t *testing.T) {
	messages := []struct {
		text  string // in a column of 60 characters
		lines float64
	}{
		{"one line", 1},
		{strings.Repeat("0123456789 ", 6), 2},
		{strings.Repeat("x", 60), 1},
		{strings.Repeat("x", 61), 2},
		{strings.Repeat("ü", 60), 1},
		{"a " + strings.Repeat("x", 130) + " b", 4},
		{strings.Repeat("words ", 1000), 12},
	}
	r := &report.Record{}
	for _, m := range messages {
		r.Findings = append(r.Findings, audit.Finding{ID: "X", Check: "NET-01", Message: m.text})
	}
	book := workbook(t, r)
	for i, m := range messages {
		if high, err := book.GetRowHeight("Findings", i+2); err != nil || high != 15*m.lines {
			t.Errorf("%.40q: %v points, %v; want %v lines of 15", m.text, high, err, m.lines)
		}
	}
	for _, sheet := range book.GetSheetList() {
		layout, err := book.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || layout.FitToHeight == nil || *layout.FitToHeight != 0 {
			t.Errorf("%s prints as %+v, %v", sheet, layout, err)
		}
	}
}

// workbook is a record as a spreadsheet opens it.
func workbook(t *testing.T, r *report.Record) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteXLSX(&out, r); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}
