package report_test

import (
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

func TestReconcile(t *testing.T) {
	if problems := report.Reconcile(recordtest.Sample(t)); len(problems) > 0 {
		t.Fatalf("the sample doesn't add up: %q", problems)
	}
	for _, c := range []struct {
		name   string
		change func(*report.Record)
		want   string
	}{
		{"an object too many", func(r *report.Record) { r.Collection.Queries[0].Listed++ }, "the ledger lists"},
		{"fewer than none", func(r *report.Record) {
			r.Collection.Queries[0].Errored, r.Collection.Queries[0].Evaluated = -1, r.Collection.Queries[0].Evaluated+1
		}, "fewer than none"},
		{"an exclusion by no rule", func(r *report.Record) { r.Collection.Queries[0].Excluded++; r.Collection.Queries[0].Listed++ }, "its rules"},
		{"an answer that nobody asked for", func(r *report.Record) { r.Collection.Queries[0].Absent++ }, "by name"},
		{"a name without an answer", func(r *report.Record) {
			q := &r.Collection.Queries[0]
			q.Asked, q.Error = make([]string, q.Listed+1), ""
		}, "by name"},
		{"a finding is lost", func(r *report.Record) { r.Findings = r.Findings[1:] }, "its findings are"},
		{"a finding is better", func(r *report.Record) { better(r) }, "the summary counts as they stand"},
		{"a check is lost", func(r *report.Record) { r.Checks = r.Checks[1:] }, "which the record doesn't list"},
		{"before waivers", func(r *report.Record) { r.Summary.BeforeWaivers.Fail++ }, "before waivers"},
		{"the state", func(r *report.Record) { r.Summary.State = report.NoDeviations }, "the summary's state"},
		{"the coverage", func(r *report.Record) { r.Summary.Assessed.Numerator++ }, "findings were assessed"},
		{"complete", func(r *report.Record) { r.Collection.Complete = !r.Collection.Complete }, "the collection's complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := recordtest.Sample(t)
			c.change(r)
			if got := strings.Join(report.Reconcile(r), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

func better(r *report.Record) {
	for i := range r.Findings {
		if r.Findings[i].Status == audit.Fail {
			r.Findings[i].Status = audit.Pass
			return
		}
	}
}
