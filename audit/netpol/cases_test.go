package netpol

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what the cases in testdata expect")

// runCases evaluates the cases of a folder of testdata. Each says in its comment what it shows and holds objects.yaml and
// those of the sections that it is about, which are written by name.
func runCases[R any](t *testing.T, folder string, evaluate func(*Cluster) R, sections map[string]func(*manifest, R) string) {
	cases, _ := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if len(cases) == 0 {
		t.Fatalf("no cases in testdata/%s", folder)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var m manifest
			if err := m.read(archive.Files[0].Data); err != nil {
				t.Fatal(err)
			}
			r := evaluate(&m.Cluster)
			for i := range archive.Files[1:] {
				section := &archive.Files[i+1]
				got := sections[section.Name](&m, r)
				if diff := cmp.Diff(string(section.Data), got); diff != "" && !*update {
					t.Errorf("%s differ (-want +got):\n%s", section.Name, diff)
				}
				section.Data = []byte(got)
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
