package bundle

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAddWritesAllOrNothing(t *testing.T) {
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	broken := errors.New("disk full")
	for name, test := range map[string]struct {
		files []File
		want  []string // what stands in the folder afterwards
		fails bool
	}{
		"two files":     {[]File{{"a", text("1")}, {"b", text("2")}}, []string{"a", "b", "kept"}, false},
		"a failure":     {[]File{{"a", text("1")}, {"b", func(io.Writer) error { return broken }}}, []string{"kept"}, true},
		"a taken name":  {[]File{{"a", text("1")}, {"kept", text("2")}}, []string{"kept"}, true},
		"a broken name": {[]File{{"none/a", text("1")}}, []string{"kept"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "kept"), []byte("0"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Add(folder, test.files); (err != nil) != test.fails {
				t.Errorf("error %v, want one: %v", err, test.fails)
			}
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, e.Name())
			}
			if len(got) != len(test.want) {
				t.Errorf("folder holds %q, want %q", got, test.want)
			}
			if kept, _ := os.ReadFile(filepath.Join(folder, "kept")); string(kept) != "0" {
				t.Errorf("the file that was there now holds %q", kept)
			}
		})
	}
}
