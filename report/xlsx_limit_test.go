package report

import (
	"bytes"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/xuri/excelize/v2"
)

// TestXLSXLimit: what a sheet has no room for is left out, the least bad first, and its last
// row counts it.
func TestXLSXLimit(t *testing.T) {
	real := xlsxMaxRows
	defer func() { xlsxMaxRows = real }()
	if real != 1_048_576 {
		t.Errorf("a sheet of Excel has 1,048,576 rows, not %d", real)
	}
	xlsxMaxRows = 30
	says := func(n string) string { return n + " left out here: a sheet has at most 30. The record has all." }
	for _, c := range []struct {
		name     string
		findings int
		rows     int // of findings
		said     string
	}{
		{"room to spare", 28, 28, ""},
		{"full", 29, 29, ""},
		{"one too many", 30, 28, says("2 rows")},
		{"many too many", 1_040, 28, says("1,012 rows")},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Record{Limitations: make([]string, 40)}
			for i := range c.findings { // the last of them is the worst
				f := audit.Finding{ID: "passes", Check: "NET-01", Status: audit.Pass, Severity: audit.High}
				if i == c.findings-1 {
					f.ID, f.Status = "fails", audit.Fail
				}
				r.Findings = append(r.Findings, f)
			}
			var out bytes.Buffer
			if err := WriteXLSX(&out, r); err != nil {
				t.Fatal(err)
			}
			book, err := excelize.OpenReader(&out)
			if err != nil {
				t.Fatal(err)
			}
			defer book.Close() //nolint:errcheck // it was read only
			rows, err := book.GetRows("Findings")
			if err != nil || len(rows) > xlsxMaxRows {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			const id = 17 // the column of the finding
			var ids []string
			said := ""
			for _, row := range rows[1:] {
				if len(row) > id {
					ids = append(ids, row[id])
				} else {
					said = row[0]
				}
			}
			if len(ids) != c.rows || said != c.said {
				t.Errorf("%d findings, %q; want %d, %q", len(ids), said, c.rows, c.said)
			}
			worst := len(ids) - 1 // as in the record, where there is room
			if c.said != "" {
				worst = 0
			}
			if ids[worst] != "fails" {
				t.Errorf("the worst finding isn't in row %d of %q", worst+2, ids)
			}
			if rows[0][id] != "Finding" {
				t.Errorf("column %d is %q", id, rows[0][id])
			}
			record, err := book.GetRows("Record")
			if err != nil || len(record) != 30 || record[29][0] != says("31 rows") {
				t.Errorf("the sheet of the record has %d rows and ends with %q, %v", len(record), record[len(record)-1], err)
			}
		})
	}
}
