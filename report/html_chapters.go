package report

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// An htmlChapter is the workpaper of a control, with its counterparts of the other edition
// beside it.
type htmlChapter struct {
	*Control
	Anchor     string
	Editions   []*Control // the control itself and its counterparts
	Results    []htmlResult
	Deviations htmlRows[htmlFinding]
	Assessed   []htmlLink   // checks
	Not        []htmlNot    // checks that weren't assessed, and why
	Remainders []htmlRemain // what no API server can show
	Who        []htmlWho    // who evidences it
}

// Beside are the counterparts.
func (c htmlChapter) Beside() []*Control { return c.Editions[1:] }

// An htmlResult is a check as it bears on a control.
type htmlResult struct {
	*ControlCheck
	Title  string
	Anchor string
	Others []htmlRole // where its role on a counterpart is another
}

type htmlRole struct {
	Role    audit.Role
	Control string
}

type htmlNot struct {
	htmlLink
	Why string
}

type htmlRemain struct{ What, Edition string }

// An htmlWho is a party with what it has to evidence.
type htmlWho struct {
	Who   string
	Slots []htmlSlot
}

// An htmlSlot is a part of a control that a person has to evidence, and who has.
type htmlSlot struct {
	What string
	By   []htmlLink // attestations; none where it is open
}

func chapters(r *Record, l *htmlList) []htmlChapter {
	checks := map[string]*Check{}
	for i := range r.Checks {
		checks[r.Checks[i].ID] = &r.Checks[i]
	}
	var list []htmlChapter
	for _, pair := range pairControls(r.Controls) {
		c := htmlChapter{
			Control: pair.lead, Anchor: fragment("control", pair.lead.ID),
			Editions: append([]*Control{pair.lead}, pair.beside...),
		}
		bears := map[string]audit.Role{}
		for i := range pair.lead.Checks {
			check := &pair.lead.Checks[i]
			bears[check.Check] = check.Role
			c.addResult(check, pair.beside, checks[check.Check])
		}
		c.Deviations = l.deviating(htmlMaxByControl, func(f *audit.Finding) bool { return bears[f.Check] != "" })
		for i := range c.Deviations.Shown {
			if f := &c.Deviations.Shown[i]; f.Status == audit.Fail && bears[f.Check] != audit.Direct {
				f.Shows, f.Supports = statusWord(audit.Warning), true
			}
		}
		c.addRemainders(pair)
		list = append(list, c)
	}
	return list
}

// addResult notes a check, and whether it was assessed.
func (c *htmlChapter) addResult(check *ControlCheck, beside []*Control, known *Check) {
	result := htmlResult{ControlCheck: check, Anchor: fragment("check", check.Check)}
	if known != nil {
		result.Title = known.Title
	}
	for _, other := range beside {
		for i := range other.Checks {
			if o := &other.Checks[i]; o.Check == check.Check && o.Role != check.Role {
				result.Others = append(result.Others, htmlRole{o.Role, other.ID})
			}
		}
	}
	c.Results = append(c.Results, result)
	link := htmlLink{Words: check.Check + ": " + result.Title, Anchor: result.Anchor}
	n := check.Counts
	if n.Assessed().Numerator > 0 {
		c.Assessed = append(c.Assessed, link)
	}
	switch {
	case n.NotAssessed > 0:
		c.Not = append(c.Not, htmlNot{link, counted(n.NotAssessed, "finding") + " could not be assessed"})
	case n.NotRequested > 0:
		c.Not = append(c.Not, htmlNot{link, "not requested: it waits for an opt-in"})
	case n.Attested > 0:
		c.Not = append(c.Not, htmlNot{link, "declared by a person: attested"})
	case n.Assessed().Denominator == 0:
		c.Not = append(c.Not, htmlNot{link, "no subject in this cluster"})
	}
}

// addRemainders lists what no API server can show, once over both editions, and by who
// has to evidence it.
func (c *htmlChapter) addRemainders(pair controlPair) {
	seen := map[[2]string]bool{}
	for _, edition := range append([]*Control{pair.lead}, pair.beside...) {
		for _, rest := range edition.NotAssessed {
			key := [2]string{rest.What, rest.Who}
			if seen[key] {
				continue
			}
			seen[key] = true
			of := ""
			if edition != pair.lead {
				of = edition.ID
			}
			c.Remainders = append(c.Remainders, htmlRemain{rest.What, of})
			i := slices.IndexFunc(c.Who, func(w htmlWho) bool { return w.Who == rest.Who })
			if i < 0 {
				i = len(c.Who)
				c.Who = append(c.Who, htmlWho{Who: rest.Who})
			}
			slot := htmlSlot{What: rest.What}
			for _, id := range rest.Attestations {
				slot.By = append(slot.By, htmlLink{Words: id, Anchor: fragment("attestation", id)})
			}
			c.Who[i].Slots = append(c.Who[i].Slots, slot)
		}
	}
}
