package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// causes groups what deviates by what would mend it, worst first: findings that name a
// cause stand behind that finding, others behind their check and party.
func causes(r *Record) []Cause {
	deviating := map[string]*audit.Finding{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Status == audit.Fail || f.Status == audit.Warning {
			deviating[f.ID] = f
		}
	}
	root := func(f *audit.Finding) *audit.Finding {
		for range len(deviating) { // as far as a chain can reach, were it a circle
			next := deviating[f.Cause]
			if next == nil {
				break
			}
			f = next
		}
		return f
	}
	behind := map[string]bool{} // findings that explain another
	for _, f := range deviating {
		if top := root(f); top != f {
			behind[top.ID] = true
		}
	}
	groups := map[string][]*audit.Finding{}
	for i := range r.Findings {
		f := deviating[r.Findings[i].ID]
		if f == nil {
			continue
		}
		top := root(f)
		key := top.Check + " " + top.Responsible.String()
		if behind[top.ID] {
			key = top.ID
		}
		groups[key] = append(groups[key], f)
	}
	list := make([]Cause, 0, len(groups))
	for key, group := range groups {
		top := deviating[key]
		if top == nil {
			top = slices.MinFunc(group, func(a, b *audit.Finding) int { return audit.CompareWorst(*a, *b) })
		}
		list = append(list, cause(r.Checks, top, group))
	}
	slices.SortFunc(list, compareCauses)
	return list
}

// cause describes a group of findings by the one at its top.
func cause(list []Check, top *audit.Finding, group []*audit.Finding) Cause {
	c := Cause{
		Check: top.Check, Status: top.Status, Severity: top.Severity, Responsible: top.Responsible,
		Finding: top.ID, Subject: top.Subject.String(), Findings: len(group),
	}
	if i := slices.IndexFunc(list, func(c Check) bool { return c.ID == top.Check }); i >= 0 {
		c.Title, c.Remedy = list[i].Title, list[i].Remediation
	}
	subjects := map[string]bool{}
	for _, f := range group {
		subjects[f.Subject.Key()] = true
		c.Status, c.Severity = audit.Worse(c.Status, f.Status), max(c.Severity, f.Severity)
		if f != top && f.Check == top.Check {
			c.Subject = ""
		}
	}
	c.Subjects = len(subjects)
	return c
}

// compareCauses orders causes by status, severity and what hangs on them.
func compareCauses(a, b Cause) int {
	return cmp.Or(
		cmp.Compare(slices.Index(audit.Statuses, a.Status), slices.Index(audit.Statuses, b.Status)),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(b.Findings, a.Findings),
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Subject, b.Subject),
		strings.Compare(a.Finding, b.Finding),
	)
}
