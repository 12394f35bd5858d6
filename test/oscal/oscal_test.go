// Package oscal holds the OSCAL form of records against NIST's own schema, which a module
// carries that the product doesn't need.
package oscal

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/defenseunicorns/go-oscal/src/pkg/validation"
)

// TestAssessmentResults holds that what the command line writes of both examples is valid
// OSCAL of the version that it says.
func TestAssessmentResults(t *testing.T) {
	program := filepath.Join(t.TempDir(), "kubevidence")
	build := exec.Command("go", "build", "-o", program, "./cmd/kubevidence")
	build.Dir = "../.."
	if words, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, words)
	}
	for _, example := range []string{"conforming", "nonconforming"} {
		t.Run(example, func(t *testing.T) {
			folder := t.TempDir()
			cluster := filepath.Join("..", "..", "examples", "cluster", example)
			scan := exec.Command(program, "scan", "--input", cluster, "--config", cluster+".kubevidence.yaml", "--at", "2026-11-22T12:00:00Z",
				"--output-dir", folder, "--format", "oscal", "--exit-zero")
			if words, err := scan.CombinedOutput(); err != nil {
				t.Fatalf("scan: %v\n%s", err, words)
			}
			files, err := filepath.Glob(filepath.Join(folder, "*", "*", "oscal.json"))
			if err != nil || len(files) != 1 {
				t.Fatalf("oscal.json: %v, %v", files, err)
			}
			valid(t, files[0])
		})
	}
}

func valid(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	validator, err := validation.NewValidator(text)
	if err != nil {
		t.Fatal(err)
	}
	if model, version := validator.GetModelType(), validator.GetSchemaVersion(); model != "assessment-results" || version != "1.1.3" {
		t.Errorf("it is read as %s of OSCAL %s", model, version)
	}
	if err := validator.Validate(); err != nil {
		t.Errorf("%v", err)
	}
	// The schema says something: without its identifier the document is refused.
	broken, err := validation.NewValidator(bytes.Replace(text, []byte(`"uuid"`), []byte(`"name"`), 1))
	if err == nil && broken.Validate() == nil {
		t.Error("a document without a uuid is valid, too: nothing was validated")
	}
}
