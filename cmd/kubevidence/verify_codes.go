package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/report/bundle"
)

// verifyCodes are the exit codes of what may be wrong with a bundle. They are published:
// docs/evidence.md lists them, and none is ever given another meaning.
var verifyCodes = []struct {
	code  int
	kind  bundle.Kind
	words string
}{
	{10, bundle.Unreadable, "the manifest or the checksums are absent, or can't be read"},
	{11, bundle.Missing, "a file is missing"},
	{12, bundle.Extra, "something is there that doesn't belong to the bundle"},
	{13, bundle.Changed, "a file isn't what was written"},
	{14, bundle.Disagreement, "manifest, checksums and record don't agree"},
	{15, bundle.OtherVersion, "the manifest or the record is of another major version"},
	{16, bundle.BadRecord, "the record can't be read, or doesn't fit its schema"},
	{17, bundle.Unbalanced, "the record's totals don't add up"},
	{18, bundle.Rendering, "rendering the record again gives other bytes"},
	{19, bundle.Unsigned, "there is no signature, and there has to be one"},
	{20, bundle.BadSignature, "the signature can't be read"},
	{21, bundle.OtherKey, "it is signed by another key"},
	{22, bundle.Forged, "the signature doesn't hold for what it is said to sign"},
	{23, bundle.OtherFiles, "the signature is one over other files"},
}

// problemError gives an error the exit code of the problem in it, if there is one.
func problemError(err error) error {
	problem := bundle.Problem{}
	if !errors.As(err, &problem) {
		return err
	}
	return &codeError{codeOf(problem.Kind), err}
}

func codeOf(kind bundle.Kind) int {
	for _, c := range verifyCodes {
		if c.kind == kind {
			return c.code
		}
	}
	return exitNotRun
}

// codesHelp lists the codes for a command's help.
func codesHelp() string {
	var b strings.Builder
	for _, c := range verifyCodes {
		fmt.Fprintf(&b, "  %d  %s\n", c.code, c.words)
	}
	return b.String()
}
