package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
)

// recordFile is the record's name in a bundle.
const recordFile = "record.json"

// A verification goes through a bundle step by step. A step that can't be taken, because
// one before it failed, says so.
type verification struct {
	found    *bundle.Found
	key      ed25519.PublicKey // nil for none
	required bool              // that there is a signature
	manifest *bundle.Manifest  // nil where it can't be read
	evidence *report.Record    // nil where it can't be read
	signed   *bundle.Signed    // nil for none

	lines    []verifyLine
	problems []bundle.Problem
}

// A verifyLine is the outcome of a step.
type verifyLine struct{ step, words string }

func (v *verification) say(step, format string, args ...any) {
	v.lines = append(v.lines, verifyLine{step, fmt.Sprintf(format, args...)})
}

// wrong notes what is wrong and closes a step with it.
func (v *verification) wrong(step string, problems ...bundle.Problem) {
	v.problems = append(v.problems, problems...)
	v.say(step, "WRONG: %d, see below", len(problems))
}

// files holds the files against the manifest and the checksums.
func (v *verification) files(context.Context) error {
	var problems []bundle.Problem
	if v.manifest, problems = v.found.Inspect(); len(problems) > 0 {
		v.wrong("Files", problems...)
		return nil
	}
	v.say("Files", "%d, as %s and %s list them", len(v.manifest.Files), bundle.ManifestFile, bundle.Checksums)
	return nil
}

// record reads the record and holds it against its schema and the manifest.
func (v *verification) record(context.Context) error {
	entry, there := v.found.Entry(recordFile)
	if !there {
		v.wrong("Record", bundle.Problem{Kind: bundle.BadRecord, Words: recordFile + " isn't there: without the record nothing that the reports say can be checked"})
		return nil
	}
	text, err := v.found.Read(recordFile)
	if err != nil {
		return err
	}
	record, unknown, err := report.ReadNoting(bytes.NewReader(text))
	if err != nil {
		kind := bundle.BadRecord
		if other := (*report.VersionError)(nil); errors.As(err, &other) {
			kind = bundle.OtherVersion
		}
		v.wrong("Record", bundle.Problem{Kind: kind, Words: fmt.Sprintf("%s: %v", recordFile, err)})
		return nil
	}
	v.evidence = record
	problems, err := v.misfits(text)
	if err != nil {
		return err
	}
	if problems = append(problems, v.disagreements(entry)...); len(problems) > 0 {
		v.wrong("Record", problems...)
		return nil
	}
	fits := ""
	if len(unknown) > 0 {
		fits = fmt.Sprintf(", but for %s, which nothing here looks at", unknown)
	}
	v.say("Record", "%s of %s fits the schema%s", record.Metadata.UID, record.APIVersion, fits)
	return nil
}

// mostMisfits is how many places are named where a record doesn't fit its schema.
const mostMisfits = 10

// misfits holds the record against the schema. What another build's record lacks is no
// fault of it.
func (v *verification) misfits(text []byte) ([]bundle.Problem, error) {
	misfits, err := report.Misfits(text)
	if err != nil {
		return nil, err
	}
	var problems []bundle.Problem
	for _, m := range misfits {
		if m.Absent && v.otherBuild() != "" {
			continue
		}
		if len(problems) == mostMisfits {
			break
		}
		problems = append(problems, bundle.Problem{Kind: bundle.BadRecord, Words: fmt.Sprintf("%s doesn't fit its schema at %q: %s", recordFile, m.Path, m.Words)})
	}
	return problems, nil
}

// disagreements are between the record and the manifest, and within the record.
func (v *verification) disagreements(found bundle.Entry) []bundle.Problem {
	var problems []bundle.Problem
	say := func(format string, args ...any) {
		problems = append(problems, bundle.Problem{Kind: bundle.Disagreement, Words: fmt.Sprintf(format, args...)})
	}
	r := v.evidence
	if m := v.manifest; m != nil {
		if m.Record.UID != r.Metadata.UID {
			say("%s is of record %q, %s is record %q", bundle.ManifestFile, m.Record.UID, recordFile, r.Metadata.UID)
		}
		if v.asWritten(recordFile) && m.Record.SHA256 != found.SHA256 {
			say("%s says of the record that its SHA-256 is %q, and lists %s with %s", bundle.ManifestFile, m.Record.SHA256, recordFile, found.SHA256)
		}
		if m.Tool != (bundle.Tool{Name: r.Tool.Name, Version: r.Tool.Version, Commit: r.Tool.Commit}) {
			say("%s says that %s %s wrote it, %s that %s %s did", bundle.ManifestFile, m.Tool.Name, m.Tool.Version, recordFile, r.Tool.Name, r.Tool.Version)
		}
	}
	for i := range r.Attestations {
		a := &r.Attestations[i]
		name := report.AttachmentName(a)
		if name == "" {
			continue
		}
		switch found, there := v.found.Entry(name); {
		case !there:
			say("%s says that the document of attestation %q is %s, which isn't in the bundle", recordFile, a.ID, name)
		case found.SHA256 != a.SHA256:
			say("%s isn't the document of attestation %q: its SHA-256 is %s, %s says %q", name, a.ID, found.SHA256, recordFile, a.SHA256)
		}
	}
	if uid, err := report.UID(r); v.otherBuild() == "" && v.asWritten(recordFile) && (err != nil || uid != r.Metadata.UID) {
		say("%s was edited: its uid %q doesn't follow from its content, which gives %q", recordFile, r.Metadata.UID, uid)
	}
	return problems
}

