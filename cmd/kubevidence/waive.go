package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/spf13/cobra"
)

func newWaive(std streams) *cobra.Command {
	c := &declarationCheck{std: std}
	var check bool
	cmd := &cobra.Command{
		Use:   "waive RECORD FINDING-ID... | waive --check PATH...",
		Short: "Draft waivers for findings, or check files of waivers and attestations",
		Long: `Draft a waiver for each finding of a record (a record.json, its bundle, or - for standard input) and
print them as YAML, with a blank and a comment for each thing that a person has to
decide. Only findings that are fail or warning can be waived.

With --check, look at files of waivers and attestations (or folders: their *.yaml and
*.yml files, none of folders below) as scan --waivers would, attached documents
included, and print everything that is wrong as "file:line: field: words". What is
expired, or will be within 30 days, is a note and no error. What is approved after
--at (today) is an error here; scan lists it as not yet valid.

Exit codes: 0 nothing is wrong · 1 could not run · 2 usage, or something is wrong.`,
		Example: `  kubevidence waive record.json NET-01-3f786850e387 > waivers/W-2026-001.yaml
  kubevidence waive --check waivers/
  kubevidence scan --waivers waivers/ --output-dir evidence`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case check && len(args) == 0:
				return usageError("--check needs the files or folders to look at")
			case check:
				return c.run(args)
			case c.at != "" || c.configFile != "":
				return usageError("--at and --config go with --check")
			case len(args) < 2:
				return usageError("waive needs a record and the ID of at least one finding; or --check and files")
			}
			return draftWaivers(std, args[0], args[1:])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&check, "check", false, "look at files of waivers and attestations instead")
	flags.StringVar(&c.at, "at", "", "day of --check instead of today: what is approved later is wrong")
	flags.StringVar(&c.configFile, "config", "", "configuration whose thresholds --check holds the terms against")
	return cmd
}

// draftWaivers prints waivers for findings of a record.
func draftWaivers(std streams, path string, ids []string) error {
	record, err := readRecord(recordIn(path), std)
	if err != nil {
		return err
	}
	byID := make(map[string]*audit.Finding, len(record.Findings))
	for i := range record.Findings {
		byID[record.Findings[i].ID] = &record.Findings[i]
	}
	var findings []*audit.Finding
	var problems []error
	seen := map[string]bool{}
	for _, id := range ids {
		f := byID[id]
		switch {
		case seen[id]:
			problems = append(problems, fmt.Errorf("finding %q is named twice", id))
		case f == nil:
			problems = append(problems, fmt.Errorf("the record has no finding %q%s", id, nearWords(id, record)))
		case f.Status == audit.Waived:
			problems = append(problems, fmt.Errorf("finding %s is waived already, by %q", id, f.Waiver))
		case f.Status != audit.Fail && f.Status != audit.Warning:
			problems = append(problems, fmt.Errorf("finding %s is %s: only a fail or a warning can be waived", id, f.Status))
		}
		seen[id] = true
		findings = append(findings, f)
	}
	if len(problems) > 0 {
		return usageError("%w", errors.Join(problems...))
	}
	return report.WriteWaiverDraft(std.out, record, findings)
}

// nearWords suggests findings that could be waived and whose ID is near.
func nearWords(id string, record *report.Record) string {
	var ids []string
	for i := range record.Findings {
		if f := &record.Findings[i]; f.Status == audit.Fail || f.Status == audit.Warning {
			ids = append(ids, f.ID)
		}
	}
	near := nearest(id, ids, 3)
	if len(near) == 0 {
		return ofCheckWords(id, record)
	}
	return "; near are " + strings.Join(near, ", ")
}

