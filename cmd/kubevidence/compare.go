package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/compare"
	"github.com/spf13/cobra"
)

// comparisons are the ways to write a comparison.
var comparisons = map[string]func(io.Writer, *compare.Comparison) error{
	"text": report.WriteComparisonText, "json": report.WriteComparisonJSON, "html": report.WriteComparisonHTML,
}

func newCompare(std streams) *cobra.Command {
	var output string
	var across []string
	var exitZero bool
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Say what changed between two records of a cluster",
		Long: `Say what changed from an older record to a newer one (each a record.json or its
bundle): what is new, reopened, persisting, newly waived, resolved, and what is no
longer assessed, which is never counted as resolved.

Records of different clusters, scopes or checks are refused; --across compares
them all the same, and says so.

Exit codes: 0 nothing new, reopened or no longer assessed · 2 the records don't
compare · 3 something is new or reopened · 4 nothing is, but something is no longer
assessed.`,
		Example: `  kubevidence compare evidence/prod/20261101T060000Z evidence/prod/20261122T060000Z
  kubevidence compare old.json new.json -o html > changes.html`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("compare takes two records, the older one first: %d given", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			write := comparisons[output]
			if write == nil {
				return usageError("-o %q: a comparison is written as text, json or html", output)
			}
			for _, name := range across {
				if !slices.Contains(compare.Differences, compare.Difference(name)) {
					return usageError("--across %q: it takes cluster, scope, catalogue", name)
				}
			}
			changes, err := compareFiles(std, args[0], args[1], across)
			if err != nil {
				return err
			}
			if err := write(std.out, changes); err != nil {
				return err
			}
			if exitZero {
				return nil
			}
			return outcome(changed(changes))
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json or html, to standard output")
	cmd.Flags().StringSliceVar(&across, "across", nil, "compare in spite of a difference: cluster, scope, catalogue")
	cmd.Flags().BoolVar(&exitZero, "exit-zero", false, "exit 0 instead of 3 and 4")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]cobra.Completion{"text", "json", "html"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("across", cobra.FixedCompletions([]cobra.Completion{"cluster", "scope", "catalogue"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// compareFiles compares two records, in spite of the differences that it is told to pass
// over.
func compareFiles(std streams, older, newer string, across []string) (*compare.Comparison, error) {
	sides := [2]*compare.Side{}
	for i, path := range []string{older, newer} {
		record, err := readRecord(recordIn(path), std)
		if err != nil {
			return nil, err
		}
		sides[i] = record.Side()
	}
	if !compare.Later(sides[0], sides[1]) {
		return nil, usageError("the second record isn't the later one: %s is of %s, %s of %s", older, stamp(sides[0]), newer, stamp(sides[1]))
	}
	hindrances := compare.Hindrances(sides[0], sides[1])
	var refused []string
	for _, h := range hindrances {
		if !slices.Contains(across, string(h.Difference)) {
			refused = append(refused, fmt.Sprintf("%s (--across %s compares all the same)", h.Words, h.Difference))
		}
	}
	if len(refused) > 0 {
		return nil, usageError("%s and %s don't compare: %s", older, newer, strings.Join(refused, "; "))
	}
	return compare.Of(sides[0], sides[1], hindrances), nil
}

// recordIn is the record of a bundle, or the file itself.
func recordIn(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "record.json")
	}
	return path
}

// changed is the exit code that a comparison ends with.
func changed(c *compare.Comparison) int {
	switch {
	case c.Counts.New+c.Counts.Reopened > 0:
		return exitDeviations
	case c.Counts.NoLongerAssessed > 0:
		return exitIncomplete
	}
	return exitOK
}

func stamp(s *compare.Side) string {
	return s.Evaluation.GeneratedAt.UTC().Format("2006-01-02T15:04:05Z")
}
