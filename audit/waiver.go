package audit

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/labels"
)

// A Waiver accepts deviations that it names, by people who are named (asserted, not
// authenticated), for a limited time.
type Waiver struct {
	ID           string         `json:"id" yaml:"id"`
	Kind         WaiverKind     `json:"kind" yaml:"kind"`
	Check        string         `json:"check" yaml:"check"`
	Subject      SubjectPattern `json:"subject" yaml:"subject"`
	Reason       string         `json:"reason" yaml:"reason"`
	Owner        string         `json:"owner" yaml:"owner"`
	Approver     string         `json:"approver" yaml:"approver"` // never the owner
	ApprovedAt   Date           `json:"approvedAt" yaml:"approvedAt"`
	ExpiresAt    Date           `json:"expiresAt" yaml:"expiresAt"` // the last day it holds
	RiskRef      string         `json:"riskRef,omitempty" yaml:"riskRef"`
	Compensating []string       `json:"compensatingControls,omitempty" yaml:"compensatingControls"`
	AtApproval   []string       `json:"subjectsAtApproval,omitempty" yaml:"subjectsAtApproval"` // "Kind/namespace/name"
}

// A WaiverKind says what sort of acceptance a waiver is.
type WaiverKind string

// The kinds of waiver.
const (
	AcceptedRisk  WaiverKind = "acceptedRisk"
	Remediation   WaiverKind = "remediation" // being mended, by ExpiresAt
	FalsePositive WaiverKind = "falsePositive"
)

// A SubjectPattern matches subjects by glob, and by their labels; an empty field matches
// everything.
type SubjectPattern struct {
	Kind      string `json:"kind,omitempty" yaml:"kind"`
	Namespace string `json:"namespace,omitempty" yaml:"namespace"`
	Name      string `json:"name,omitempty" yaml:"name"`
	Labels    string `json:"labels,omitempty" yaml:"labels"` // selector: "team=shop,tier in (web, api)"; no subject matches whose labels aren't known
}

// Matches reports whether the pattern covers a subject with labels, nil where they aren't
// known.
func (p SubjectPattern) Matches(s Subject, own map[string]string) bool {
	return glob(p.Kind, s.Kind) && glob(p.Namespace, s.Namespace) && glob(p.Name, s.Name) && p.selects(own)
}

func (p SubjectPattern) selects(own map[string]string) bool {
	if p.Labels == "" {
		return true
	}
	selector, err := labels.Parse(p.Labels)
	return err == nil && own != nil && selector.Matches(labels.Set(own))
}

// glob matches the way path.Match does; an empty pattern matches everything.
func glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// Covers reports whether the waiver speaks of a finding whose subject has labels, whatever
// the time.
func (w *Waiver) Covers(f *Finding, own map[string]string) bool {
	return w.Check == f.Check && w.Subject.Matches(f.Subject, own)
}

// KnewOf reports whether the subject was there when the waiver was approved. A waiver
// that doesn't list its subjects knew of all.
func (w *Waiver) KnewOf(s Subject) bool {
	return len(w.AtApproval) == 0 || slices.Contains(w.AtApproval, s.Key())
}

// Expired reports whether the waiver no longer holds at an instant.
func (w *Waiver) Expired(at time.Time) bool { return !at.Before(w.ExpiresAt.End()) }

// A WaiverState is a waiver and what became of it in this evaluation.
type WaiverState struct {
	Waiver
	State     string   `json:"state"`               // active, expiring (within 30 days), expired, unused
	Findings  []string `json:"findings,omitempty"`  // IDs of the findings that it waives, or would if it hadn't expired
	ForReview []string `json:"forReview,omitempty"` // IDs of matching findings whose subject appeared after approval: not waived
}

// A Date is a calendar day, UTC, "2006-01-02" in YAML and JSON.
type Date struct{ time.Time }

// End returns the first instant after the day.
func (d Date) End() time.Time { return d.AddDate(0, 0, 1) }

// MarshalText writes the day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.Format(time.DateOnly)), nil }

// MarshalJSON writes the day; without it that of the embedded time would be promoted.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

// UnmarshalJSON reads the day.
func (d *Date) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	return d.UnmarshalText([]byte(text))
}

// UnmarshalText reads the day.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	d.Time = t
	return err
}

// UnmarshalYAML reads the day; what isn't one is an error with line and column.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	if err := d.UnmarshalText([]byte(node.Value)); err != nil {
		return fmt.Errorf("line %d, column %d: %q is no day like 2026-11-22", node.Line, node.Column, node.Value)
	}
	return nil
}

// An Attestation is what a person declares where the API shows nothing, such as an
// infrastructure audit.
type Attestation struct {
	ID           string         `json:"id" yaml:"id"`
	Control      string         `json:"control,omitempty" yaml:"control"`
	Checks       []string       `json:"checks" yaml:"checks"`
	Subject      SubjectPattern `json:"subject" yaml:"subject"` // the scope; empty for all subjects of the checks
	Statement    string         `json:"statement" yaml:"statement"`
	By           string         `json:"by" yaml:"by"`
	Role         string         `json:"role" yaml:"role"`
	Organization string         `json:"organization" yaml:"organization"`
	Covers       string         `json:"covers" yaml:"covers"`                 // cluster or provider
	Clusters     []string       `json:"clusters,omitempty" yaml:"clusters"`   // globs of names of clusters; empty for each that reads it
	Evidences    string         `json:"evidences,omitempty" yaml:"evidences"` // words of the entry that it fills in its control's list of what a person evidences
	Date         Date           `json:"date" yaml:"date"`
	ValidUntil   Date           `json:"validUntil" yaml:"validUntil"` // the last day it holds
	Reference    string         `json:"reference,omitempty" yaml:"reference"`
	SHA256       string         `json:"sha256,omitempty" yaml:"sha256"`     // hex, of the document
	Document     string         `json:"document,omitempty" yaml:"document"` // its path, from the file that attests; it goes into the bundle
}

// Speaks reports whether the attestation names the finding's check and covers its
// subject, whatever the time.
func (a *Attestation) Speaks(f *Finding, own map[string]string) bool {
	return slices.Contains(a.Checks, f.Check) && a.Subject.Matches(f.Subject, own)
}

// Reaches reports whether the attestation speaks of a cluster.
func (a *Attestation) Reaches(cluster string) bool {
	return len(a.Clusters) == 0 || slices.ContainsFunc(a.Clusters, func(name string) bool { return glob(name, cluster) })
}

// Valid reports whether the attestation holds at an instant.
func (a *Attestation) Valid(at time.Time) bool {
	return !at.Before(a.Date.Time) && at.Before(a.ValidUntil.End())
}

// An AttestationState is an attestation and what became of it in this evaluation.
type AttestationState struct {
	Attestation
	State    string   `json:"state"` // active, expiring, expired, notYetValid, unused, otherCluster
	Findings []string `json:"findings,omitempty"`
}