// ofCheckWords names findings of the check that an ID begins with.
func ofCheckWords(id string, record *report.Record) string {
	var of []string
	for i := range record.Findings {
		f := &record.Findings[i]
		if strings.HasPrefix(id, f.Check+"-") && (f.Status == audit.Fail || f.Status == audit.Warning) && len(of) < 3 {
			of = append(of, fmt.Sprintf("%s (%s)", f.ID, printable(f.Subject.String())))
		}
	}
	if len(of) == 0 {
		return ""
	}
	return "; of this check it has " + strings.Join(of, ", ")
}

// A declarationCheck looks at files of waivers and attestations for a pipeline.
type declarationCheck struct {
	at         string
	configFile string
	std        streams
}

func (c *declarationCheck) run(paths []string) error {
	day := time.Now().UTC()
	if c.at != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, c.at); err != nil {
			return usageError("--at %q is no day like 2026-11-22", c.at)
		}
	}
	config, err := readConfig(c.configFile)
	if err != nil {
		return err
	}
	files, err := readDeclarations(paths, config.Terms(declarationNames()))
	if err != nil {
		return err
	}
	waivers, attestations, wrong := 0, 0, 0
	for i := range files {
		f := &files[i]
		problems := f.problems(day)
		for _, words := range problems {
			fmt.Fprintln(c.std.err, words)
		}
		if wrong += len(problems); len(problems) == 0 {
			for _, words := range f.notes(day) {
				fmt.Fprintln(c.std.out, words)
			}
		}
		waivers, attestations = waivers+len(f.declared.Waivers), attestations+len(f.declared.Attestations)
	}
	if wrong > 0 {
		fmt.Fprintf(c.std.err, "wrong: %d, in files: %d\n", wrong, len(files))
		return outcome(exitUsage)
	}
	_, err = fmt.Fprintf(c.std.out, "Nothing is wrong: files %d, waivers %d, attestations %d.\n", len(files), waivers, attestations)
	return err
}

// problems are what is wrong with a file on a day, with its place.
func (f *declarationFile) problems(day time.Time) []string {
	var list []string
	for _, fault := range f.faults {
		list = append(list, faultWords(f.path, fault))
	}
	if len(list) > 0 {
		return list
	}
	late := func(id, field string, at audit.Date) {
		if at.After(day) {
			list = append(list, faultWords(f.path, audit.Fault{Line: f.declared.Line(id), Field: field, Words: fmt.Sprintf("%q is of %s, which is in the future", id, at.Format(time.DateOnly))}))
		}
	}
	for i := range f.declared.Waivers {
		late(f.declared.Waivers[i].ID, fmt.Sprintf("waivers[%d].approvedAt", i), f.declared.Waivers[i].ApprovedAt)
	}
	for i := range f.declared.Attestations {
		a := &f.declared.Attestations[i]
		late(a.ID, fmt.Sprintf("attestations[%d].date", i), a.Date)
		if _, err := readDocuments(f.path, f.declared.Attestations[i:i+1]); err != nil {
			list = append(list, fmt.Sprintf("%s:%d: attestations[%d].document: %s", f.path, f.declared.Line(a.ID), i, printable(err.Error())))
		}
	}
	return list
}

// notes are what somebody should look at soon, and isn't wrong.
func (f *declarationFile) notes(day time.Time) []string {
	var list []string
	note := func(id, words string) {
		list = append(list, fmt.Sprintf("%s:%d: note: %q %s", f.path, f.declared.Line(id), id, words))
	}
	ends := func(id string, last audit.Date) {
		switch until := last.Format(time.DateOnly); {
		case !day.Before(last.End()):
			note(id, "expired on "+until+": it no longer holds")
		case !day.AddDate(0, 0, 30).Before(last.End()):
			note(id, "expires soon, on "+until)
		}
	}
	for i := range f.declared.Waivers {
		w := &f.declared.Waivers[i]
		ends(w.ID, w.ExpiresAt)
	}
	for i := range f.declared.Attestations {
		ends(f.declared.Attestations[i].ID, f.declared.Attestations[i].ValidUntil)
	}
	return list
}
