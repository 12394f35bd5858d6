package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/compare"
)

// WriteComparisonJSON writes a comparison as JSON: two spaces of indent, a final newline.
func WriteComparisonJSON(w io.Writer, c *compare.Comparison) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// WriteComparisonText writes a comparison for a terminal: what asks for attention in full,
// what persists counted.
func WriteComparisonText(w io.Writer, c *compare.Comparison) error {
	out := bufio.NewWriter(w)
	line := func(text string) string { return oneLine(clip(text, 300)) } // others chose the words
	fmt.Fprintf(out, "%s\n  older  %s  record %s\n  newer  %s  record %s\n\n", line(c.Newer.Cluster),
		utc(c.Older.GeneratedAt), line(c.Older.UID), utc(c.Newer.GeneratedAt), line(c.Newer.UID))
	for _, h := range c.PassedOver {
		fmt.Fprintf(out, "Passed over: %s.\n", line(h.Words))
	}
	for _, p := range parts(c) {
		fmt.Fprintf(out, "%-19s %7s\n", p.Title, grouped(p.N))
	}
	for _, p := range parts(c) {
		if len(p.Entries) == 0 || p.Change == compare.Persisting {
			continue
		}
		fmt.Fprintf(out, "\n%s. %s\n", p.Title, p.Meaning)
		for i := range p.Entries {
			e := &p.Entries[i]
			fmt.Fprintf(out, "  %s  %s  %s\n      %s\n", line(e.Check), transition(e), line(e.Subject.String()), line(e.Message))
			if e.Why != "" {
				fmt.Fprintf(out, "      %s\n", line(e.Why))
			}
		}
		if p.Left > 0 {
			fmt.Fprintf(out, "  and %s more\n", grouped(p.Left))
		}
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "Control\tnew\treopened\tno longer assessed\tpersisting\tnewly waived\tresolved\t")
	for i := range c.ByControl {
		k := &c.ByControl[i]
		n := k.Counts
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", line(k.Control), n.New, n.Reopened, n.NoLongerAssessed, n.Persisting, n.NewlyWaived, n.Resolved)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// transition words what a finding was and is: "pass → fail".
func transition(e *compare.Entry) string {
	return statusOrNone(e.Before) + " → " + statusOrNone(e.After)
}

func statusOrNone(s *audit.Status) string {
	if s == nil {
		return "none"
	}
	return statusWord(*s).Word
}
