package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/report"
)

// TestAgedTables: a table that is twelve months old on the day of the scan is no limitation
// yet; a day later it is.
func TestAgedTables(t *testing.T) {
	at := func(instant string) *report.Record {
		t.Helper()
		snapshot, err := collect.Files(t.Context(), collect.FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(web), At: evaluated})
		if err != nil {
			t.Fatal(err)
		}
		s := &scan{edition: bothEditions, input: input{std: streams{out: io.Discard, err: io.Discard}, paths: []string{"-"}, at: instant}}
		if err := s.complete(); err != nil {
			t.Fatal(err)
		}
		record, _, err := s.evaluate(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		return record
	}
	tables := at("").Catalogue.Tables
	if len(tables) < 5 {
		t.Fatalf("the record lists %d dated tables", len(tables))
	}
	byDate := map[string][]string{}
	for _, table := range tables {
		byDate[table.Date] = append(byDate[table.Date], table.Name)
	}
	for text, names := range byDate {
		date, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatalf("tables %v: %v", names, err)
		}
		for _, age := range []struct {
			name string
			day  time.Time
			aged bool
		}{
			{"new", date, false},
			{"a day less than twelve months", date.AddDate(1, 0, -1), false},
			{"twelve months", date.AddDate(1, 0, 0), false},
			{"the last second of that day", date.AddDate(1, 0, 1).Add(-time.Second), false},
			{"a day more", date.AddDate(1, 0, 1), true},
		} {
			record := at(age.day.Format(time.RFC3339))
			for _, name := range names {
				words := fmt.Sprintf("The table of %s in this build is of %s, more than twelve months before this evaluation", name, text)
				if said := slices.ContainsFunc(record.Limitations, func(l string) bool { return strings.HasPrefix(l, words) }); said != age.aged {
					t.Errorf("the table of %s of %s, %s: a limitation: %t", name, text, age.name, said)
				}
			}
		}
	}
}
