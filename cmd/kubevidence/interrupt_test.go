package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// An interrupt in the middle of a read ends the run at once and leaves nothing behind.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done() // until the client goes away
	}))
	defer server.Close()
	folder := t.TempDir()
	config := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(config, []byte(kubeconfig(server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "out")
	scan := exec.CommandContext(t.Context(), "kubevidence", "scan", "--kubeconfig", config, "--output-dir", out)
	var stderr bytes.Buffer
	scan.Stderr = &stderr
	if err := scan.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := scan.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = scan.Wait()
	if code := scan.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d; stderr: %s", code, exitInterrupted, &stderr)
	}
	if !strings.Contains(stderr.String(), "interrupted; nothing was written") {
		t.Errorf("stderr doesn't say so: %s", &stderr)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s was left behind (%v)", out, err)
	}
}

// A run that takes longer than --timeout could not run: exit 1.
func TestTimeout(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	config := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(config, []byte(kubeconfig(server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "kubevidence", "scan", "--kubeconfig", config, "--timeout", "50ms").CombinedOutput()
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != exitNotRun || !strings.Contains(string(out), "longer than --timeout") {
		t.Errorf("%v: %s", err, out)
	}
}
