package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// Version and Kind identify the document that [WriteJSON] writes.
const (
	Version = "kubevidence/v1alpha1"
	Kind    = "EvidenceComparison"
)

// A Change is what became of a finding.
type Change string

// The changes. Each finding that deviates, is waived, or is no longer assessed has one.
const (
	New              Change = "new"              // it deviates, and didn't, or nobody had looked
	Reopened         Change = "reopened"         // it deviates again: its waiver or attestation ended, or no longer matches
	NoLongerAssessed Change = "noLongerAssessed" // it was decided, and isn't any more
	Persisting       Change = "persisting"       // it deviated, or was waived, and still is
	NewlyWaived      Change = "newlyWaived"
	Resolved         Change = "resolved" // it passes, doesn’t apply, or is no subject any more while the population was read
)

// Changes are all of them, those that ask for attention first.
var Changes = []Change{New, Reopened, NoLongerAssessed, Persisting, NewlyWaived, Resolved}

// A Comparison is what changed from an older record to a newer one.
type Comparison struct {
	APIVersion  string          `json:"apiVersion"` // Version
	Kind        string          `json:"kind"`       // "EvidenceComparison"
	Older       Evaluation      `json:"older"`
	Newer       Evaluation      `json:"newer"`
	PassedOver  []Hindrance     `json:"passedOver"` // differences that were passed over on request
	Counts      Tally           `json:"counts"`
	ByControl   []ControlChange `json:"byControl"`
	Entries     []Entry         `json:"entries"`     // by change, then the worst first
	Limitations []string        `json:"limitations"` // sentences
}

// A Tally counts entries by change.
type Tally struct {
	New              int `json:"new"`
	Reopened         int `json:"reopened"`
	NoLongerAssessed int `json:"noLongerAssessed"`
	Persisting       int `json:"persisting"`
	NewlyWaived      int `json:"newlyWaived"`
	Resolved         int `json:"resolved"`
}

// A ControlChange is what changed for one control.
type ControlChange struct {
	Control string        `json:"control"`
	Edition string        `json:"edition"`
	Title   string        `json:"title"`
	Before  *audit.Status `json:"before,omitempty"` // absent where the record doesn't have it
	After   *audit.Status `json:"after,omitempty"`
	Counts  Tally         `json:"counts"`
}

// An Entry is one finding that changed, or that still deviates.
type Entry struct {
	Change      Change         `json:"change"`
	Finding     string         `json:"finding"` // ID
	Check       string         `json:"check"`
	Title       string         `json:"title"`
	Subject     audit.Subject  `json:"subject"`
	Severity    audit.Severity `json:"severity"`
	Responsible audit.Party    `json:"responsible"`
	Before      *audit.Status  `json:"before,omitempty"` // absent where there was no finding
	After       *audit.Status  `json:"after,omitempty"`
	Message     string         `json:"message"` // of the newer record, else of the older one
	Why         string         `json:"why"`     // what the change rests on
}

// Of compares two records. PassedOver are the differences that it was told to pass over.
func Of(older, newer *Side, passedOver []Hindrance) *Comparison {
	c := &Comparison{
		APIVersion: Version, Kind: Kind, Older: older.Evaluation, Newer: newer.Evaluation,
		PassedOver: append([]Hindrance{}, passedOver...), Entries: []Entry{},
		Limitations: []string{
			"Two states, each at one point in time: what was mended and broken again in between isn’t seen.",
			"Findings are matched by check and by the names of their objects: one that was renamed is gone under its old name and new under its new one.",
		},
	}
	before := map[string]*audit.Finding{}
	for i := range older.Findings {
		before[older.Findings[i].ID] = &older.Findings[i]
	}
	titles := titles(older.Checks, newer.Checks)
	past, present := newView(older), newView(newer)
	add := func(change Change, why string, was, is *audit.Finding) {
		global := cmp.Or(was, is).Subject.InNamespace() == ""
		switch {
		case global && change == Resolved && !newer.Scope.includes(&older.Scope):
			change, why = NoLongerAssessed, "it may have rested on what is out of scope now: "+newer.Scope.words()
		case global && change == New && !older.Scope.includes(&newer.Scope):
			why = "it may rest on what was out of scope in the older record: " + older.Scope.words()
		}
		if change != "" {
			c.Entries = append(c.Entries, entry(change, why, titles, was, is))
		}
	}
	for i := range newer.Findings {
		is := &newer.Findings[i]
		was := before[is.ID]
		delete(before, is.ID)
		change, why := judge(was, is, past)
		add(change, why, was, is)
	}
	for i := range older.Findings {
		if was := &older.Findings[i]; before[was.ID] != nil {
			change, why := gone(was, present)
			add(change, why, was, nil)
		}
	}
	slices.SortStableFunc(c.Entries, compareEntries)
	for i := range c.Entries {
		c.Counts.add(c.Entries[i].Change)
	}
	c.ByControl = byControl(c.Entries, older, newer)
	return c
}