// asWritten reports whether a file is the one that the manifest lists.
func (v *verification) asWritten(name string) bool {
	entry, there := v.found.Entry(name)
	if !there || v.manifest == nil {
		return false
	}
	for _, f := range v.manifest.Files {
		if f == entry {
			return true
		}
	}
	return false
}

// totals counts the record anew.
func (v *verification) totals(context.Context) error {
	if v.evidence == nil {
		v.say("Totals", "not checked: the record can't be read")
		return nil
	}
	var problems []bundle.Problem
	for _, words := range report.Reconcile(v.evidence) {
		problems = append(problems, bundle.Problem{Kind: bundle.Unbalanced, Words: recordFile + ": " + words})
	}
	if len(problems) > 0 {
		v.wrong("Totals", problems...)
		return nil
	}
	v.say("Totals", "%d rows of the ledger and %d findings add up", len(v.evidence.Collection.Queries), len(v.evidence.Findings))
	return nil
}

// otherBuild says what wrote the record, where that isn't this build; "" where it is. A
// build without a commit, or of a changed work tree, is known by its binary alone; another
// Go release compresses otherwise.
func (v *verification) otherBuild() string {
	wrote, here := v.evidence.Tool, tool()
	if wrote.SHA256 == here.SHA256 && wrote.SHA256 != "" && wrote.Version == here.Version && wrote.Commit == here.Commit {
		return ""
	}
	dirty := strings.Contains(here.Version, "dirty")
	if wrote.Version == here.Version && wrote.Commit == here.Commit && here.Commit != "" && wrote.Go == here.Go && !dirty {
		return ""
	}
	return buildWords(wrote)
}

// renderings renders the record again and compares.
func (v *verification) renderings(ctx context.Context) error {
	switch {
	case v.evidence == nil:
		v.say("Renderings", "not compared: the record can't be read")
		return nil
	case v.manifest == nil:
		v.say("Renderings", "not compared: the manifest, which says what was written, isn't there or can't be read")
		return nil
	case !v.asWritten(recordFile):
		v.say("Renderings", "not compared: the record isn't what was written")
		return nil
	case v.otherBuild() != "":
		v.say("Renderings", "not compared: rendered by %s; this is %s", v.otherBuild(), buildWords(tool()))
		return nil
	}
	var same []string
	var problems []bundle.Problem
	for _, file := range forms(ctx, v.evidence, formatNames()) {
		entry, _ := v.found.Entry(file.Name)
		if !v.asWritten(file.Name) {
			continue // it isn't part of the bundle, or was found to be changed
		}
		digest := sha256.New()
		if err := file.Write(digest); err != nil {
			return fmt.Errorf("render %s again: %w", file.Name, err)
		}
		if hex.EncodeToString(digest.Sum(nil)) == entry.SHA256 {
			same = append(same, file.Name)
			continue
		}
		problems = append(problems, bundle.Problem{Kind: bundle.Rendering, Words: fmt.Sprintf("%s isn't a rendering of the record: rendering it again gives other bytes", file.Name)})
	}
	if len(problems) > 0 {
		v.wrong("Renderings", problems...)
		return nil
	}
	v.say("Renderings", "rendered again with the same bytes: %s", strings.Join(same, ", "))
	return nil
}

// buildWords names a build so that two can be told apart.
func buildWords(t report.Tool) string {
	return fmt.Sprintf("%s %s (commit %s, %s, binary sha256:%.12s)", t.Name, t.Version, orUnknown(t.Commit), t.Go, orUnknown(t.SHA256))
}
