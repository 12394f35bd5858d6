package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

func newRender(std streams) *cobra.Command {
	var outputDir string
	var formats []string
	cmd := &cobra.Command{
		Use:   "render RECORD",
		Short: "Write a record's HTML, PDF, CSV and other forms, byte for byte",
		Long: `Write the HTML, PDF and CSV of a record (a file, or - for standard input) again, byte
for byte what scan wrote, or its other forms: a workbook (xlsx), OSCAL Assessment
Results, JUnit XML, OpenReports; beside the record or into --output-dir. Nothing is
overwritten. A bundle doesn't list what is added to it, and verify says so: render
into another folder.`,
		Args: oneArgument("a record.json, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, format := range formats {
				if format == "json" || !slices.Contains(formatNames(), format) {
					return usageError("--format %q: a record renders to %s", format, strings.Join(formatNames()[1:], ", "))
				}
			}
			record, err := readRecord(args[0], std)
			if err != nil {
				return err
			}
			folder := outputDir
			if folder == "" {
				folder = "."
				if args[0] != "-" {
					folder = filepath.Dir(args[0])
				}
			}
			files := forms(cmd.Context(), record, formats)
			if err := bundle.Add(folder, files); err != nil {
				return fmt.Errorf("write: %w", err)
			}
			for _, file := range files {
				if _, err := fmt.Fprintln(std.out, filepath.Join(folder, file.Name)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&outputDir, "output-dir", "", "folder for the files (default: the record's)")
	cmd.Flags().StringSliceVar(&formats, "format", []string{"html", "pdf", "csv"}, "forms to write: "+strings.Join(formatNames()[1:], ", "))
	return cmd
}

// readRecord reads a record from a file or standard input, and says where it has more than
// this build knows.
func readRecord(path string, std streams) (*report.Record, error) {
	from := std.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read record: %w", err)
		}
		defer file.Close() //nolint:errcheck // it was read only
		from = file
	}
	record, unknown, err := report.ReadNoting(from)
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", path, err)
	}
	if len(unknown) > 0 {
		fmt.Fprintf(std.err, "kubevidence: %s was written by %s and has %s: what is made of it here, a digest of it too, is of the record without them\n",
			printable(path), printable(record.Tool.Name+" "+record.Tool.Version), unknown)
	}
	return record, nil
}
