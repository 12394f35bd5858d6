package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Declarations are what people declare: waivers and attestations.
type Declarations struct {
	Waivers      []Waiver      `json:"waivers,omitempty" yaml:"waivers"`
	Attestations []Attestation `json:"attestations,omitempty" yaml:"attestations"`
}

// ParseDeclarations reads a file of waivers and attestations in YAML. Unknown fields, wrong
// types and declarations that don't hold are errors that name line and column. Taken says
// where the IDs stand that are in use; those of this file, which is called name, are added.
func ParseDeclarations(data []byte, name string, t *Thresholds, taken map[string]string) (*Declarations, error) {
	var document yaml.Node
	switch err := yaml.Unmarshal(data, &document); {
	case err != nil:
		return nil, errors.New(yamlWords(err))
	case document.IsZero():
		return nil, errors.New("it is empty: it holds waivers, attestations or both")
	}
	d := new(Declarations)
	if err := misfit(&document, d); err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(d); err != nil {
		return nil, errors.New(yamlWords(err))
	}
	var extra yaml.Node
	if err := decoder.Decode(&extra); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: a second document; a file of declarations is one", extra.Line)
	}
	if err := d.validate(&document, t, taken); err != nil {
		return nil, err
	}
	for _, id := range d.ids() {
		taken[id] = name
	}
	return d, nil
}

// TakenIDs are the IDs that a configuration's declarations have.
func (c *Config) TakenIDs() map[string]string {
	taken := map[string]string{}
	for _, id := range (&Declarations{c.Waivers, c.Attestations}).ids() {
		taken[id] = "the configuration"
	}
	return taken
}

func (d *Declarations) ids() []string {
	var ids []string
	for i := range d.Waivers {
		ids = append(ids, d.Waivers[i].ID)
	}
	for i := range d.Attestations {
		ids = append(ids, d.Attestations[i].ID)
	}
	return ids
}

// validate reports the first declaration that doesn't hold, with its place.
func (d *Declarations) validate(document *yaml.Node, t *Thresholds, taken map[string]string) error {
	seen := map[string]bool{}
	twice := func(id string) string {
		switch where := taken[id]; {
		case seen[id]:
			return fmt.Sprintf("%q stands twice: ids are unique over waivers and attestations", id)
		case where != "":
			return fmt.Sprintf("%q stands in %s, too: ids are unique over waivers and attestations", id, where)
		}
		seen[id] = true
		return ""
	}
	for i := range d.Waivers {
		if words := first(d.Waivers[i].invalid(t.WaiverMaxDays), twice(d.Waivers[i].ID)); words != "" {
			return misplaced(document, []any{"waivers", i}, words)
		}
	}
	for i := range d.Attestations {
		if words := first(d.Attestations[i].invalid(t.AttestationMaxDays), twice(d.Attestations[i].ID)); words != "" {
			return misplaced(document, []any{"attestations", i}, words)
		}
	}
	return nil
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// invalid says what a waiver lacks, "" for nothing.
func (w *Waiver) invalid(maxDays int) string {
	name := fmt.Sprintf("waiver %q ", w.ID)
	switch {
	case w.ID == "":
		return "a waiver needs an id"
	case w.Kind != AcceptedRisk && w.Kind != Remediation && w.Kind != FalsePositive:
		return name + "needs a kind: acceptedRisk, remediation or falsePositive"
	case !checkID.MatchString(w.Check):
		return name + "needs a check, such as NET-01"
	case w.Subject.invalid():
		return name + "has a malformed subject pattern"
	case strings.TrimSpace(w.Reason) == "":
		return name + "needs a reason"
	case w.Owner == "" || w.Approver == "":
		return name + "needs an owner and an approver"
	case strings.EqualFold(w.Owner, w.Approver):
		return name + "is approved by its owner: another person has to"
	case w.ApprovedAt.IsZero():
		return name + "needs approvedAt, such as 2026-11-22"
	case w.ExpiresAt.IsZero():
		return name + "needs expiresAt: a waiver without an end is none"
	case !within(w.ApprovedAt, w.ExpiresAt, maxDays):
		return fmt.Sprintf("%shas to expire within %d days after approvedAt", name, maxDays)
	}
	return ""
}

// invalid says what an attestation lacks, "" for nothing.
func (a *Attestation) invalid(maxDays int) string {
	name := fmt.Sprintf("attestation %q ", a.ID)
	switch {
	case a.ID == "":
		return "an attestation needs an id"
	case len(a.Checks) == 0 && a.Control == "":
		return name + "needs checks, a control, or both: what it speaks for"
	case a.Evidences != "" && a.Control == "":
		return name + "needs a control: evidences names an entry of a control's list"
	case a.Document != "" && !sha256Text.MatchString(a.SHA256):
		return name + "needs the sha256 of its document, 64 hexadecimal digits"
	case a.SHA256 != "" && !sha256Text.MatchString(a.SHA256):
		return name + "has a sha256 that isn't 64 hexadecimal digits"
	case a.Subject.invalid():
		return name + "has a malformed subject pattern"
	case strings.TrimSpace(a.Statement) == "":
		return name + "needs a statement"
	case a.By == "" || a.Role == "":
		return name + "needs by and role: who declares it"
	case a.Date.IsZero() || a.ValidUntil.IsZero():
		return name + "needs date and validUntil"
	case !within(a.Date, a.ValidUntil, maxDays):
		return fmt.Sprintf("%shas to end within %d days after its date", name, maxDays)
	}
	for _, glob := range a.Clusters {
		if pattern(glob) != nil {
			return fmt.Sprintf("%snames the cluster %q, which is no glob", name, glob)
		}
	}
	for _, id := range a.Checks {
		if !checkID.MatchString(id) {
			return fmt.Sprintf("%snames %q, which is no check ID", name, id)
		}
	}
	return ""
}
