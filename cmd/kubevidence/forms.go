package main

import (
	"context"
	"io"
	"slices"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
)

// A form is one way to write a record.
type form struct {
	name  string
	file  string
	write func(io.Writer, *report.Record) error
	usual bool // part of every bundle unless others are asked for
}

// allForms are the files that a bundle can have, in their order.
var allForms = []form{
	{"json", "record.json", report.WriteJSON, true},
	{"html", "report.html", report.WriteHTML, true},
	{"pdf", "report.pdf", report.WritePDF, true},
	{"csv", "findings.csv", report.WriteCSV, true},
	{"xlsx", "report.xlsx", report.WriteXLSX, false},
	{"oscal", "oscal.json", report.WriteOSCAL, false},
	{"junit", "junit.xml", report.WriteJUnit, false},
	{"openreports", "openreports.yaml", report.WriteOpenReports, false},
}

func formatNames() []string {
	names := make([]string, 0, len(allForms))
	for _, f := range allForms {
		names = append(names, f.name)
	}
	return names
}

// usualFormats are those that a bundle has unless it is asked for others.
func usualFormats() []string {
	var names []string
	for _, f := range allForms {
		if f.usual {
			names = append(names, f.name)
		}
	}
	return names
}

// forms are the files that a bundle gets.
func forms(ctx context.Context, record *report.Record, formats []string) []bundle.File {
	var files []bundle.File
	for _, f := range allForms {
		if slices.Contains(formats, f.name) {
			files = append(files, bundle.File{Name: f.file, Write: func(w io.Writer) error { return f.write(untilDone{ctx, w}, record) }})
		}
	}
	return files
}

// untilDone is a writer that fails once its context is done: an interrupted run leaves
// nothing half-written.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}
