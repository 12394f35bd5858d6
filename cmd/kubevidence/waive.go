package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

func newWaive(std streams) *cobra.Command {
	var check bool
	var configFile string
	cmd := &cobra.Command{
		Use:   "waive RECORD FINDING-ID... | waive --check PATH...",
		Short: "Draft waivers for findings, or check files of waivers and attestations",
		Long: `Draft a waiver in YAML for each finding of a record (a record.json or its bundle) that
fails or warns. What only people can say is left blank: kind, reason, owner, approver
and the days. A draft is no waiver until all of it is filled in.

With --check files and folders of waivers and attestations are held against what a
scan asks of them, for a pipeline: 0 where all hold, 2 where one doesn't, with the
file, line and column of the first fault of each.`,
		Example: `  kubevidence waive evidence/prod/20261122T060000Z ING-01-3fa85f641b2c > waivers/docs.yaml
  kubevidence waive --check waivers/
  kubevidence scan --waivers waivers/ --output-dir evidence`,
		RunE: func(_ *cobra.Command, args []string) error {
			if check {
				return checkDeclarations(std, args, configFile)
			}
			if len(args) < 2 {
				return usageError("waive takes a record and the IDs of findings; --check takes files")
			}
			record, err := readRecord(recordIn(args[0]), std.in)
			if err != nil {
				return err
			}
			return draft(std.out, record, args[1:])
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "hold files and folders against what a scan asks of them")
	cmd.Flags().StringVar(&configFile, "config", "", "configuration file: its thresholds, and IDs that are taken")
	return cmd
}

// checkDeclarations holds every file against what a scan asks, and says what is wrong with
// each.
func checkDeclarations(std streams, paths []string, configFile string) error {
	if len(paths) == 0 {
		return usageError("--check takes files or folders of waivers and attestations")
	}
	config, err := readConfig(configFile)
	if err != nil {
		return err
	}
	taken, faults := config.TakenIDs(), 0
	for _, path := range paths {
		files, err := declarationFiles(path)
		if err != nil {
			return err
		}
		for _, file := range files {
			words, err := checkFile(file, config, taken)
			if err != nil {
				faults++
				fmt.Fprintf(std.err, "%s: %v\n", file, err)
				continue
			}
			fmt.Fprintf(std.out, "%s: %s\n", file, words)
		}
	}
	if faults > 0 {
		return outcome(exitUsage)
	}
	return nil
}

func checkFile(file string, config *audit.Config, taken map[string]string) (words string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	read, err := audit.ParseDeclarations(data, file, &config.Thresholds, taken)
	if err != nil {
		return "", err
	}
	if err := (&declarations{}).attach(read.Attestations, filepath.Dir(file)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d waivers, %d attestations", len(read.Waivers), len(read.Attestations)), nil
}

// draft writes a waiver with blanks for each finding.
func draft(out io.Writer, record *report.Record, ids []string) error {
	findings := make([]*audit.Finding, 0, len(ids))
	for _, id := range ids {
		n := slices.IndexFunc(record.Findings, func(f audit.Finding) bool { return f.ID == id })
		if n < 0 {
			return usageError("the record has no finding %q%s", id, near(record, id))
		}
		f := &record.Findings[n]
		if f.Status != audit.Fail && f.Status != audit.Warning {
			return usageError("finding %s of %s is %s: what fails or warns can be waived", id, f.Subject, f.Status)
		}
		findings = append(findings, f)
	}
	fmt.Fprintf(out, "# Drafted from record %s of %s, %s.\n", record.Metadata.UID, oneWord(record.Subject.Name), record.Metadata.GeneratedAt.UTC().Format(time.RFC3339))
	fmt.Fprint(out, "# Fill in what is blank; `kubevidence waive --check` says what is missing.\nwaivers:\n")
	for _, f := range findings {
		fmt.Fprint(out, drafted(f, record.Metadata.GeneratedAt))
	}
	return nil
}

// drafted is a waiver for one finding, as far as a record tells.
func drafted(f *audit.Finding, at time.Time) string {
	var b strings.Builder
	quoted := func(s string) string {
		text, err := yaml.Marshal(s)
		if err != nil {
			return `""`
		}
		return strings.TrimSpace(string(text))
	}
	fmt.Fprintf(&b, "  # %s %s: %s\n", f.Check, f.Status, oneWord(f.Message))
	fmt.Fprintf(&b, "  - id: WVR-%s\n", f.ID)
	fmt.Fprint(&b, "    kind: # acceptedRisk, remediation (it is mended by expiresAt) or falsePositive\n")
	fmt.Fprintf(&b, "    check: %s\n", f.Check)
	fmt.Fprintf(&b, "    subject: {kind: %s, namespace: %s, name: %s}\n", quoted(globbed(f.Subject.Kind)), quoted(globbed(f.Subject.Namespace)), quoted(globbed(f.Subject.Name)))
	fmt.Fprint(&b, "    reason: # why this is accepted, in words that an auditor follows\n")
	fmt.Fprint(&b, "    owner: # who answers for it\n")
	fmt.Fprint(&b, "    approver: # who accepts it: another person than the owner\n")
	fmt.Fprint(&b, "    approvedAt: # the day of approval, such as "+at.UTC().Format(time.DateOnly)+"\n")
	fmt.Fprint(&b, "    expiresAt: # the last day that it holds, a year later at most\n")
	fmt.Fprint(&b, "    riskRef: # the entry of the risk register, if there is one\n")
	fmt.Fprintf(&b, "    subjectsAtApproval: [%s] # what appears later isn't waived, but listed for review\n", quoted(f.Subject.Key()))
	return b.String()
}

// globbed is a pattern that means a name and nothing else.
func globbed(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// near names findings whose IDs begin alike.
func near(record *report.Record, id string) string {
	check, _, _ := strings.Cut(id, "-")
	if parts := strings.SplitN(id, "-", 3); len(parts) > 1 {
		check = parts[0] + "-" + parts[1]
	}
	var alike []string
	for i := range record.Findings {
		f := &record.Findings[i]
		if strings.HasPrefix(f.ID, check+"-") && (f.Status == audit.Fail || f.Status == audit.Warning) {
			alike = append(alike, f.ID+" ("+f.Subject.String()+")")
		}
	}
	if len(alike) == 0 {
		return ""
	}
	return "; of this check it has " + strings.Join(alike[:min(len(alike), 3)], ", ")
}

// oneWord keeps a text on one line.
func oneWord(s string) string { return strings.Join(strings.Fields(s), " ") }
