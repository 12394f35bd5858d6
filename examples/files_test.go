// Package examples_test holds the examples to what they say of themselves. The examples are
// files, without a line of Go beside these tests; the live tests apply them to a real API
// server.
package examples_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/controls"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	kyaml "sigs.k8s.io/yaml"
)

// used says which test uses a file, or what stands in a folder.
var used = map[string]string{
	"cluster/README.md":                      "TestNonconformingIsFound",
	"cluster/conforming/":                    "TestConformingHasNoDeviation",
	"cluster/conforming.kubevidence.yaml":    "TestConfigurations",
	"cluster/nonconforming/":                 "TestNonconformingIsFound",
	"cluster/nonconforming.kubevidence.yaml": "TestConfigurations",
	"cluster/live/":                          "TestObjects",
	"deploy/":                                "TestDeploymentListsItsFiles",
	"deploy/Dockerfile":                      "TestImage",
	"kubevidence.yaml":                       "TestConfigurations",
	"waivers/":                               "TestWaiversHold",
}

// TestEveryFileIsUsed fails for a file that no test uses: it would rot.
func TestEveryFileIsUsed(t *testing.T) {
	for _, file := range list(t, ".") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found := false
		for name := range used {
			found = found || file == name || strings.HasSuffix(name, "/") && strings.HasPrefix(file, name)
		}
		if !found {
			t.Errorf("no test uses %s: write one and list it in used", file)
		}
	}
	for name, test := range used {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s uses a file that isn't there: %v", test, err)
		}
	}
}

// list returns the files in a folder and the folders in it, by slash-separated path.
func list(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestConfigurations(t *testing.T) {
	for _, file := range []string{
		"kubevidence.yaml", "cluster/conforming.kubevidence.yaml", "cluster/nonconforming.kubevidence.yaml", "deploy/base/kubevidence.yaml",
	} {
		if _, err := audit.ParseConfig(read(t, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestConfigurationIsWhole holds that the documented configuration shows every field, and
// the thresholds with their defaults.
func TestConfigurationIsWhole(t *testing.T) {
	data := read(t, "kubevidence.yaml")
	config, err := audit.ParseConfig(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(audit.DefaultConfig().Thresholds, config.Thresholds); diff != "" {
		t.Errorf("thresholds aren't the defaults (-default +file):\n%s", diff)
	}
	for _, field := range fields() {
		if !bytes.Contains(data, []byte(field+":")) {
			t.Errorf("field %s isn't documented", field)
		}
	}
}

// fields are the names of a configuration's fields: of an empty one with one element in each
// list.
func fields() []string {
	var document yaml.Node
	_ = document.Encode(&audit.Config{
		Scope:        audit.Scope{Exclusions: make([]audit.Exclusion, 1)},
		Waivers:      make([]audit.Waiver, 1),
		Attestations: make([]audit.Attestation, 1),
	})
	return keys(&document)
}

func keys(node *yaml.Node) []string {
	var names []string
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			names = append(names, child.Value)
		}
		names = append(names, keys(child)...)
	}
	return names
}

// TestObjects decodes every object strictly into Kubernetes' and cert-manager's own types:
// a field that the API doesn't know is an error.
func TestObjects(t *testing.T) {
	types := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, cmv1.AddToScheme} {
		if err := add(types); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"cluster", "deploy"} {
		for _, file := range list(t, folder) {
			if !strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, "kubevidence.yaml") || strings.HasSuffix(file, "kustomization.yaml") {
				continue
			}
			for _, document := range documents(t, file) {
				var meta runtime.TypeMeta
				if err := kyaml.Unmarshal(document, &meta); err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				if group := meta.GroupVersionKind().Group; group == "cilium.io" || group == "traefik.io" {
					continue // their modules aren’t imported: what they have is read into small structs
				}
				object, err := types.New(meta.GroupVersionKind())
				if err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				if err := kyaml.UnmarshalStrict(document, object); err != nil {
					t.Errorf("%s: %s: %v", file, meta.Kind, err)
				}
			}
		}
	}
}

// documents returns the YAML documents of a file.
func documents(t *testing.T, file string) [][]byte {
	t.Helper()
	var list [][]byte
	for decoder := yaml.NewDecoder(bytes.NewReader(read(t, file))); ; {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		data, err := yaml.Marshal(&node)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, data)
	}
}

// wrapped is a line break within a quoted YAML text.
var wrapped = regexp.MustCompile(`\\\n *`)

// TestNoPrivateKey holds that no example carries a private key, encoded or not.
func TestNoPrivateKey(t *testing.T) {
	const mark = "PRIVATE KEY"
	marks := []string{mark + "-----"}
	for before := range 3 { // base64 writes it in three ways, by its place in the text
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + mark))
		marks = append(marks, text[2*before:13])
	}
	for _, file := range list(t, ".") {
		data := wrapped.ReplaceAll(read(t, file), nil)
		for _, mark := range marks {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s holds a private key (%s)", file, mark)
			}
		}
	}
}

// TestWaiversHold holds that the example's waivers and attestations hold, that every field of
// theirs is shown, and that its document is the one that was attested.
func TestWaiversHold(t *testing.T) {
	names := &audit.Names{Remainders: controls.Remainders()}
	for i := range checks.All {
		names.Checks = append(names.Checks, checks.All[i].ID)
	}
	var all []byte
	for _, file := range list(t, "waivers") {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		data := read(t, file)
		d, faults := audit.ParseDeclarations(data, audit.DefaultConfig().Terms(names))
		for _, f := range faults {
			t.Errorf("%s: %v", file, f)
		}
		for _, a := range d.Attestations {
			if a.Document == "" {
				continue
			}
			if sum := sha256.Sum256(read(t, "waivers/"+a.Document)); hex.EncodeToString(sum[:]) != a.SHA256 {
				t.Errorf("%s isn't the document of %s: %x", a.Document, a.ID, sum)
			}
		}
		all = append(all, data...)
	}
	var document yaml.Node
	_ = document.Encode(&audit.Declarations{Waivers: make([]audit.Waiver, 1), Attestations: make([]audit.Attestation, 1)})
	for _, field := range keys(&document) {
		if !bytes.Contains(all, []byte(field+":")) {
			t.Errorf("field %s isn't shown", field)
		}
	}
}
