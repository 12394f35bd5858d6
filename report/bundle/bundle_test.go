package bundle_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report/bundle"
)

var at = time.Date(2026, 11, 22, 22, 4, 50, 0, time.FixedZone("CET", 3600))

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

// content is a bundle of files.
func content(cluster string, files []bundle.File) *bundle.Content {
	return &bundle.Content{
		Cluster: cluster, At: at, Files: files,
		Record: bundle.Record{UID: "6b3e", SHA256: "c0ffee"},
		Tool:   bundle.Tool{Name: "kubevidence", Version: "v0.1.0", Commit: "9e95d4b"},
	}
}

func sum(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

// tree lists every file and folder below dir, with the files' content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if entry.IsDir() {
			found[name+"/"] = ""
			return nil
		}
		content, err := os.ReadFile(path)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantManifest is that of TestWrite: sorted, although the files weren't given so.
var wantManifest = `{
  "apiVersion": "kubevidence/v1alpha1",
  "kind": "BundleManifest",
  "record": {
    "uid": "6b3e",
    "sha256": "c0ffee"
  },
  "tool": {
    "name": "kubevidence",
    "version": "v0.1.0",
    "commit": "9e95d4b"
  },
  "files": [
    {
      "name": "record.json",
      "size": 3,
      "sha256": "` + sum("{}\n") + `"
    },
    {
      "name": "report.html",
      "size": 3,
      "sha256": "` + sum("<p>") + `"
    }
  ]
}
`

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	folder, err := bundle.Write(dir, content("arn:aws:eks:eu-west-1:111122223333:cluster/prod", []bundle.File{
		{Name: "report.html", Write: text("<p>")},
		{Name: "record.json", Write: text("{}\n")},
	}))
	if err != nil {
		t.Fatal(err)
	}
	const place = "arn-aws-eks-eu-west-1-111122223333-cluster-prod/20261122T210450Z"
	if want := filepath.Join(dir, place); folder != want {
		t.Errorf("folder %s, want %s", folder, want)
	}
	want := map[string]string{
		"arn-aws-eks-eu-west-1-111122223333-cluster-prod/": "",
		place + "/":              "",
		place + "/record.json":   "{}\n",
		place + "/report.html":   "<p>",
		place + "/MANIFEST.json": wantManifest,
		place + "/SHA256SUMS":    sum("<p>") + "  report.html\n" + sum("{}\n") + "  record.json\n" + sum(wantManifest) + "  MANIFEST.json\n",
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	info, err := os.Stat(filepath.Join(folder, "record.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestWriteNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	if _, err := bundle.Write(dir, content("prod", []bundle.File{{Name: "a", Write: text("first")}})); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	_, err := bundle.Write(dir, content("prod", []bundle.File{{Name: "a", Write: text("second")}}))
	if err == nil || !strings.Contains(err.Error(), "nothing is ever overwritten") {
		t.Errorf("got %v, want a refusal", err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("the folder changed (-before +after):\n%s", diff)
	}
}

func TestWriteLosesARace(t *testing.T) {
	dir := t.TempDir()
	_, err := bundle.Write(dir, content("prod", []bundle.File{{Name: "a", Write: func(io.Writer) error {
		_, err := bundle.Write(dir, content("prod", []bundle.File{{Name: "a", Write: text("the other's")}}))
		return err
	}}}))
	if err == nil || !strings.Contains(err.Error(), "nothing is ever overwritten") {
		t.Errorf("got %v, want a refusal", err)
	}
	if got := tree(t, dir); got["prod/20261122T210450Z/a"] != "the other's" || len(got) != 5 {
		t.Errorf("got %v", got)
	}
}

func TestWriteLeavesNothingBehind(t *testing.T) {
	full := errors.New("no space left on device")
	for name, files := range map[string][]bundle.File{
		"a writer fails in the middle": {
			{Name: "record.json", Write: text("{}")},
			{Name: "report.html", Write: func(w io.Writer) error {
				fmt.Fprint(w, "<p>half")
				return full
			}},
		},
		"a name leads elsewhere":  {{Name: "../record.json", Write: text("{}")}},
		"a name stands twice":     {{Name: "a", Write: text("1")}, {Name: "a", Write: text("2")}},
		"a name is the checksums": {{Name: bundle.Checksums, Write: text("")}},
		"a name is the manifest":  {{Name: bundle.ManifestFile, Write: text("")}},
		"a name is the signature": {{Name: bundle.SignatureFile, Write: text("")}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder, err := bundle.Write(filepath.Join(dir, "new", "evidence"), content("prod", files))
			if err == nil || folder != "" {
				t.Fatalf("got %q, %v; want an error", folder, err)
			}
			if got := tree(t, dir); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

func TestWriteWhereAFileStands(t *testing.T) {
	for _, place := range []string{"evidence", "evidence/prod"} {
		t.Run(place, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, place)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("in the way"), 0o600); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			_, err := bundle.Write(filepath.Join(dir, "evidence"), content("prod", []bundle.File{{Name: "a", Write: text("")}}))
			if err == nil || !strings.Contains(err.Error(), "not a directory") {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("something changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	for _, c := range []struct{ cluster, want string }{
		{"prod-eu-1", "prod-eu-1"},
		{"arn:aws:eks:eu-west-1:111122223333:cluster/prod", "arn-aws-eks-eu-west-1-111122223333-cluster-prod"},
		{"gke_project_europe-west1_prod", "gke_project_europe-west1_prod"},
		{"../../etc", "etc"},
		{"..", "cluster-5ec1f7e7"},
		{"", "cluster-e3b0c442"},
		{"прод", "cluster-"},
		{"prod-große", "prod-gro-e-"},
		{strings.Repeat("a", 300), strings.Repeat("a", 100) + "-"},
		{"a\x00b\nc", "a-b-c"},
	} {
		got := bundle.Folder(c.cluster)
		if got != c.want && (!strings.HasSuffix(c.want, "-") || !strings.HasPrefix(got, c.want) || len(got) != len(c.want)+8) {
			t.Errorf("Folder(%q) = %q, want %q", c.cluster, got, c.want)
		}
	}
	if bundle.Folder("прод") == bundle.Folder("тест") {
		t.Error("two clusters share a folder")
	}
}
