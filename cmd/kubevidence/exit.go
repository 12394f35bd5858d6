package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// The exit codes, the same whatever the output format.
const (
	exitOK          = 0   // of what was asked: no deviations, and all of it assessed
	exitNotRun      = 1   // it could not run
	exitUsage       = 2   // flags, arguments or configuration
	exitDeviations  = 3   // at least one Fail that isn't waived
	exitIncomplete  = 4   // nothing failed, but something was not assessed
	exitPanic       = 5   // a check broke: the record is written, the code is never hidden
	exitInterrupted = 130 // Ctrl-C
)

// A codeError is an error that ends the process with a code of its own.
type codeError struct {
	code int
	err  error // nil where the output has said everything
}

func (e *codeError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

// usageError is an error of the caller's: exit 2.
func usageError(format string, args ...any) error {
	return &codeError{exitUsage, fmt.Errorf(format, args...)}
}

// outcome is an exit code without words.
func outcome(code int) error {
	if code == exitOK {
		return nil
	}
	return &codeError{code: code}
}

// exitCode prints what an error has to say and returns the code that it ends with.
func exitCode(ctx context.Context, stderr io.Writer, program string, err error) int {
	if err == nil {
		return exitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "%s: interrupted; nothing was written\n", program)
		return exitInterrupted
	}
	code := exitNotRun
	if coded := (*codeError)(nil); errors.As(err, &coded) {
		code = coded.code
		if coded.err == nil {
			return code
		}
	}
	fmt.Fprintf(stderr, "%s: %s\n", program, printableLines(err.Error()))
	if code == exitUsage {
		fmt.Fprintf(stderr, "Run '%s --help' for usage.\n", program)
	}
	return code
}
