package report

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
)

// summary condenses a record whose checks, controls, findings and ledger are in place.
func summary(r *Record) Summary {
	s := Summary{
		Counts:        counts(r.Findings),
		BeforeWaivers: observed(r.Findings),
		Checks:        decidedChecks(r.Checks),
		Resources:     readResources(&r.Collection),
		NotRequested:  notRequested(r.Findings),
		Causes:        causes(r),
	}
	s.Assessed = s.Counts.Assessed()
	switch {
	case s.Counts.Fail > 0:
		s.State = DeviationsFound
	case s.Counts.NotAssessed > 0 || costly(r.Collection.Gaps):
		s.State = Incomplete
	default:
		s.State = NoDeviations
	}
	for i := range r.Controls {
		c := &r.Controls[i]
		s.ByControl = append(s.ByControl, ControlCount{
			Control: c.ID, Title: c.Title, Edition: c.Edition, Status: c.Status, Counts: c.Counts,
		})
	}
	for _, party := range []audit.Party{audit.User, audit.Administrator} {
		p := PartyCount{Responsible: party}
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Responsible == party {
				p.Counts.add(f.Status, f.Reason)
			}
		}
		s.ByResponsible = append(s.ByResponsible, p)
	}
	return s
}

// costly reports whether a gap touches any of the checks: their findings then rest on less
// than the whole population, even where each could be decided.
func costly(gaps []Gap) bool {
	return slices.ContainsFunc(gaps, func(g Gap) bool { return len(g.Checks) > 0 })
}

// counts counts findings as they stand.
func counts(findings []audit.Finding) Counts {
	var c Counts
	for i := range findings {
		c.add(findings[i].Status, findings[i].Reason)
	}
	return c
}

// observed counts findings as they were before waivers and attestations.
func observed(findings []audit.Finding) Counts {
	var c Counts
	for i := range findings {
		if before := findings[i].Before; before != nil {
			c.add(*before, findings[i].Reason)
		} else {
			c.add(findings[i].Status, findings[i].Reason)
		}
	}
	return c
}

func (c *Counts) add(s audit.Status, reason audit.Reason) { (*controls.Counts)(c).Add(s, reason) }

// Assessed is the coverage behind the counts: findings that the tool decided, of those
// that it decided, a person attested or nobody could assess. What doesn't apply and what
// wasn't requested is in neither.
func (c Counts) Assessed() Ratio {
	decided := c.Pass + c.Warning + c.Fail + c.Waived
	return Ratio{Numerator: decided, Denominator: decided + c.Attested + c.NotAssessed}
}

// Total is the number of findings counted.
func (c Counts) Total() int {
	return c.Assessed().Denominator + c.NotRequested + c.NotApplicable
}

// decidedChecks counts the checks of which no finding was left open or attested, of those
// that apply.
func decidedChecks(list []Check) Ratio {
	var r Ratio
	for i := range list {
		ratio := list[i].Counts.Assessed()
		if ratio.Denominator == 0 {
			continue
		}
		r.Denominator++
		if ratio.Numerator == ratio.Denominator {
			r.Numerator++
		}
	}
	return r
}

// readResources counts the resources without a gap, of those that were asked for. What
// the cluster doesn't serve has been answered.
func readResources(c *Collection) Ratio {
	asked, open := map[audit.Resource]bool{}, map[audit.Resource]bool{}
	for i := range c.Queries {
		if c.Queries[i].State != stateNotRequested {
			asked[c.Queries[i].Resource] = true
		}
	}
	for i := range c.Gaps {
		asked[c.Gaps[i].Resource], open[c.Gaps[i].Resource] = true, true
	}
	return Ratio{Numerator: len(asked) - len(open), Denominator: len(asked)}
}

// notRequested lists the checks that wait for an opt-in, sorted.
func notRequested(findings []audit.Finding) []string {
	var ids []string
	for i := range findings {
		if f := &findings[i]; f.Status == audit.NotAssessed && f.Reason == audit.NotRequested {
			ids = append(ids, f.Check)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
