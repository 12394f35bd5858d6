package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
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
	fmt.Fprintf(&b, "%s\n%s\n\n", stateLine(r), countsLine(r)+causesLine(r))
	fmt.Fprintf(&b, "Cluster   %s\n", printable(clusterLine(r)))
	fmt.Fprintf(&b, "State at  %s\n", r.Metadata.GeneratedAt.Format("2006-01-02 15:04:05 UTC"))
	fmt.Fprintf(&b, "Coverage  %d of %d findings decided; %s\n\n", r.Summary.Assessed.Numerator, r.Summary.Assessed.Denominator, gapLine(r)+leftOutLine(r))

	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CONTROL\t\tSTATUS\tPASS\tWARNING\tFAIL\tNOT ASSESSED\tWAIVED\tATTESTED")
	leading := cmp.Or(r.Config.Options.Edition, "2022")
	for _, line := range r.Summary.ByControl {
		if line.Edition != leading {
			continue
		}
		n := line.Counts
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", line.Control, line.Title, line.Status,
			n.Pass, n.Warning, n.Fail, n.NotAssessed, n.Waived, n.Attested)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeCauses(&b, r)
	writeFiles(&b, folder, formats)
	if r.Signing != nil {
		fmt.Fprintf(&b, "  %s\nSigned with key sha256:%s\n", filepath.Join(folder, bundle.SignatureFile), r.Signing.KeySHA256)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// stateLine says the outcome; of an empty population, that it shows nothing.
func stateLine(r *report.Record) string {
	words := stateWords[r.Summary.State]
	if r.Summary.State == report.NoDeviations && r.Summary.Assessed.Denominator == 0 {
		words += ", for nothing was assessed: no check had a subject in what was read"
	}
	return words
}

// countsLine counts findings, the worst first.
func countsLine(r *report.Record) string {
	c := r.Summary.Counts
	line := fmt.Sprintf("%d fail, %d not assessed, %d warning, %d waived, %d attested, %d pass", c.Fail, c.NotAssessed, c.Warning, c.Waived, c.Attested, c.Pass)
	if c.NotRequested > 0 {
		line += fmt.Sprintf("; %d not requested", c.NotRequested)
		if options := optionsLeft(r); len(options) > 0 {
			line += " (" + strings.Join(options, ", ") + ")"
		}
	}
	return line
}

// optionsLeft are the options that weren't given and read more. Files hold what they hold.
func optionsLeft(r *report.Record) []string {
	var options []string
	if r.Collection.Source == audit.FromFiles {
		return nil
	}
	if !r.Config.Options.ReadSecrets {
		options = append(options, "--read-secrets")
	}
	if !r.Config.Options.Probe {
		options = append(options, "--probe")
	}
	return options
}

// causesLine says how many things there are to mend, where that is fewer than what fails.
func causesLine(r *report.Record) string {
	places, findings := 0, 0
	for i := range r.Summary.Causes {
		if c := &r.Summary.Causes[i]; c.Status == audit.Fail {
			places, findings = places+len(c.Places), findings+c.Findings
		}
	}
	if findings <= places {
		return ""
	}
	if places == 1 {
		return fmt.Sprintf("\n1 place to mend: %d findings hang on it", findings)
	}
	return fmt.Sprintf("\n%d places to mend: %d findings hang on them", places, findings)
}

func clusterLine(r *report.Record) string {
	c := r.Subject.Cluster
	if r.Collection.Source == audit.FromFiles {
		return r.Subject.Name + ", from files: the population was given, not read"
	}
	return strings.Join(slices.DeleteFunc([]string{r.Subject.Name, c.Server, c.Version}, func(s string) bool { return s == "" }), ", ")
}

func gapLine(r *report.Record) string {
	gaps := 0
	for _, gap := range r.Collection.Gaps {
		if gap.Reason != audit.NotRequested {
			gaps++
		}
	}
	if gaps == 0 && r.Collection.Source == audit.FromFiles {
		return "what the files don't hold counted as absent"
	}
	if gaps == 0 {
		return "everything that was asked for could be read"
	}
	return fmt.Sprintf("%d reads failed: see the ledger", gaps)
}

// leftOutLine says how much of the catalogue wasn't asked for.
func leftOutLine(r *report.Record) string {
	if words := r.LeftOutWords(); words != "" {
		return "; " + words
	}
	return ""
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
		fmt.Fprintf(b, "  %-11s  %-8s  %s\n%23s  %s: %s\n", cause.Status, cause.Check, cause.Title,
			"", cause.Responsible, printable(placesLine(cause)))
	}
}

// placesLine says where to mend a cause.
func placesLine(c report.Cause) string {
	const most = 3
	line := strings.Join(c.Places[:min(most, len(c.Places))], ", ")
	if n := len(c.Places) - most; n > 0 {
		line += fmt.Sprintf(" and %d more", n)
	}
	if c.Findings > len(c.Places) {
		line += fmt.Sprintf("; %d findings hang on it", c.Findings)
	}
	return line
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
