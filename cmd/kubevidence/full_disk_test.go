package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A fullDisk is a command whose output doesn't fit, and what it says of that.
type fullDisk struct {
	name    string
	setting string // of the shell
	command string
	words   string // of standard error
}

// The limit is one on the size of files, in blocks of 512 or 1,024 bytes; /dev/full is always full.
var fullDisks = []fullDisk{
	{"render into a new folder", "ulimit -f 8", "render new.json --output-dir a/b", "write: write a/b/report.html: "},
	{"render, the second form", "ulimit -f 8", "render new.json --format csv,html --output-dir out", "write: write out/report.html: "},
	{"render beside the record", "ulimit -f 8", "render new.json --format csv,html", "write: write report.html: "},
	{"render pdf", "ulimit -f 8", "render new.json --format pdf --output-dir out", "write: write out/report.pdf: "},
	{"render xlsx", "ulimit -f 8", "render new.json --format xlsx --output-dir out", "write: write out/report.xlsx: "},
	{"render oscal", "ulimit -f 0", "render new.json --format oscal --output-dir out", "write: write out/oscal.json: "},
	{"render junit", "ulimit -f 0", "render new.json --format junit --output-dir out", "write: write out/junit.xml: "},
	{"render openreports", "ulimit -f 0", "render new.json --format openreports --output-dir out", "write: write out/openreports.yaml: "},
	{"compare", "", "compare old.json new.json >/dev/full", "write the comparison: "},
	{"compare json", "", "compare old.json new.json -o json >/dev/full", "write the comparison: "},
	{"compare html", "", "compare old.json new.json -o html >/dev/full", "write the HTML: "},
	{"snapshot", "ulimit -f 0", "snapshot --kubeconfig kubeconfig", "write snapshot: write snapshot.json.gz: "},
	{"snapshot elsewhere", "ulimit -f 0", "snapshot --kubeconfig kubeconfig -o other.json", "write snapshot: write other.json: "},
	{"snapshot to standard output", "", "snapshot --kubeconfig kubeconfig -o - >/dev/full", "write snapshot: "},
	{"waive", "", "waive new.json FINDING >/dev/full", "write draft: "},
	{"waive --check", "", "waive --check waivers.yaml >/dev/full", "write /dev/stdout: "},
	{"scan to standard output", "", "scan --input app.yaml -o json >/dev/full", "write record: "},
	{"keygen", "ulimit -f 0", "keygen --output keys/auditor", "write keys/auditor.key: "},
	{"sign", "ulimit -f 0", "sign bundle/unnamed/20261122T120000Z --key auditor.key", "sign: write bundle/unnamed/20261122T120000Z/SIGNATURE.dsse.json: "},
	{"verify", "", "verify bundle/unnamed/20261122T120000Z >/dev/full", "write /dev/stdout: "},
	{"reach", "", "reach --input app.yaml >/dev/full", "write: "},
	{"rbac", "", "rbac >/dev/full", "write /dev/stdout: "},
	{"rbac --check", "", "rbac --check --kubeconfig kubeconfig >/dev/full", "write /dev/stdout: "},
	{"checks", "", "checks >/dev/full", "write /dev/stdout: "},
}

// TestRenderToldNobody: files that are whole stay, and that their names couldn't be printed is
// an error.
func TestRenderToldNobody(t *testing.T) {
	t.Chdir(t.TempDir())
	fullDiskFiles(t, "http://127.0.0.1")
	var stderr bytes.Buffer
	full := errors.New("no space left on device")
	code := execute(t.Context(), []string{"kubevidence", "render", "new.json", "--format", "csv", "--output-dir", "out"},
		streams{out: failing{full}, err: &stderr})
	if want := "kubevidence: " + full.Error() + "\n"; code != exitNotRun || stderr.String() != want {
		t.Errorf("exit code %d, %q; want %d, %q", code, &stderr, exitNotRun, want)
	}
	if _, err := os.Stat("out/findings.csv"); err != nil {
		t.Error(err)
	}
}

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

// TestFullDisk: what doesn't fit is exit 1 and one sentence; nothing half-written stays, and
// nothing that was there changes.
func TestFullDisk(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh; with it this test sets the limit")
	}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err != nil {
		t.Skip("there is no /dev/full; with it this test fills standard output")
	} else if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	server, err := filepath.Abs("server")
	if err != nil {
		t.Fatal(err)
	}
	url, stop := canned(server)
	defer stop()
	finding := fullDiskFiles(t, url)
	before := contents(t, ".")
	for _, c := range fullDisks {
		t.Run(c.name, func(t *testing.T) {
			script := strings.ReplaceAll("exec kubevidence "+c.command, "FINDING", finding)
			if c.setting != "" {
				script = c.setting + "; " + script
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitNotRun {
				t.Errorf("%v, want exit code %d", err, exitNotRun)
			}
			said := stderr.String()
			if !strings.HasPrefix(said, "kubevidence: "+c.words) || strings.Count(said, "\n") != 1 ||
				!strings.HasSuffix(said, "file too large\n") && !strings.HasSuffix(said, "no space left on device\n") {
				t.Errorf("it says\n%s\nwant one line with %q and why", said, c.words)
			}
			if stdout.Len() > 0 {
				t.Errorf("it prints %q", &stdout)
			}
			if diff := cmp.Diff(before, contents(t, ".")); diff != "" {
				t.Errorf("something stayed, or changed:\n%.2000s", diff)
			}
		})
	}
}

// fullDiskFiles writes what the commands take into the working directory, and returns the ID
// of a finding.
func fullDiskFiles(t *testing.T, url string) string {
	t.Helper()
	for name, text := range map[string]string{
		"server/version.json":                       `{"major":"1","minor":"37","gitVersion":"v1.37.2"}`,
		"server/api.json":                           `{"kind":"APIVersions","versions":["v1"]}`,
		"server/apis.json":                          `{"kind":"APIGroupList","apiVersion":"v1","groups":[]}`,
		"server/api/v1.json":                        `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"v1","resources":[{"name":"namespaces","kind":"Namespace","verbs":["get","list"]}]}`,
		"server/api/v1/namespaces.json":             `{"kind":"NamespaceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"kube-system","uid":"u"}}]}`,
		"server/api/v1/namespaces/kube-system.json": `{"metadata":{"name":"kube-system","uid":"u"}}`,
		"app.yaml":                                  "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: web}]}\nstatus: {phase: Running}\n",
		"waivers.yaml":                              "waivers: []\n",
		"kubeconfig":                                kubeconfig(url),
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, 0, "keygen", "--output", "auditor")
	for name, at := range map[string]string{"old": "2026-11-15T12:00:00Z", "new": "2026-11-22T12:00:00Z"} {
		record := run(t, 3, "scan", "--input", "app.yaml", "--at", at, "--check", "NET-01", "-o", "json")
		if err := os.WriteFile(name+".json", []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, 3, "scan", "--input", "app.yaml", "--at", "2026-11-22T12:00:00Z", "--check", "NET-01", "--output-dir", "bundle")
	record, err := readRecord("new.json", streams{})
	if err != nil || len(record.Findings) == 0 {
		t.Fatal(err)
	}
	return record.Findings[0].ID
}
