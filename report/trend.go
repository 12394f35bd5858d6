package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/report/chart"
)

// trendMax is how many evaluations the trend shows, the last ones.
const trendMax = 24

// A trend is what the evaluations of a series came to.
type trend struct {
	*Series
	Shown []Run
	Left  int // earlier ones
}

// newTrend returns the trend of a record, nil where it stands alone.
func newTrend(r *Record) *trend {
	if r.Series == nil {
		return nil
	}
	t := &trend{Series: r.Series, Shown: r.Series.Runs}
	if t.Left = len(t.Shown) - trendMax; t.Left > 0 {
		t.Shown = t.Shown[t.Left:]
	}
	t.Left = max(t.Left, 0)
	return t
}

// picture lays the trend out.
func (t *trend) picture() chart.Picture {
	columns := make([]chart.Column, 0, len(t.Shown))
	for i := range t.Shown {
		c := &t.Shown[i].Counts
		columns = append(columns, chart.Column{Label: day(t.Shown[i].GeneratedAt), Parts: []chart.Part{
			{Role: chart.Fail, Count: c.Fail}, {Role: chart.NotAssessed, Count: c.NotAssessed}, {Role: chart.Warning, Count: c.Warning}, {Role: chart.Waived, Count: c.Waived},
		}})
	}
	return chart.Columns(columns)
}

// Words say what the trend is of, and what it leaves out.
func (t *trend) Words() string {
	words := "Findings that ask for attention, by evaluation: fail, not assessed, warning, waived. What passes isn’t drawn."
	if t.Left > 0 {
		words += fmt.Sprintf(" The last %d are shown; %s before them are in the record.", trendMax, counted(t.Left, "evaluation"))
	}
	return words
}

// first is when the series begins, as far as the record says.
func (t *trend) first() time.Time {
	if t.From.IsZero() {
		return t.Runs[0].GeneratedAt
	}
	return t.From
}

// RunWords say which evaluations were expected, which there are, and which are missing.
func (t *trend) RunWords() string {
	if t.Every == "" {
		return counted(t.Actual, "evaluation") + " of the cluster can be read, this one included. How often the cluster is to be evaluated was not stated by the organization, so none can be said to be missing."
	}
	words := fmt.Sprintf("%s of %s that were expected, one every %s, from %s to %s.", grouped(t.Actual), counted(t.Expected, "evaluation"), everyWords(t.Every),
		utc(t.first()), utc(t.Runs[len(t.Runs)-1].GeneratedAt))
	var gaps []string
	unread := t.Expected - t.Actual
	for _, m := range t.Missing {
		gaps = append(gaps, fmt.Sprintf("%s between %s and %s", grouped(m.Runs), utc(m.From), utc(m.To)))
		unread -= m.Runs
	}
	if unread > 0 {
		words += " " + counted(unread, "bundle") + " can’t be relied on: see below."
	}
	if len(gaps) > 0 {
		return words + " Missing: " + strings.Join(firstOf(gaps, 12, "gap"), "; ") + "."
	}
	return words + " None is missing."
}

// everyWords words an interval after "every": "day", "36 hours".
func everyWords(every string) string {
	d, err := time.ParseDuration(every)
	switch {
	case err != nil:
		return every
	case d%(24*time.Hour) == 0:
		return strings.TrimPrefix(counted(int(d/(24*time.Hour)), "day"), "1 ")
	case d%time.Hour == 0:
		return strings.TrimPrefix(counted(int(d/time.Hour), "hour"), "1 ")
	}
	return d.String()
}

// OtherWords name the bundles of the folder that don't compare.
func (t *trend) OtherWords() []string {
	var words []string
	for _, o := range t.Others {
		text := o.Where + ": " + o.Why
		if !o.GeneratedAt.IsZero() {
			text = o.Where + ", of " + utc(o.GeneratedAt) + ": " + o.Why
		}
		words = append(words, text)
	}
	return firstOf(words, 20, "bundle")
}
