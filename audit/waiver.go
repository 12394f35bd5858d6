package audit

import (
	"path"
	"slices"
	"time"
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
	AtApproval   []string       `json:"subjectsAtApproval,omitempty" yaml:"subjectsAtApproval"` // "Kind/namespace/name"; may be left out where the subject has kind, namespace and name, without globs and labels
}

// A WaiverKind says what sort of acceptance a waiver is.
type WaiverKind string

// The kinds of waiver.
const (
	AcceptedRisk  WaiverKind = "acceptedRisk"
	Remediation   WaiverKind = "remediation" // being mended, by ExpiresAt
	FalsePositive WaiverKind = "falsePositive"
)

// glob matches the way path.Match does; an empty pattern matches everything.
func glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// KnewOf reports whether the subject was there when the waiver was approved. A waiver
// that doesn't list its subjects names the one it knew of.
func (w *Waiver) KnewOf(s Subject) bool {
	return len(w.AtApproval) == 0 || slices.Contains(w.AtApproval, s.Key())
}

// Expired reports whether the waiver no longer holds at an instant.
func (w *Waiver) Expired(at time.Time) bool { return !at.Before(w.ExpiresAt.End()) }

// A WaiverState is a waiver and what became of it in this evaluation.
type WaiverState struct {
	Waiver
	State      string   `json:"state"`                   // active, expiring (within 30 days), expired, notYetValid, unused
	Findings   []string `json:"findings,omitempty"`      // IDs of the findings that it waives, or would if it hadn't expired
	ForReview  []string `json:"forReview,omitempty"`     // IDs of matching findings whose subject appeared after approval: not waived
	Unlabelled []string `json:"labelsUnknown,omitempty"` // IDs of findings that it may speak of, but for labels that aren't known: not waived
}
