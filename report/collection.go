package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// ledger accounts for every resource that was asked for. Evaluated objects are counted
// in the snapshot, not derived, so that the sum proves something: an object that got lost
// between reading and evaluating is an error.
func ledger(f *audit.Facts) ([]Query, error) {
	var rows []Query
	asked := map[audit.Resource]bool{}
	for _, q := range f.Collection.Queries {
		asked[q.Resource] = true
		rows = append(rows, row(q))
	}
	for _, reading := range f.Collection.Readings {
		if !asked[reading.Resource] {
			rows = append(rows, unasked(reading))
		}
	}
	slices.SortStableFunc(rows, func(a, b Query) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), strings.Compare(a.Scope, b.Scope))
	})
	if err := count(f, rows); err != nil {
		return nil, err
	}
	return rows, nil
}

// row is a query of the snapshot's ledger, its objects not yet counted.
func row(q audit.Query) Query {
	r := Query{
		Resource: q.Resource, Scope: q.Scope, State: string(audit.Read), Request: q.Request,
		Pages: q.Pages, Asked: q.Asked, Absent: q.Absent, Listed: q.Listed, Errored: len(q.Errors), Errors: q.Errors,
		ExcludedBy: slices.Clone(q.Excluded), ResourceVersion: q.ResourceVersion,
		StartedAt: q.Started.UTC(), DurationMS: q.DurationMS, Restarts: q.Restarts,
		AuditIDs: q.AuditIDs, Error: q.Error,
	}
	if q.Error != "" && q.Listed+q.Absent == 0 { // of objects by name, some may have been read
		r.State = stateUnread
	}
	return r
}

// The states of a row beside those of [audit.ReadState].
const (
	stateUnread       = "unread"
	stateNotRequested = "notRequested"
)

// unasked is the row of a resource that no request was made for.
func unasked(reading audit.Reading) Query {
	r := Query{Resource: reading.Resource, State: string(reading.State)}
	if reading.State != audit.Unread {
		return r
	}
	gap, _ := reading.Gap("")
	r.State, r.Error = stateUnread, gap.Message
	if gap.Reason == audit.NotRequested {
		r.State = stateNotRequested
	}
	return r
}

// count gives every object of the snapshot to the row that listed it and checks that each
// row adds up: listed = evaluated + excluded + errored.
func count(f *audit.Facts, rows []Query) error {
	for start, end := 0, 0; start < len(rows); start = end {
		resource := rows[start].Resource
		for end < len(rows) && rows[end].Resource == resource {
			end++
		}
		if err := countResource(f, resource, rows[start:end]); err != nil {
			return err
		}
	}
	return nil
}

func countResource(f *audit.Facts, resource audit.Resource, rows []Query) error {
	byScope := map[string]*Query{}
	for i := range rows {
		byScope[rows[i].Scope] = &rows[i]
	}
	lost := 0
	f.Objects(resource, func(namespace, name string) {
		r := byScope[namespace]
		if r == nil || r.State != string(audit.Read) {
			r = byScope[""]
		}
		if r == nil {
			lost++
			return
		}
		if resource == audit.Namespaces {
			namespace = name
		}
		if rule := f.ExcludedBy(namespace); rule != "" {
			exclude(r, rule)
		} else {
			r.Evaluated++
		}
	})
	if lost > 0 {
		return fmt.Errorf("ledger: %d %s of the snapshot were listed by no query", lost, resource)
	}
	for i := range rows {
		r := &rows[i]
		slices.SortFunc(r.ExcludedBy, func(a, b audit.Excluded) int { return strings.Compare(a.Rule, b.Rule) })
		for _, e := range r.ExcludedBy {
			r.Excluded += e.Count
		}
		if r.Listed != r.Evaluated+r.Excluded+r.Errored {
			return fmt.Errorf("ledger: %s in scope %q: %d listed, but %d evaluated + %d excluded + %d errored",
				r.Resource, r.Scope, r.Listed, r.Evaluated, r.Excluded, r.Errored)
		}
	}
	return nil
}

func exclude(r *Query, rule string) {
	i := slices.IndexFunc(r.ExcludedBy, func(e audit.Excluded) bool { return e.Rule == rule })
	if i < 0 {
		i = len(r.ExcludedBy)
		r.ExcludedBy = append(r.ExcludedBy, audit.Excluded{Rule: rule})
	}
	r.ExcludedBy[i].Count++
}

// gaps lists what wasn't read though it was asked for, with the checks that it costs.
func gaps(f *audit.Facts, checks []audit.Check) []Gap {
	resources := audit.Resources(checks)
	for _, reading := range f.Collection.Readings {
		resources = append(resources, reading.Resource)
	}
	slices.Sort(resources)
	var list []Gap
	for _, resource := range slices.Compact(resources) {
		reading := f.Reading(resource)
		missing := reading.Gaps
		if gap, unread := reading.Gap(""); unread && len(missing) == 0 {
			missing = []audit.Gap{gap}
		}
		for _, gap := range missing {
			if gap.Reason == audit.NotRequested || reading.State == audit.NotServed || !f.InScope(gap.Namespace) {
				continue
			}
			list = append(list, Gap{
				Resource: resource, Namespace: gap.Namespace, Name: gap.Name, Reason: gap.Reason,
				Verb: gap.Verb, Message: gap.Message, Checks: relying(checks, resource),
			})
		}
	}
	slices.SortStableFunc(list, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return list
}

// relying lists the checks that need or use a resource, sorted.
func relying(checks []audit.Check, resource audit.Resource) []string {
	var ids []string
	for i := range checks {
		if slices.Contains(checks[i].Needs, resource) || slices.Contains(checks[i].Uses, resource) {
			ids = append(ids, checks[i].ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// exclusions counts excluded objects by rule, over all rows.
func exclusions(rows []Query) []Exclusion {
	objects := map[string]int{}
	for i := range rows {
		for _, e := range rows[i].ExcludedBy {
			objects[e.Rule] += e.Count
		}
	}
	var list []Exclusion
	for rule, n := range objects {
		list = append(list, Exclusion{Rule: rule, Objects: n})
	}
	slices.SortFunc(list, func(a, b Exclusion) int { return strings.Compare(a.Rule, b.Rule) })
	return list
}

// complete reports whether the whole population was read and evaluated.
func complete(c *Collection) bool {
	errored := slices.ContainsFunc(c.Queries, func(q Query) bool { return q.Errored > 0 })
	return len(c.Gaps) == 0 && len(c.Exclusions) == 0 && !errored
}
