package live

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A needle is a text that may stand in nothing that kubevidence writes.
type needle struct {
	what string
	text string
}

// shortest is the length below which a text could stand somewhere by chance.
const shortest = 12

// TestNothingWrittenHoldsASecret looks for every value of every Secret of the cluster, and
// for the canaries, in all that the program writes, with and without --read-secrets.
func TestNothingWrittenHoldsASecret(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		needles := needlesOf(t, c)
		kubeconfig, _ := administrator(t, c)
		for name, flags := range map[string][]string{"without Secrets": nil, "with Secrets": {"--read-secrets"}} {
			t.Run(name, func(t *testing.T) {
				flags := append([]string{"--kubeconfig", kubeconfig}, flags...)
				outputs := written(t, append(flags, "--config", c.Config), flags)
				for _, file := range outputs {
					for _, n := range needles {
						if bytes.Contains(file.content, []byte(n.text)) {
							t.Errorf("%s holds %s", file.name, n.what)
						}
					}
				}
			})
		}
	})
}

// TestCertificateBesideAKeyIsFound holds that the Secret in which a key stands beside the
// certificate was read, and the certificate taken: else the search above proves nothing.
func TestCertificateBesideAKeyIsFound(t *testing.T) {
	kubeconfig, _ := administrator(t, nonconforming)
	r, _ := scan(t, kubeconfig, "--read-secrets")
	if !slices.ContainsFunc(r.Inventory.Certificates, func(c report.Certificate) bool { return c.SHA256 == planted.fingerprint }) {
		t.Errorf("the certificate of Secret canary/key-with-certificate isn't in the inventory")
	}
}

// needlesOf are the values of all Secrets of a cluster, but certificates, in the ways in
// which they could be written, and the canaries.
func needlesOf(t *testing.T, c *cluster.Cluster) []needle {
	t.Helper()
	var needles []needle
	add := func(what string, value []byte) {
		if len(value) < shortest || onlyCertificates(value) {
			return
		}
		forms := map[string]string{
			"":                     string(value),
			" in base64":           base64.StdEncoding.EncodeToString(value),
			" in base64, for URLs": base64.URLEncoding.EncodeToString(value),
			" in hexadecimal":      hex.EncodeToString(value),
		}
		for form, text := range forms {
			needles = append(needles, needle{what + form, text})
		}
		for line := range keyLines(value) {
			needles = append(needles, needle{"a line of " + what, line})
		}
	}
	for _, secret := range list(t, c, "", "v1", "secrets") {
		data, _, _ := unstructured.NestedStringMap(secret.Object, "data")
		for key, encoded := range data {
			value, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			add(key+" of Secret "+secret.GetNamespace()+"/"+secret.GetName(), value)
		}
	}
	if c == nonconforming {
		for _, value := range planted.values {
			add("a canary", []byte(value))
		}
	}
	if len(needles) < 10 {
		t.Fatalf("%d texts to look for: the cluster has no Secrets", len(needles))
	}
	return needles
}

// keyLines yields the lines of a value that stand outside of its CERTIFICATE blocks: of
// keys, and of whatever else there is.
func keyLines(value []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		inCertificate := false
		for line := range strings.Lines(string(value)) {
			line = strings.TrimSpace(line)
			switch {
			case line == "-----BEGIN CERTIFICATE-----":
				inCertificate = true
			case line == "-----END CERTIFICATE-----":
				inCertificate = false
			case inCertificate && !strings.Contains(line, ": "), len(line) < shortest, strings.HasPrefix(line, "-----"):
			default:
				if !yield(line) {
					return
				}
			}
		}
	}
}

// onlyCertificates reports whether a value is CERTIFICATE blocks and nothing else: that
// may be kept.
func onlyCertificates(value []byte) bool {
	for {
		block, rest := pem.Decode(value)
		if block == nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 || !bytes.HasPrefix(bytes.TrimSpace(value), []byte("-----BEGIN")) {
			return false
		}
		if value = bytes.TrimSpace(rest); len(value) == 0 {
			return true
		}
	}
}

// An output is something that the program wrote.
type output struct {
	name    string
	content []byte
}

// written runs every subcommand that reads a cluster and returns all they write.
func written(t *testing.T, scanFlags, snapshotFlags []string) []output {
	t.Helper()
	folder := t.TempDir()
	snapshot := filepath.Join(folder, "snapshot.json.gz")
	var outputs []output
	for name, args := range map[string][]string{
		"scan -o json":      append([]string{"scan", "-o", "json"}, scanFlags...),
		"scan --output-dir": append([]string{"scan", "--output-dir", folder}, scanFlags...),
		"snapshot":          append([]string{"snapshot", "-o", snapshot}, snapshotFlags...),
		"rbac":              append([]string{"rbac"}, snapshotFlags...),
	} {
		run := kubevidence(t, args...)
		if run.exit != exitOK && run.exit != exitDeviations && run.exit != exitIncomplete {
			t.Errorf("%s: exit code %d\n%s", name, run.exit, run.stderr)
		}
		outputs = append(outputs, output{name + ": standard output", run.stdout}, output{name + ": standard error", run.stderr})
	}
	missing := []string{"record.json", "report.html", "report.pdf", "findings.csv", "snapshot.json.gz"}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
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
