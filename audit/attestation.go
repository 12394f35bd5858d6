package audit

import (
	"slices"
	"time"
)

// An Attestation is what a person declares where the API shows nothing, such as an
// infrastructure audit.
type Attestation struct {
	ID           string         `json:"id" yaml:"id"`
	Control      string         `json:"control,omitempty" yaml:"control"`
	Checks       []string       `json:"checks,omitempty" yaml:"checks"`
	Subject      SubjectPattern `json:"subject" yaml:"subject"` // the scope; empty for all subjects of the checks
	Statement    string         `json:"statement" yaml:"statement"`
	By           string         `json:"by" yaml:"by"`
	Role         string         `json:"role" yaml:"role"`
	Organization string         `json:"organization" yaml:"organization"`
	Covers       string         `json:"covers" yaml:"covers"`                 // cluster or provider
	Clusters     []string       `json:"clusters,omitempty" yaml:"clusters"`   // globs of names of clusters, or UIDs of kube-system; empty for each that reads it
	Evidences    string         `json:"evidences,omitempty" yaml:"evidences"` // words of the entry that it fills in its control's list of what a person evidences
	Date         Date           `json:"date" yaml:"date"`
	ValidUntil   Date           `json:"validUntil" yaml:"validUntil"` // the last day it holds
	Reference    string         `json:"reference,omitempty" yaml:"reference"`
	SHA256       string         `json:"sha256,omitempty" yaml:"sha256"`     // hex, of the document
	Document     string         `json:"document,omitempty" yaml:"document"` // its path, from the file that attests; it goes into the bundle
}

// Reaches reports whether the attestation speaks of a cluster that goes by these names.
func (a *Attestation) Reaches(names ...string) bool {
	if len(a.Clusters) == 0 {
		return true
	}
	for _, name := range names {
		if slices.ContainsFunc(a.Clusters, func(pattern string) bool { return pattern != "" && glob(pattern, name) }) {
			return true
		}
	}
	return false
}

// Valid reports whether the attestation holds at an instant.
func (a *Attestation) Valid(at time.Time) bool {
	return !at.Before(a.Date.Time) && at.Before(a.ValidUntil.End())
}

// An AttestationState is an attestation and what became of it in this evaluation.
type AttestationState struct {
	Attestation
	State      string   `json:"state"` // active, expiring, expired, notYetValid, unused, otherCluster
	Findings   []string `json:"findings,omitempty"`
	Unlabelled []string `json:"labelsUnknown,omitempty"` // IDs of findings that it may speak of, but for labels that aren't known: not attested
}

// Holds reports whether the attestation counts: not where it is expired, not valid yet, or
// of another cluster.
func (a *AttestationState) Holds() bool {
	return a.State == "active" || a.State == "expiring" || a.State == "unused"
}

// AttestationOf returns an attestation of this cluster that speaks for a finding, one that
// is valid before one that isn't; nil where there is none.
func (f *Facts) AttestationOf(found *Finding) *Attestation {
	var stale *Attestation
	names, known := f.ClusterNames(), f.labelsOf()
	for i := range f.Config.Attestations {
		a := &f.Config.Attestations[i]
		if !slices.Contains(a.Checks, found.Check) || !a.Reaches(names...) {
			continue
		}
		if covered, _ := newMatcher(a.Subject, known).covers(found.Subject); !covered {
			continue
		}
		if a.Valid(f.At) {
			return a
		}
		stale = a
	}
	return stale
}
