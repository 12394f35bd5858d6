package audit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Declarations are waivers and attestations, in a file of their own or as part of a
// [Config].
type Declarations struct {
	Waivers      []Waiver      `json:"waivers,omitempty" yaml:"waivers"`           // deviations that are accepted
	Attestations []Attestation `json:"attestations,omitempty" yaml:"attestations"` // what no API shows, declared

	lines map[string]int // of IDs, in a file of their own
}

// Line is the line on which the waiver or attestation of an ID begins, 0 where that isn't
// known.
func (d *Declarations) Line(id string) int { return d.lines[id] }

// Terms are what declarations have to keep to.
type Terms struct {
	WaiverMaxDays      int    // from approval to expiry
	AttestationMaxDays int    // from date to validUntil
	Names              *Names // nil where names aren't checked
}

// Names are the IDs that declarations may refer to.
type Names struct {
	Checks     []string            // of the catalogue
	Remainders map[string][]string // control → what a person has to evidence of it, in words
}

// ParseDeclarations reads a file of waivers and attestations and says everything that is
// wrong with it, in the order of its lines.
func ParseDeclarations(data []byte, terms Terms) (*Declarations, []Fault) {
	d := &Declarations{}
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil:
		return d, []Fault{yamlFault(err)}
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return d, []Fault{{Line: second.Line, Words: "a second document; a file of waivers and attestations is one"}}
	}
	faults := misfits(&document, d)
	faulty := map[string]bool{}
	for _, f := range faults {
		faulty[f.Field] = true
		f.node.Kind, f.node.Tag, f.node.Value, f.node.Content = yaml.ScalarNode, "!!null", "", nil
	}
	if err := document.Decode(d); err != nil {
		return d, append(faults, yamlFault(err))
	}
	for _, f := range d.faults(&document, terms) {
		if !faulty[f.Field] {
			faults = append(faults, f)
		}
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return d, faults
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlFault places an error of the decoder.
func yamlFault(err error) Fault {
	words := yamlWords(err)
	match := yamlLine.FindStringSubmatch(words)
	if match == nil {
		return Fault{Words: words}
	}
	line, _ := strconv.Atoi(match[1]) // digits
	return Fault{Line: line, Column: 1, Words: words[len(match[0]):]}
}

// faults are the rules that the declarations break.
func (d *Declarations) faults(document *yaml.Node, terms Terms) []Fault {
	var faults []Fault
	ids := map[string]bool{}
	d.lines = map[string]int{}
	add := func(list string, i int, id string, broken []breach) {
		if ids[id] && id != "" {
			broken = append([]breach{{"id", "stands twice: ids are unique over waivers and attestations"}}, broken...)
		}
		ids[id] = true
		if _, known := d.lines[id]; !known {
			d.lines[id] = misplaced(document, []any{list, i}, "").Line
		}
		for _, b := range broken {
			at := []any{list, i}
			for _, step := range b.path() {
				at = append(at, step)
			}
			faults = append(faults, misplaced(document, at, fmt.Sprintf("%s %q %s", list[:len(list)-1], id, b.words)))
		}
	}
	for i := range d.Waivers {
		add("waivers", i, d.Waivers[i].ID, d.Waivers[i].breaches(terms))
	}
	for i := range d.Attestations {
		add("attestations", i, d.Attestations[i].ID, d.Attestations[i].breaches(terms))
	}
	return faults
}

// Unknown returns an error for the first declaration that refers to an ID which isn't
// there.
func (d *Declarations) Unknown(names *Names) error {
	for i := range d.Waivers {
		if broken := names.ofWaiver(&d.Waivers[i]); len(broken) > 0 {
			return fmt.Errorf("waiver %q %s", d.Waivers[i].ID, broken[0].words)
		}
	}
	for i := range d.Attestations {
		if broken := names.ofAttestation(&d.Attestations[i]); len(broken) > 0 {
			return fmt.Errorf("attestation %q %s", d.Attestations[i].ID, broken[0].words)
		}
	}
	return nil
}
