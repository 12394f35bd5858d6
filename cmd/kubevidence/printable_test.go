package main

import (
	"bytes"
	"errors"
	"testing"
)

// TestErrorsAreHarmless: an error may hold a server's words, or a file's.
func TestErrorsAreHarmless(t *testing.T) {
	var stderr bytes.Buffer
	err := errors.New("list pods: a\x1b[2J\x9b\u009b\u202eb\u2028\x00\r\x7f, 漢字\nsecond\tline")
	if code := exitCode(t.Context(), &stderr, "kubevidence", err); code != exitNotRun {
		t.Errorf("exit code %d", code)
	}
	want := "kubevidence: list pods: a\ufffd[2J\ufffd\ufffd\ufffdb\ufffd\ufffd\ufffd\ufffd, 漢字\nsecond\tline\n"
	if got := stderr.String(); got != want {
		t.Errorf("it prints %q, want %q", got, want)
	}
}
