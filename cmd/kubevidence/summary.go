package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// worstShown is how many causes the summary shows; the record has all.
const worstShown = 10

var stateWords = map[report.State]string{
	report.DeviationsFound: "Deviations found",
	report.Incomplete:      "Incomplete: nothing failed, but something was not assessed",
	report.NoDeviations:    "No deviations found",
}

// summarize prints what a person at a terminal wants to know first.
func summarize(w io.Writer, r *report.Record, folder string, formats []string) error {
	var b strings.Builder
	c := r.Subject.Cluster
	fmt.Fprintf(&b, "%s\n\n", stateWords[r.Summary.State])
	fmt.Fprintf(&b, "Cluster   %s\n", clusterLine(c))
	fmt.Fprintf(&b, "State at  %s\n", r.Metadata.GeneratedAt.Format("2006-01-02 15:04:05 UTC"))
	fmt.Fprintf(&b, "Coverage  %d of %d findings assessed; %s\n\n", r.Summary.Assessed.Numerator, r.Summary.Assessed.Denominator, gapLine(r))

	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CONTROL\t\tSTATUS\tPASS\tWARNING\tFAIL\tNOT ASSESSED\tWAIVED")
	for _, line := range r.Summary.ByControl {
		if line.Edition != "2022" {
			continue
		}
		n := line.Counts
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\n", line.Control, line.Title, line.Status,
			n.Pass+n.Attested, n.Warning, n.Fail, n.NotAssessed+n.NotRequested, n.Waived)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeCauses(&b, r)
	writeFiles(&b, folder, formats)
	_, err := io.WriteString(w, b.String())
	return err
}

func clusterLine(c audit.Cluster) string {
	parts := slices.DeleteFunc([]string{c.Name, c.Server, c.Version}, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "not stated (from files)"
	}
	return strings.Join(parts, ", ")
}

func gapLine(r *report.Record) string {
	gaps := 0
	for _, gap := range r.Collection.Gaps {
		if gap.Reason != audit.NotRequested {
			gaps++
		}
	}
	if gaps == 0 {
		return "everything that was asked for could be read"
	}
	return fmt.Sprintf("%d reads failed: see the ledger", gaps)
}

func writeCauses(b *strings.Builder, r *report.Record) {
	if len(r.Summary.Causes) == 0 {
		return
	}
	b.WriteString("\nWhat to do first\n")
	for i, cause := range r.Summary.Causes {
		if i == worstShown {
			fmt.Fprintf(b, "  … and %d more: see the report\n", len(r.Summary.Causes)-worstShown)
			break
		}
		fmt.Fprintf(b, "  %-7s  %s  %s\n           %s; %s\n", cause.Status, cause.Check, cause.Title,
			cause.Responsible, subjectsLine(cause))
	}
}

func subjectsLine(c report.Cause) string {
	if c.Subjects == 1 {
		return "1 subject"
	}
	return fmt.Sprintf("%d subjects", c.Subjects)
}

func writeFiles(b *strings.Builder, folder string, formats []string) {
	if folder == "" {
		b.WriteString("\nNo file was written: --output-dir DIR writes the evidence.\n")
		return
	}
	b.WriteString("\nEvidence\n")
	for _, f := range allForms {
		if slices.Contains(formats, f.name) {
			fmt.Fprintf(b, "  %s\n", filepath.Join(folder, f.file))
		}
	}
}
