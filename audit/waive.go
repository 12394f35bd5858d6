package audit

import (
	"slices"
	"time"
)

// expiringWithin is how long before its end a waiver or attestation is listed as expiring.
const expiringWithin = 30 * 24 * time.Hour

// Waive applies waivers and attestations to findings and reports what
// became of each. A waiver turns Fail or Warning into Waived; an attestation turns
// NotAssessed into Attested. Both keep the finding's message and what it was before. A
// conflicting observation stays Fail, whatever is attested, unless the requirement itself
// takes an attestation instead.
func (f *Facts) Waive(findings []Finding, waivers []Waiver, attestations []Attestation) ([]WaiverState, []AttestationState) {
	d := declared{findings: findings, at: f.At, cluster: f.ClusterNames(), labels: f.labelsOf()}
	ws := make([]WaiverState, len(waivers))
	for i := range waivers {
		ws[i] = d.waive(&waivers[i])
	}
	as := make([]AttestationState, len(attestations))
	for i := range attestations {
		as[i] = d.attest(&attestations[i])
	}
	return ws, as
}

// A declared is what waivers and attestations are held against.
type declared struct {
	findings []Finding
	at       time.Time
	cluster  []string                        // what it goes by
	labels   func(Subject) map[string]string // nil where they aren't known
}

func (d *declared) waive(w *Waiver) WaiverState {
	findings, at := d.findings, d.at
	subjects := newMatcher(w.Subject, d.labels)
	state := WaiverState{Waiver: *w}
	expired := w.Expired(at) || at.Before(w.ApprovedAt.Time)
	for i := range findings {
		f := &findings[i]
		if f.Check != w.Check || f.Status != Fail && f.Status != Warning {
			continue
		}
		covered, unknown := subjects.covers(f.Subject)
		if unknown {
			state.Unlabelled = append(state.Unlabelled, f.ID)
		}
		if !covered {
			continue
		}
		if !w.KnewOf(f.Subject) {
			state.ForReview = append(state.ForReview, f.ID)
			continue
		}
		state.Findings = append(state.Findings, f.ID)
		if !expired {
			before := f.Status
			f.Before, f.Status, f.Waiver = &before, Waived, w.ID
		}
	}
	state.State = standing(at, w.ApprovedAt, w.ExpiresAt, len(state.Findings))
	return state
}

func (d *declared) attest(a *Attestation) AttestationState {
	findings, at := d.findings, d.at
	subjects := newMatcher(a.Subject, d.labels)
	state := AttestationState{Attestation: *a}
	if !a.Reaches(d.cluster...) {
		state.State = "otherCluster"
		return state
	}
	for i := range findings {
		f := &findings[i]
		if f.Status != NotAssessed && (f.Status != Fail || !f.Attestable) || !slices.Contains(a.Checks, f.Check) {
			continue
		}
		covered, unknown := subjects.covers(f.Subject)
		if unknown {
			state.Unlabelled = append(state.Unlabelled, f.ID)
		}
		if !covered {
			continue
		}
		state.Findings = append(state.Findings, f.ID)
		if a.Valid(at) {
			before := f.Status
			f.Before, f.Status, f.Attestation = &before, Attested, a.ID
			f.Evidence = append(f.Evidence, Evidence{Path: "attestation " + a.ID, Value: a.Statement, Level: Declared})
		}
	}
	used := len(state.Findings)
	if a.Control != "" {
		used++ // it stands in its control's list
	}
	state.State = standing(at, a.Date, a.ValidUntil, used)
	return state
}

// standing words how a declaration stands at an instant.
func standing(at time.Time, from, last Date, matched int) string {
	switch {
	case !at.Before(last.End()):
		return "expired"
	case at.Before(from.Time):
		return "notYetValid"
	case matched == 0:
		return "unused"
	case at.After(last.End().Add(-expiringWithin)):
		return "expiring"
	}
	return "active"
}
