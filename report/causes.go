package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// causes groups what deviates by what would mend it, worst first. A finding that names
// its cause stands behind that finding; those of one check and party share a remedy, so
// ten namespaces without a default-deny are one cause in ten places.
func causes(r *Record) []Cause {
	deviating := map[string]*audit.Finding{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Status == audit.Fail || f.Status == audit.Warning {
			deviating[f.ID] = f
		}
	}
	type remedy struct {
		check string
		party audit.Party
	}
	groups := map[remedy]*group{}
	for i := range r.Findings {
		f := deviating[r.Findings[i].ID]
		if f == nil {
			continue
		}
		root := rootOf(f, deviating)
		key := remedy{root.Check, root.Responsible}
		if groups[key] == nil {
			groups[key] = &group{}
		}
		groups[key].add(f, root)
	}
	list := make([]Cause, 0, len(groups))
	for _, g := range groups {
		list = append(list, g.cause(r.Checks))
	}
	slices.SortFunc(list, compareCauses)
	return list
}

// rootOf follows causes to the finding that nothing else explains.
func rootOf(f *audit.Finding, deviating map[string]*audit.Finding) *audit.Finding {
	for range len(deviating) { // as far as a chain can reach, were it a circle
		next := deviating[f.Cause]
		if next == nil {
			break
		}
		f = next
	}
	return f
}

// A group is the findings that one remedy would settle, and those among them to mend.
type group struct{ findings, roots []*audit.Finding }

func (g *group) add(f, root *audit.Finding) {
	g.findings = append(g.findings, f)
	if !slices.Contains(g.roots, root) {
		g.roots = append(g.roots, root)
	}
}

func (g *group) cause(checks []Check) Cause {
	top := slices.MinFunc(g.roots, func(a, b *audit.Finding) int { return audit.CompareWorst(*a, *b) })
	c := Cause{
		Check: top.Check, Status: top.Status, Severity: top.Severity, Responsible: top.Responsible,
		Finding: top.ID, Findings: len(g.findings),
	}
	if i := slices.IndexFunc(checks, func(c Check) bool { return c.ID == top.Check }); i >= 0 {
		c.Title, c.Remedy = checks[i].Title, checks[i].Remediation
	}
	for _, root := range g.roots {
		c.Places = append(c.Places, root.Subject.String())
	}
	slices.Sort(c.Places)
	subjects := map[string]bool{}
	for _, f := range g.findings {
		subjects[f.Subject.Key()] = true
		c.Status, c.Severity = audit.Worse(c.Status, f.Status), max(c.Severity, f.Severity)
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
		cmp.Compare(a.Responsible, b.Responsible),
	)
}

// firstCauses is how many causes of each party a summary shows.
const firstCauses = 3

// inTurn takes the first causes of each party, one of each at a time, so that none crowds
// out the other.
func inTurn(causes []Cause) []Cause {
	of := map[audit.Party][]Cause{}
	for _, c := range causes {
		of[c.Responsible] = append(of[c.Responsible], c)
	}
	var list []Cause
	for i := range firstCauses {
		for _, party := range []audit.Party{audit.User, audit.Administrator} {
			if i < len(of[party]) {
				list = append(list, of[party][i])
			}
		}
	}
	return list
}
