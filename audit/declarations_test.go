package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files of waivers and attestations stand in testdata/declarations. The comments in
// them say everything that is wrong with them, "line field: words", in any order.
func TestParseDeclarations(t *testing.T) {
	files, err := filepath.Glob("testdata/declarations/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	names := &Names{Checks: []string{"NET-01", "PRV-02"}, Remainders: map[string][]string{"A.8.24": {"the life of keys", "hardware security modules", "escrow of keys"}}}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, faults := ParseDeclarations(data, DefaultConfig().Terms(names))
		var said []string
		for _, f := range faults {
			said = append(said, fmt.Sprintf("%d %s: %s", f.Line, f.Field, f.Words))
		}
		for line := range strings.Lines(string(data)) {
			want, expected := strings.CutPrefix(strings.TrimSpace(line), "# want: ")
			if !expected {
				continue
			}
			found := false
			for i, s := range said {
				if strings.HasPrefix(s, want) {
					said, found = append(said[:i], said[i+1:]...), true
					break
				}
			}
			if !found {
				t.Errorf("%s: it isn't said: %s", file, want)
			}
		}
		for _, s := range said {
			t.Errorf("%s: nobody expects: %s", file, s)
		}
	}
}

func TestParseDeclarationsReadsWhatIsGood(t *testing.T) {
	data, err := os.ReadFile("testdata/declarations/good.yml")
	if err != nil {
		t.Fatal(err)
	}
	d, faults := ParseDeclarations(data, DefaultConfig().Terms(nil))
	if len(faults) > 0 || len(d.Waivers) != 1 || len(d.Attestations) != 1 {
		t.Fatalf("%+v, %v", d, faults)
	}
	w, a := d.Waivers[0], d.Attestations[0]
	if w.Subject.Labels == "" || w.AtApproval[0] != "Deployment/shop/legacy-web" || a.Clusters[0] != "prod-*" || a.Evidences != "Hardware Security" {
		t.Errorf("a field isn't read: %+v, %+v", w, a)
	}
}

func FuzzParseDeclarations(f *testing.F) {
	files, err := filepath.Glob("testdata/declarations/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, faults := ParseDeclarations(data, DefaultConfig().Terms(nil))
		if len(faults) > 0 {
			return
		}
		for _, w := range d.Waivers {
			if w.ExpiresAt.IsZero() || w.Owner == w.Approver {
				t.Errorf("accepted %+v", w)
			}
		}
	})
}
