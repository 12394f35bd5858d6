package live

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// An output is something that the program wrote.
type output struct {
	name    string
	content []byte
}

// forms are the files of a bundle in every form, and those that render writes again.
var forms = map[string]string{
	"json": "record.json", "html": "report.html", "pdf": "report.pdf", "csv": "findings.csv", "xlsx": "report.xlsx",
	"oscal": "oscal.json", "junit": "junit.xml", "openreports": "openreports.yaml",
}

// written runs every subcommand that reads a cluster or a record, in every form, and returns
// all they write.
func written(t *testing.T, scanFlags, snapshotFlags []string) []output {
	t.Helper()
	folder := t.TempDir()
	snapshot := filepath.Join(folder, "snapshot.json.gz")
	var outputs []output
	run := func(name string, args ...string) result {
		r := kubevidence(t, args...)
		if r.exit != exitOK && r.exit != exitDeviations && r.exit != exitIncomplete {
			t.Errorf("%s: exit code %d\n%s", name, r.exit, r.stderr)
		}
		if len(r.stdout) == 0 && len(r.stderr) == 0 {
			t.Errorf("%s: nothing is written", name)
		}
		outputs = append(outputs, output{name + ": standard output", r.stdout}, output{name + ": standard error", r.stderr})
		return r
	}
	all := strings.Join(slices.Sorted(maps.Keys(forms)), ",")
	first := filepath.Join(folder, "first")
	run("scan", append([]string{"scan"}, scanFlags...)...)
	run("scan --output-dir", append([]string{"scan", "--output-dir", first, "--format", all}, scanFlags...)...)
	bundles, err := filepath.Glob(filepath.Join(first, "*", "*", "record.json"))
	if err != nil || len(bundles) != 1 {
		t.Fatalf("records %v, %v", bundles, err)
	}
	earlier := bundles[0]
	printed := run("scan -o json", append([]string{"scan", "-o", "json", "--previous", earlier}, scanFlags...)...)
	run("scan --previous", append([]string{"scan", "--previous", earlier, "--output-dir", filepath.Join(folder, "second"), "--format", all}, scanFlags...)...)
	run("snapshot", append([]string{"snapshot", "-o", snapshot}, snapshotFlags...)...)
	run("rbac", append([]string{"rbac"}, snapshotFlags...)...)
	later := filepath.Join(folder, "later.json")
	if err := os.WriteFile(later, printed.stdout, 0o600); err != nil {
		t.Fatal(err)
	}
	run("render", "render", earlier, "--output-dir", filepath.Join(folder, "rendered"), "--format", strings.ReplaceAll(all, "json,", ""))
	for _, form := range []string{"text", "json", "html"} {
		run("compare -o "+form, "compare", earlier, later, "-o", form)
	}
	if ids := deviating(record(t, printed)); len(ids) > 0 {
		run("waive", append([]string{"waive", earlier}, ids...)...)
	}
	missing := slices.Collect(maps.Values(forms))
	missing = append(missing, "snapshot.json.gz")
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == entry.Name() })
		outputs = append(outputs, output{entry.Name(), content})
		outputs = append(outputs, inside(t, path, content)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("not written, and not searched: %s", strings.Join(missing, ", "))
	}
	return outputs
}

// inside returns what a compressed file holds, and the text of a PDF.
func inside(t *testing.T, path string, content []byte) []output {
	t.Helper()
	name := filepath.Base(path)
	switch filepath.Ext(path) {
	case ".gz":
		z, err := gzip.NewReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return []output{{name + ", unpacked", plain}}
	case ".xlsx":
		return unzipped(t, name, content)
	case ".pdf":
		var outputs []output
		t.Run("the PDF's inside", func(t *testing.T) {
			outputs = append(outputs,
				converted(t, name+"'s text", "pdftotext", "-layout", path, "-"),
				converted(t, name+", unpacked", "qpdf", "--stream-data=uncompress", "--decode-level=all", path, "-"))
		})
		return outputs
	}
	return nil
}

// unzipped returns the files in a ZIP archive, as workbooks are.
func unzipped(t *testing.T, name string, content []byte) []output {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var outputs []output
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, output{name + ", " + file.Name, plain})
	}
	if len(outputs) < 5 {
		t.Errorf("%s holds %d files", name, len(outputs))
	}
	return outputs
}

// deviating are the IDs of some findings that can be waived.
func deviating(r *report.Record) (ids []string) {
	for i := range r.Findings {
		if f := &r.Findings[i]; (f.Status == audit.Fail || f.Status == audit.Warning) && len(ids) < 20 {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// converted is what a tool makes of a file.
func converted(t *testing.T, name, tool string, args ...string) output {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		skip(t, "The PDF can only be looked into with "+tool+", which isn't installed.")
	}
	content, err := exec.CommandContext(t.Context(), tool, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	if len(content) == 0 {
		t.Errorf("%s makes nothing of %s", tool, name)
	}
	return output{name, content}
}
