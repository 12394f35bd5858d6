package report

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/report/compare"
)

// A Series is the evaluations of one cluster, of which this record is one: what evidence
// there is over time, and where there is none.
type Series struct {
	Every    string     `json:"every"`         // expected between two, "" where the organization didn't state it
	From     time.Time  `json:"from,omitzero"` // the first evaluation of the cluster, whether it compares with this one or not
	Expected int        `json:"expected"`      // from then to this one; 0 where nothing is stated
	Actual   int        `json:"actual"`        // that can be read
	Runs     []Run      `json:"runs"`          // that compare with this one, the oldest first, this one last
	Missing  []Missing  `json:"missing"`       // by the stated interval
	Others   []OtherRun `json:"others"`        // of the same folder, that don't compare
}

// A Run is an evaluation in numbers.
type Run struct {
	UID         string    `json:"uid"`              // "" for this record
	SHA256      string    `json:"sha256,omitempty"` // of its record.json, hex; "" for this record
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

// Unreadable is a bundle that can't be relied on. Its folder's name is its time.
func Unreadable(where string, err error) OtherRun {
	at, _ := time.Parse(compactTime, path.Base(where)) // zero where it is called otherwise
	return OtherRun{where, at, err.Error()}
}

// An EarlierRun is an evaluation before this one, and what it takes to tell whether the two
// compare.
type EarlierRun struct {
	Run
	Where string
	side  *compare.Side // without findings and titles
}

// AsEarlierRun returns what the trend shows of a record, or of its outline, that was read
// somewhere. The digest is the SHA-256 of the record's bytes, hex.
func (r *Record) AsEarlierRun(where, digest string) EarlierRun {
	side := r.Side()
	side.Findings, side.Gaps, side.Controls = nil, nil, nil
	for i := range side.Checks {
		side.Checks[i] = compare.Check{ID: side.Checks[i].ID}
	}
	run := r.asRun()
	run.SHA256 = digest
	return EarlierRun{run, where, side}
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

// series puts this evaluation behind the earlier ones of the cluster, nil where there is
// none. Every one of them counts as a run; the trend takes those that compare with this one.
func series(earlier []EarlierRun, unread []OtherRun, r *Record) *Series {
	if len(earlier) == 0 && len(unread) == 0 {
		return nil
	}
	s := &Series{Every: r.Config.Effective.Series.Every, Runs: []Run{r.asRun()}, Missing: []Missing{}, Others: append([]OtherRun{}, unread...)}
	at := []time.Time{r.Metadata.GeneratedAt}
	here, folders := r.Side(), map[string]bool{}
	for i := range earlier {
		e := &earlier[i]
		hindrances := compare.Hindrances(e.side, here)
		if len(hindrances) == 0 {
			s.Runs = append(s.Runs, e.Run)
		} else {
			s.Others = append(s.Others, OtherRun{e.Where, e.GeneratedAt, hindrances[0].Words})
		}
		if !slices.ContainsFunc(hindrances, func(h compare.Hindrance) bool { return h.Difference == compare.OtherCluster }) {
			at = append(at, e.GeneratedAt)
			folders[path.Dir(e.Where)] = true
		}
	}
	s.Actual = len(at)
	for _, o := range unread {
		if folders[path.Dir(o.Where)] && !o.GeneratedAt.IsZero() { // beside this cluster's
			at = append(at, o.GeneratedAt)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	slices.SortFunc(s.Runs, func(a, b Run) int { return cmp.Or(a.GeneratedAt.Compare(b.GeneratedAt), strings.Compare(a.UID, b.UID)) })
	slices.SortFunc(s.Others, func(a, b OtherRun) int {
		return cmp.Or(a.GeneratedAt.Compare(b.GeneratedAt), strings.Compare(a.Where, b.Where))
	})
	s.From = at[0]
	s.count(at, r.Config.Effective.Series.Interval())
	return s
}

// count finds what is missing among evaluations, or what is left of them, by the stated
// interval.
func (s *Series) count(at []time.Time, every time.Duration) {
	if every == 0 {
		return
	}
	s.Expected = len(at)
	for i := 1; i < len(at); i++ {
		from, to := at[i-1], at[i]
		if missed := int((to.Sub(from)+every/2)/every) - 1; missed > 0 { // half an interval late is not missing
			s.Missing = append(s.Missing, Missing{from, to, missed})
			s.Expected += missed
		}
	}
}
