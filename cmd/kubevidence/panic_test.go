package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
)

// A check that breaks doesn't take the record with it, and its exit code is never hidden.
func TestPanicIsExitFive(t *testing.T) {
	folder := t.TempDir()
	pod := filepath.Join(folder, "pod.yaml")
	if err := os.WriteFile(pod, []byte("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	s := &scan{edition: bothEditions, input: input{std: streams{out: &stdout, err: &stderr}, paths: []string{pod}, at: "2026-11-22"}, output: "json", exitZero: true}
	if err := s.complete(); err != nil {
		t.Fatal(err)
	}
	broken := checks.All[0]
	broken.Run = func(*audit.Facts) []audit.Finding { panic("an impossible Pod") }
	s.selected = []audit.Check{broken, checks.All[1]}
	err := s.run(context.Background())
	coded := (*codeError)(nil)
	if !errors.As(err, &coded) || coded.code != exitPanic {
		t.Errorf("error %v, want exit code %d", err, exitPanic)
	}
	for _, want := range []string{"an impossible Pod", checks.All[1].ID} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the record doesn't hold %q", want)
		}
	}
	if !strings.Contains(stderr.String(), "panic_test.go") {
		t.Errorf("standard error has no stack: %s", &stderr)
	}
}
