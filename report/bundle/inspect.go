package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Inspect compares what is there with what the manifest and the checksums list. The
// manifest is nil where it can't be read.
func (b *Found) Inspect() (*Manifest, []Problem) {
	m, err := b.manifest()
	if err != nil {
		return nil, append([]Problem{asProblem(ManifestFile, err)}, b.oddities()...)
	}
	problems := slices.Concat(b.missing(m), b.extra(m), b.oddities(), b.changed(m))
	sums, err := b.sums()
	if err != nil {
		return m, append([]Problem{asProblem(Checksums, err)}, problems...)
	}
	return m, append(problems, b.compareSums(m, sums)...)
}

// asProblem is that a file can't be read, where the error doesn't say otherwise.
func asProblem(name string, err error) Problem {
	if p := (Problem{}); errors.As(err, &p) {
		return p
	}
	return Problem{Unreadable, fmt.Sprintf("%s %v", name, err)}
}

var errAbsent = errors.New("isn't there: this is no bundle, or not a whole one")

var compatible = regexp.MustCompile(`^kubevidence/v1((alpha|beta)\d+)?$`)

// manifest reads the manifest.
func (b *Found) manifest() (*Manifest, error) {
	if _, ok := b.files[ManifestFile]; !ok {
		return nil, errAbsent
	}
	text, err := b.Read(ManifestFile)
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := decode(text, m); err != nil {
		return nil, err
	}
	if m.Kind != ManifestKind || !compatible.MatchString(m.APIVersion) {
		return nil, Problem{OtherVersion, fmt.Sprintf("%s is kind %q of %q; this build reads kind %q of %q and what is compatible with it",
			ManifestFile, m.Kind, m.APIVersion, ManifestKind, ManifestVersion)}
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		if !plain(f.Name) || reserved(f.Name) || seen[f.Name] {
			return nil, fmt.Errorf("lists %q, which isn't a name for a file, or stands there twice", f.Name)
		}
		seen[f.Name] = true
	}
	return m, nil
}

// decode reads one JSON document and nothing after it.
func decode(text []byte, into any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return errors.New("is empty")
	}
	err := json.Unmarshal(text, into)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Offset >= int64(len(text)) {
		return errors.New("breaks off: it isn't complete JSON")
	}
	if err != nil {
		return fmt.Errorf("can't be read: %w", err)
	}
	return nil
}

// missing are the files that are listed and aren't there.
func (b *Found) missing(m *Manifest) []Problem {
	var problems []Problem
	for _, f := range m.Files {
		_, there := b.files[f.Name]
		if _, odd := b.odd[f.Name]; !there && !odd {
			problems = append(problems, Problem{Missing, fmt.Sprintf("%s is missing: %s lists it", f.Name, ManifestFile)})
		}
	}
	return problems
}

// extra are the files that are there and aren't listed.
func (b *Found) extra(m *Manifest) []Problem {
	listed := map[string]bool{}
	for _, f := range m.Files {
		listed[f.Name] = true
	}
	var problems []Problem
	for _, name := range b.Names() {
		if !listed[name] && !reserved(name) {
			problems = append(problems, Problem{Extra, fmt.Sprintf("%q doesn't belong to the bundle: %s doesn't list it", name, ManifestFile)})
		}
	}
	return problems
}

// oddities are what is no regular file.
func (b *Found) oddities() []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(b.odd)) {
		problems = append(problems, Problem{Extra, fmt.Sprintf("%q is %s: a bundle holds regular files and nothing else", name, b.odd[name])})
	}
	return problems
}

// changed are the files that aren't what was written.
func (b *Found) changed(m *Manifest) []Problem {
	var problems []Problem
	for _, written := range m.Files {
		found, there := b.files[written.Name]
		switch {
		case !there || found == written:
		case found.Size < written.Size:
			problems = append(problems, Problem{Changed, fmt.Sprintf("%s is shorter than it was: %d of %d bytes are there", written.Name, found.Size, written.Size)})
		case found.Size > written.Size:
			problems = append(problems, Problem{Changed, fmt.Sprintf("%s has grown: %d bytes were written, %d are there", written.Name, written.Size, found.Size)})
		default:
			problems = append(problems, Problem{Changed, fmt.Sprintf("%s was edited: its SHA-256 is %s, %s lists %s", written.Name, found.SHA256, ManifestFile, written.SHA256)})
		}
	}
	return problems
}

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  ([0-9A-Za-z._-]+)$`)

// sums reads the checksums: file by digest.
func (b *Found) sums() (map[string]string, error) {
	if _, ok := b.files[Checksums]; !ok {
		return nil, errAbsent
	}
	text, err := b.Read(Checksums)
	if err != nil {
		return nil, err
	}
	lines, whole := strings.CutSuffix(string(text), "\n")
	if !whole {
		return nil, errors.New("breaks off: its last line has no end")
	}
	sums := map[string]string{}
	for i, line := range strings.Split(lines, "\n") {
		match := sumLine.FindStringSubmatch(line)
		if match == nil || sums[match[2]] != "" {
			return nil, fmt.Errorf("line %d isn't a digest and a name that stands there once", i+1)
		}
		sums[match[2]] = match[1]
	}
	return sums, nil
}

// compareSums compares the checksums with the manifest, which they cover too.
func (b *Found) compareSums(m *Manifest, sums map[string]string) []Problem {
	var problems []Problem
	listed := map[string]string{ManifestFile: b.files[ManifestFile].SHA256}
	for _, f := range m.Files {
		listed[f.Name] = f.SHA256
	}
	names := maps.Clone(listed)
	maps.Copy(names, sums)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch {
		case listed[name] == sums[name]:
		case name == ManifestFile && sums[name] != "":
			problems = append(problems, Problem{Changed, fmt.Sprintf("%s was edited: its SHA-256 is %s, %s lists %s", name, listed[name], Checksums, sums[name])})
		default:
			problems = append(problems, Problem{Disagreement, fmt.Sprintf("%s and %s don't agree on %s", ManifestFile, Checksums, name)})
		}
	}
	return problems
}
