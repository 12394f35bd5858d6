package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/report/compare"
)

// A Series is the evaluations of one cluster, of which this record is one: what evidence
// there is over time, and where there is none.
type Series struct {
	Every    string     `json:"every"`    // expected between two, "" where the organization didn't state it
	Expected int        `json:"expected"` // from the first to this one; 0 where nothing is stated
	Actual   int        `json:"actual"`
	Runs     []Run      `json:"runs"`    // that compare with this one, the oldest first, this one last
	Missing  []Missing  `json:"missing"` // by the stated interval
	Others   []OtherRun `json:"others"`  // of the same folder, that don't compare
}

// A Run is an evaluation in numbers.
type Run struct {
	UID         string    `json:"uid"` // "" for this record
	GeneratedAt time.Time `json:"generatedAt"`
	State       State     `json:"state"`
	Counts      Counts    `json:"counts"`
}

// Missing is a time in which evaluations were expected and none was found.
type Missing struct {
	From time.Time `json:"from"` // the evaluation before it
	To   time.Time `json:"to"`   // the one after it
	Runs int       `json:"runs"` // that were expected between them
}

// An OtherRun is a bundle that doesn't compare, and why.
type OtherRun struct {
	Where       string    `json:"where"` // its folder, below the one that was named
	GeneratedAt time.Time `json:"generatedAt,omitzero"`
	Why         string    `json:"why"`
}

// An EarlierRun is an evaluation before this one, and what it takes to tell whether the two
// compare.
type EarlierRun struct {
	Run
	Where string
	side  *compare.Side // without findings and titles
}

// AsEarlierRun returns what the trend shows of a record, or of its outline, that was read
// somewhere.
func (r *Record) AsEarlierRun(where string) EarlierRun {
	side := r.Side()
	side.Findings, side.Gaps, side.Controls = nil, nil, nil
	for i := range side.Checks {
		side.Checks[i] = compare.Check{ID: side.Checks[i].ID}
	}
	return EarlierRun{r.asRun(), where, side}
}

func (r *Record) asRun() Run {
	return Run{UID: r.Metadata.UID, GeneratedAt: r.Metadata.GeneratedAt, State: r.Summary.State, Counts: r.Summary.Counts}
}

// changes compares an earlier record with this one, nil where none was given.
func changes(older *compare.Side, r *Record) *compare.Comparison {
	if older == nil {
		return nil
	}
	newer := r.Side()
	c := compare.Of(older, newer, compare.Hindrances(older, newer))
	c.Entries = slices.DeleteFunc(c.Entries, func(e compare.Entry) bool { return e.Change == compare.Persisting })
	return c
}

// series puts this evaluation behind the earlier ones that compare with it, nil where
// there is none.
func series(earlier []EarlierRun, unread []OtherRun, r *Record) *Series {
	if len(earlier) == 0 && len(unread) == 0 {
		return nil
	}
	s := &Series{Every: r.Config.Effective.Series.Every, Runs: []Run{r.asRun()}, Missing: []Missing{}, Others: append([]OtherRun{}, unread...)}
	here := r.Side()
	for i := range earlier {
		e := &earlier[i]
		if hindrances := compare.Hindrances(e.side, here); len(hindrances) > 0 {
			s.Others = append(s.Others, OtherRun{e.Where, e.GeneratedAt, hindrances[0].Words})
			continue
		}
		s.Runs = append(s.Runs, e.Run)
	}
	slices.SortFunc(s.Runs, func(a, b Run) int { return cmp.Or(a.GeneratedAt.Compare(b.GeneratedAt), strings.Compare(a.UID, b.UID)) })
	slices.SortFunc(s.Others, func(a, b OtherRun) int {
		return cmp.Or(a.GeneratedAt.Compare(b.GeneratedAt), strings.Compare(a.Where, b.Where))
	})
	s.Actual = len(s.Runs)
	every := r.Config.Effective.Series.Interval()
	if every == 0 {
		return s
	}
	s.Expected = s.Actual
	for i := 1; i < len(s.Runs); i++ {
		from, to := s.Runs[i-1].GeneratedAt, s.Runs[i].GeneratedAt
		if missed := int((to.Sub(from)+every/2)/every) - 1; missed > 0 { // half an interval late is not missing
			s.Missing = append(s.Missing, Missing{from, to, missed})
			s.Expected += missed
		}
	}
	return s
}
