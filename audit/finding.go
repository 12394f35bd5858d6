package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A Subject is the object that a finding speaks of.
type Subject struct {
	APIVersion      string `json:"apiVersion,omitempty"`
	Kind            string `json:"kind"`
	Namespace       string `json:"namespace,omitempty"`
	Name            string `json:"name"`
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`
}

// String returns "Kind namespace/name", the way messages name objects.
func (s Subject) String() string {
	if s.Namespace == "" {
		return s.Kind + " " + s.Name
	}
	return s.Kind + " " + s.Namespace + "/" + s.Name
}

// Key identifies the object by names alone: it survives re-creation.
func (s Subject) Key() string { return s.Kind + "/" + s.Namespace + "/" + s.Name }

// InNamespace returns the namespace that the subject lies in, or is; "" for what belongs to
// the whole cluster.
func (s Subject) InNamespace() string {
	if s.Kind == "Namespace" {
		return s.Name
	}
	return s.Namespace
}

// ClusterSubject is the cluster as a whole.
func ClusterSubject() Subject { return Subject{Kind: "Cluster", Name: "cluster"} }

// Evidence is one observed value, where it stands and what it rests on.
type Evidence struct {
	Path  string `json:"path"` // field path in the subject, or "Kind ns/name: field path" in another object
	Value string `json:"value"`
	Level Level  `json:"level"`
}

// PodCount says for how many Pods a workload's finding speaks, and which of them differ.
type PodCount struct {
	Total     int      `json:"total"`
	Differing []string `json:"differing,omitempty"` // names of Pods of which the finding isn't true
}

// A Finding is the outcome of one check for one subject, conformities included.
type Finding struct {
	ID          string     `json:"id"`    // derives from check and subject names
	Check       string     `json:"check"` // ID of the check
	Status      Status     `json:"status"`
	Reason      Reason     `json:"reason,omitempty"` // of NotAssessed
	Cause       string     `json:"cause,omitempty"`  // ID of the finding that explains this one
	Severity    Severity   `json:"severity"`
	Responsible Party      `json:"responsible"`
	Subject     Subject    `json:"subject"`
	Expected    string     `json:"expected"` // what would pass
	Observed    string     `json:"observed"` // what was seen
	Message     string     `json:"message"`  // a sentence for people
	Evidence    []Evidence `json:"evidence,omitempty"`
	Command     string     `json:"command,omitempty"` // kubectl, reproduces the observation
	Before      *Status    `json:"before,omitempty"`  // the status that a waiver or attestation changed
	Waiver      string     `json:"waiver,omitempty"`  // ID of the waiver in force
	Attestation string     `json:"attestation,omitempty"`
	Pods        *PodCount  `json:"pods,omitempty"`

	Attestable bool `json:"-"` // the requirement takes an attestation instead of what failed
}

// FindingID derives the ID of a finding from its check and its subject's names, so that
// comparisons of records survive the re-creation of objects.
func FindingID(check string, s Subject) string {
	sum := sha256.Sum256([]byte(check + "\x00" + s.Key()))
	return check + "-" + hex.EncodeToString(sum[:6])
}

// CompareFindings orders findings by check, subject namespace, kind and name: the order
// of the record.
func CompareFindings(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Subject.Namespace, b.Subject.Namespace),
		strings.Compare(a.Subject.Kind, b.Subject.Kind),
		strings.Compare(a.Subject.Name, b.Subject.Name),
		strings.Compare(a.ID, b.ID),
	)
}

// CompareWorst orders findings worst first: by status, then severity, then as
// [CompareFindings].
func CompareWorst(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(rank(a.Status, a.Reason), rank(b.Status, b.Reason)),
		cmp.Compare(b.Severity, a.Severity),
		CompareFindings(a, b),
	)
}

// Worse returns the worse of two statuses as a roll-up sees them: Fail > NotAssessed >
// Warning > Waived > Attested > Pass > NotApplicable.
func Worse(a, b Status) Status {
	if slices.Index(Statuses, b) < slices.Index(Statuses, a) {
		return b
	}
	return a
}

// RollUp returns the status of a set of findings: its worst, where a NotAssessed finding
// that only lacks an opt-in ranks below Pass. No finding at all is NotApplicable.
func RollUp(findings []Finding) Status {
	worst, at := NotApplicable, rank(NotApplicable, "")
	for i := range findings {
		if r := rank(findings[i].Status, findings[i].Reason); r < at {
			worst, at = findings[i].Status, r
		}
	}
	return worst
}

// rank is a status' place in the roll-up, 0 the worst.
func rank(s Status, r Reason) int {
	if s == NotAssessed && r == NotRequested {
		return 2*slices.Index(Statuses, Pass) + 1
	}
	return 2 * slices.Index(Statuses, s)
}
