package report_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// TestCSV holds that each finding is a row and that no cell is a formula.
func TestCSV(t *testing.T) {
	messages := map[string]string{
		"plain":                   "plain",
		"=1+1":                    "'=1+1",
		"+1":                      "'+1",
		"-1":                      "'-1",
		"@SUM(A1)":                "'@SUM(A1)",
		"  =1":                    "'  =1",
		"＝1":                      "'＝1",
		"a\tb\r\nc":               `a\u{9}b\u{D}\u{A}c`,
		"\t=1":                    `\u{9}=1`,
		`said "no", and; left`:    `said "no", and; left`,
		"not UTF-8: \xff":         "not UTF-8: \ufffd",
		"right to left \u202e on": "right to left \u202e on",
		"":                        "",
	}
	record := &report.Record{}
	for message := range messages {
		record.Findings = append(record.Findings, audit.Finding{ID: "X-1", Check: "NET-01", Message: message})
	}
	var text bytes.Buffer
	if err := report.WriteCSV(&text, record); err != nil {
		t.Fatal(err)
	}
	body, marked := strings.CutPrefix(text.String(), "\ufeff")
	if !marked || !strings.Contains(body, "\r\n") {
		t.Errorf("no byte order mark, or no CRLF: %q", text.String()[:40])
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) != len(messages)+1 {
		t.Fatalf("%d rows, want %d: %v", len(rows), len(messages)+1, err)
	}
	column := 0
	for rows[0][column] != "message" {
		column++
	}
	for i, row := range rows[1:] {
		if want := messages[record.Findings[i].Message]; row[column] != want {
			t.Errorf("%q: %q, want %q", record.Findings[i].Message, row[column], want)
		}
	}
}