// judge says what became of a finding that the newer record has.
func judge(was, is *audit.Finding, older *view) (Change, string) {
	switch is.Status {
	case audit.Fail, audit.Warning:
		switch {
		case was == nil:
			why := "the older record has no finding of it"
			if unseen := older.unseen(is); unseen != "" {
				why += ": " + unseen
			}
			return New, why
		case was.Status == audit.Fail, was.Status == audit.Warning:
			return Persisting, ""
		case was.Status == audit.Waived:
			return Reopened, "waiver " + was.Waiver + " no longer holds"
		case was.Status == audit.Attested:
			return Reopened, "attestation " + was.Attestation + " no longer holds"
		case was.Status == audit.NotAssessed:
			return New, "it wasn’t assessed before: " + string(was.Reason)
		}
		return New, ""
	case audit.Waived:
		if was != nil && was.Status == audit.Waived {
			return Persisting, "waived by " + is.Waiver
		}
		return NewlyWaived, "waived by " + is.Waiver
	case audit.Attested:
		return attested(was, is)
	case audit.NotAssessed:
		switch {
		case was == nil, was.Status == audit.NotAssessed, was.Status == audit.NotApplicable:
			return "", ""
		case was.Status == audit.Attested:
			return NoLongerAssessed, "attestation " + was.Attestation + " no longer holds"
		}
		return NoLongerAssessed, "not assessed: " + string(is.Reason)
	}
	if was != nil && deviated(was) {
		return Resolved, map[bool]string{true: "it passes", false: "the requirement doesn’t speak of it any more"}[is.Status == audit.Pass]
	}
	return "", ""
}

// attested says what became of a finding to which a person attests now.
func attested(was, is *audit.Finding) (Change, string) {
	switch {
	case was != nil && was.Status == audit.Attested:
		return "", ""
	case is.Before != nil && *is.Before == audit.Fail: // the requirement takes an attestation instead
		return NewlyWaived, "attestation " + is.Attestation + " stands in for what fails"
	case was == nil, was.Status == audit.NotAssessed, was.Status == audit.NotApplicable:
		return "", ""
	}
	return NoLongerAssessed, "a person attests to it, the tool doesn’t see it any more"
}

// gone says what became of a finding that the newer record doesn't have. Of what was decided
// and didn't deviate only that is spoken of which nobody looked at again.
func gone(was *audit.Finding, newer *view) (Change, string) {
	if was.Status == audit.NotAssessed || was.Status == audit.NotApplicable {
		return "", ""
	}
	if why := newer.unseen(was); why != "" {
		return NoLongerAssessed, why
	}
	if !deviated(was) {
		return "", ""
	}
	return Resolved, "the newer record has no such subject, and its population was read"
}

// deviated reports whether a finding was a deviation, waived or not.
func deviated(f *audit.Finding) bool {
	return f.Status == audit.Fail || f.Status == audit.Warning || f.Status == audit.Waived
}

func entry(change Change, why string, titles map[string]string, was, is *audit.Finding) Entry {
	f := is
	if f == nil {
		f = was
	}
	e := Entry{
		Change: change, Finding: f.ID, Check: f.Check, Title: titles[f.Check], Subject: f.Subject,
		Severity: f.Severity, Responsible: f.Responsible, Message: f.Message, Why: why,
	}
	if was != nil {
		e.Before = &was.Status
	}
	if is != nil {
		e.After = &is.Status
	}
	return e
}

// titles are those of the checks, the newer record's before the older one's.
func titles(older, newer []Check) map[string]string {
	titles := map[string]string{}
	for _, c := range slices.Concat(older, newer) {
		titles[c.ID] = c.Title
	}
	return titles
}

// compareEntries orders entries by change, then the worst first, then by name.
func compareEntries(a, b Entry) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Changes, a.Change), slices.Index(Changes, b.Change)),
		cmp.Compare(worth(&b), worth(&a)),
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Subject.Key(), b.Subject.Key()),
	)
}

// worth orders a Fail before all else, then goes by severity.
func worth(e *Entry) int {
	worth := int(e.Severity)
	if status := cmp.Or(e.After, e.Before); status != nil && *status == audit.Fail {
		worth += 100
	}
	return worth
}

func (c *Tally) add(change Change) {
	switch change {
	case New:
		c.New++
	case Reopened:
		c.Reopened++
	case NoLongerAssessed:
		c.NoLongerAssessed++
	case Persisting:
		c.Persisting++
	case NewlyWaived:
		c.NewlyWaived++
	case Resolved:
		c.Resolved++
	}
}

// Of returns the number of a change.
func (c Tally) Of(change Change) int {
	return map[Change]int{
		New: c.New, Reopened: c.Reopened, NoLongerAssessed: c.NoLongerAssessed,
		Persisting: c.Persisting, NewlyWaived: c.NewlyWaived, Resolved: c.Resolved,
	}[change]
}

// byControl counts the entries of each control that either record has, the newer one's first.
func byControl(entries []Entry, older, newer *Side) []ControlChange {
	list := []ControlChange{}
	at := map[string]int{}
	for _, side := range []*Side{newer, older} {
		for i := range side.Controls {
			c := &side.Controls[i]
			n, known := at[c.ID]
			if !known {
				n = len(list)
				at[c.ID] = n
				list = append(list, ControlChange{Control: c.ID, Edition: c.Edition, Title: c.Title})
			}
			if side == newer {
				list[n].After = &c.Status
			} else {
				list[n].Before = &c.Status
			}
		}
	}
	bears := map[string][]string{}
	for _, c := range slices.Concat(older.Checks, newer.Checks) {
		bears[c.ID] = c.Controls
	}
	for i := range entries {
		for _, control := range bears[entries[i].Check] {
			if n, known := at[control]; known {
				list[n].Counts.add(entries[i].Change)
			}
		}
	}
	return list
}
