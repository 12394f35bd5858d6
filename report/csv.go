package report

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kubevidence/kubevidence/audit"
)

// WriteCSV writes a row a finding, conformities included, for spreadsheets: UTF-8 with a
// byte order mark, RFC 4180 with CRLF. A cell that a spreadsheet would take for a formula
// begins with an apostrophe (owasp.org/www-community/attacks/CSV_Injection); control
// characters stand as escapes. The same record gives the same bytes.
func WriteCSV(w io.Writer, r *Record) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	rows := csv.NewWriter(out)
	rows.UseCRLF = true
	if err := rows.Write(csvColumns); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	checks := r.checksByID()
	for i := range r.Findings {
		row := csvRow(r, &r.Findings[i], checks[r.Findings[i].Check])
		for k := range row {
			row[k] = csvCell(row[k])
		}
		if err := rows.Write(row); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

var csvColumns = []string{
	"id", "check", "title", "status", "reason", "severity", "responsible", "kind", "namespace", "name",
	"expected", "observed", "message", "levels", "controls", "cause", "command", "remediation", "waiver", "attestation",
	"uid", "resourceVersion", "evidence", "record", "cluster", "generatedAt",
}

func csvRow(r *Record, f *audit.Finding, c *Check) []string {
	var title, remediation string
	var controls, levels []string
	if c != nil {
		title, remediation = c.Title, c.Remediation
		for _, ref := range c.Controls {
			controls = append(controls, ref.Control)
		}
	}
	for _, e := range f.Evidence {
		if len(levels) == 0 || levels[len(levels)-1] != string(e.Level) {
			levels = append(levels, string(e.Level))
		}
	}
	return []string{
		f.ID, f.Check, title, f.Status.String(), string(f.Reason), f.Severity.String(), f.Responsible.String(),
		f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Expected, f.Observed, f.Message,
		strings.Join(levels, " "), strings.Join(controls, " "), f.Cause, f.Command, remediation, f.Waiver, f.Attestation,
		f.Subject.UID, f.Subject.ResourceVersion, evidenceText(f), r.Metadata.UID, r.Subject.Name, r.Metadata.GeneratedAt.Format(time.RFC3339),
	}
}

// evidenceText is the observed values in one cell: "path = value (level); …".
func evidenceText(f *audit.Finding) string {
	var b strings.Builder
	for i, e := range f.Evidence {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(e.Path + " = " + e.Value + " (" + string(e.Level) + ")")
	}
	return b.String()
}

// csvCell makes a text harmless to spreadsheets. They look at the first character of a cell
// that isn't blank, and take full-width signs for the plain ones. Where they are set to
// semicolons, what follows one begins a cell, too
// (https://owasp.org/www-community/attacks/CSV_Injection).
func csvCell(text string) string {
	parts := strings.Split(escaped(text), ";")
	for i, part := range parts {
		if first := strings.TrimLeftFunc(part, unicode.IsSpace); first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first[:min(len(first), utf8.UTFMax)])[0]) {
			parts[i] = "'" + part
		}
	}
	return strings.Join(parts, ";")
}

// escaped writes control characters as escapes, and what isn't UTF-8 as U+FFFD.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		if unicode.IsControl(r) || r&0xfffe == 0xfffe { // and what is no character
			fmt.Fprintf(&b, "\\u{%X}", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
