package report

import "fmt"

// Reconcile says, in sentences without their full stop, where the totals of a record don't
// add up: each row of the ledger, the counts of each check and those of the summary. They
// are counted anew from the findings.
func Reconcile(r *Record) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for i := range r.Collection.Queries {
		if words := reconcileRow(&r.Collection.Queries[i]); words != "" {
			say("%s", words)
		}
	}
	byCheck := map[string]Counts{}
	for i := range r.Findings {
		c := byCheck[r.Findings[i].Check]
		c.add(r.Findings[i].Status, r.Findings[i].Reason)
		byCheck[r.Findings[i].Check] = c
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Counts != byCheck[c.ID] {
			say("check %s counts %d findings, %d of them fail; its findings are %d, and %d fail", c.ID,
				c.Counts.Total(), c.Counts.Fail, byCheck[c.ID].Total(), byCheck[c.ID].Fail)
		}
		delete(byCheck, c.ID)
	}
	for i := range r.Findings {
		if _, unknown := byCheck[r.Findings[i].Check]; unknown {
			say("finding %s is one of check %q, which the record doesn't list", r.Findings[i].ID, r.Findings[i].Check)
		}
	}
	return append(list, reconcileSummary(r)...)
}

// reconcileRow says where a row of the ledger doesn't add up: listed = evaluated + excluded
// + errored, and of gets by name, asked = listed + absent where none failed.
func reconcileRow(q *Query) string {
	byRule := 0
	for _, e := range q.ExcludedBy {
		byRule += e.Count
	}
	asked, answered := len(q.Asked), q.Listed+q.Absent
	byName := asked > 0 || q.Absent > 0
	switch {
	case min(q.Listed, q.Evaluated, q.Excluded, q.Errored, q.Absent) < 0:
		return fmt.Sprintf("the ledger counts fewer than none of %s in scope %q", q.Resource, q.Scope)
	case q.Listed != q.Evaluated+q.Excluded+q.Errored:
		return fmt.Sprintf("the ledger lists %d of %s in scope %q, but %d evaluated, %d excluded and %d errored",
			q.Listed, q.Resource, q.Scope, q.Evaluated, q.Excluded, q.Errored)
	case byName && (answered > asked || answered < asked && q.Error == ""):
		return fmt.Sprintf("the ledger asks for %d of %s in scope %q by name, but %d were received and %d don't exist",
			asked, q.Resource, q.Scope, q.Listed, q.Absent)
	case byRule != q.Excluded:
		return fmt.Sprintf("the ledger excludes %d of %s in scope %q, its rules %d", q.Excluded, q.Resource, q.Scope, byRule)
	}
	return ""
}

// reconcileSummary says where the summary isn't that of the findings and gaps.
func reconcileSummary(r *Record) []string {
	var list []string
	differ := func(what string, stated, counted Counts) {
		if stated != counted {
			list = append(list, fmt.Sprintf("the summary counts %s: %s; the findings are: %s", what, countWords(&stated), countWords(&counted)))
		}
	}
	now := summary(r)
	differ("as they stand", r.Summary.Counts, now.Counts)
	differ("before waivers", r.Summary.BeforeWaivers, now.BeforeWaivers)
	if r.Summary.State != now.State {
		list = append(list, fmt.Sprintf("the summary's state is %q; by the findings and gaps it is %q", r.Summary.State, now.State))
	}
	if r.Summary.Assessed != now.Assessed {
		list = append(list, fmt.Sprintf("the summary says that %d of %d findings were assessed; by the findings it is %d of %d",
			r.Summary.Assessed.Numerator, r.Summary.Assessed.Denominator, now.Assessed.Numerator, now.Assessed.Denominator))
	}
	if r.Collection.Complete != complete(&r.Collection) {
		list = append(list, fmt.Sprintf("the collection's complete is %t, which its ledger and gaps don't say", r.Collection.Complete))
	}
	return list
}
