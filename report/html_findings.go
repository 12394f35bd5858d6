package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// An htmlFinding is a finding as the page lists it.
type htmlFinding struct {
	*audit.Finding
	Anchor     string     // "" where the appendix doesn't show it
	Open       bool       // stands open there
	Shows      htmlStatus // on a control that the check only supports, a Fail is a Warning
	Supports   bool       // and that is so here
	Classes    string     // that filters look for
	Cause      htmlLink
	WaivedBy   htmlLink
	AttestedBy htmlLink
}

// An htmlLink leads to another place of the page; Anchor is "" where that isn't shown.
// Subject is the object of a finding.
type htmlLink struct{ Words, Anchor, Subject string }

// An htmlList is the findings of a record, worst first, those that the appendix shows
// bearing anchors.
type htmlList struct {
	findings []htmlFinding
	byID     map[string]*htmlFinding
	left     int
}

func listFindings(r *Record) *htmlList {
	declared := map[string]bool{}
	for i := range r.Waivers {
		declared[fragment("waiver", r.Waivers[i].ID)] = true
	}
	for i := range r.Attestations {
		declared[fragment("attestation", r.Attestations[i].ID)] = true
	}
	sorted := sortedWorst(r.Findings)
	l := &htmlList{
		findings: make([]htmlFinding, 0, len(sorted)),
		byID:     make(map[string]*htmlFinding, len(sorted)),
		left:     max(0, len(sorted)-htmlMaxFindings),
	}
	taken := map[string]bool{}
	for i, f := range sorted {
		h := htmlFinding{
			Open: i >= htmlMaxClosed, Finding: f, Shows: foundStatus(f), WaivedBy: linkWhere(declared, "waiver", f.Waiver), AttestedBy: linkWhere(declared, "attestation", f.Attestation),
		}
		if anchor := fragment("finding", f.ID); i < htmlMaxFindings && !taken[anchor] {
			h.Anchor, taken[anchor] = anchor, true
		}
		l.findings = append(l.findings, h)
		if l.byID[f.ID] == nil {
			l.byID[f.ID] = &l.findings[i]
		}
	}
	for i := range l.findings {
		f := &l.findings[i]
		f.Cause = l.link(f.Finding.Cause)
	}
	return l
}

// linkWhere leads to an anchor that is there.
func linkWhere(there map[string]bool, prefix, id string) htmlLink {
	if anchor := fragment(prefix, id); there[anchor] {
		return htmlLink{Words: id, Anchor: anchor}
	}
	return htmlLink{Words: id}
}

// link leads to a finding.
func (l *htmlList) link(id string) htmlLink {
	link := htmlLink{Words: id}
	if f := l.byID[id]; f != nil {
		link.Anchor, link.Subject = f.Anchor, f.Finding.Subject.String()
	}
	return link
}

func (l *htmlList) links(ids []string) []htmlLink {
	links := make([]htmlLink, 0, len(ids))
	for _, id := range ids {
		links = append(links, l.link(id))
	}
	return links
}

// deviating are the first findings, worst first, that deviate or weren't assessed and that
// keep accepts.
func (l *htmlList) deviating(limit int, keep func(*audit.Finding) bool) htmlRows[htmlFinding] {
	var rows htmlRows[htmlFinding]
	for i := range l.findings {
		switch f := &l.findings[i]; {
		case !deviates(f.Finding) || !keep(f.Finding):
		case len(rows.Shown) < limit:
			rows.Shown = append(rows.Shown, *f)
		default:
			rows.Left++
		}
	}
	return rows
}

// An htmlCheck is a check and those of its findings that the appendix shows.
type htmlCheck struct {
	*Check
	Anchor   string
	Findings []htmlFinding
	Left     int
	Classes  string // that filters look for
}

// byCheck arranges what the appendix shows: by check, and of each the worst first.
func (l *htmlList) byCheck(r *Record) []htmlCheck {
	list := make([]htmlCheck, 0, len(r.Checks))
	at := map[string]int{}
	for i := range r.Checks {
		at[r.Checks[i].ID] = len(list)
		list = append(list, htmlCheck{Check: &r.Checks[i], Anchor: fragment("check", r.Checks[i].ID)})
	}
	for i := range l.findings {
		f := &l.findings[i]
		n, known := at[f.Check]
		if !known { // a record of another build
			n, at[f.Check] = len(list), len(list)
			list = append(list, htmlCheck{Check: &Check{ID: f.Check, Status: f.Status}, Anchor: fragment("check", f.Check)})
		}
		if i < htmlMaxFindings {
			list[n].Findings = append(list[n].Findings, *f)
		} else {
			list[n].Left++
		}
	}
	slices.SortStableFunc(list, func(a, b htmlCheck) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// An htmlParty is what one party has to do.
type htmlParty struct {
	Party    audit.Party
	Counts   Counts
	Duties   []string
	Causes   []Cause
	Findings htmlRows[htmlFinding]
}

func parties(r *Record, l *htmlList) []htmlParty {
	var list []htmlParty
	for _, count := range r.Summary.ByResponsible {
		p := htmlParty{Party: count.Responsible, Counts: count.Counts}
		for _, duty := range r.Responsibilities {
			if duty.Responsible == p.Party {
				p.Duties = duty.Duties
			}
		}
		for _, c := range r.Summary.Causes {
			if c.Responsible == p.Party {
				p.Causes = append(p.Causes, c)
			}
		}
		p.Findings = l.deviating(htmlMaxByParty, func(f *audit.Finding) bool { return f.Responsible == p.Party })
		list = append(list, p)
	}
	return list
}

// First are the causes that the summary shows of a party.
func (p htmlParty) First() []Cause { return p.Causes[:min(len(p.Causes), firstCauses)] }

// More is how many it doesn't.
func (p htmlParty) More() int { return len(p.Causes) - len(p.First()) }

// An htmlDeclaration is a waiver or an attestation with its findings.
type htmlDeclaration struct {
	Waiver      *audit.WaiverState
	Attestation *audit.AttestationState
	Anchor      string
	Checks      []htmlLink
	Findings    []htmlLink
	ForReview   []htmlLink
	Unlabelled  []htmlLink // labels of their subjects aren't known
}

// declarations lists waivers and attestations in the order of their standing: what needs
// attention first.
func declarations(r *Record, l *htmlList) (waivers, attestations []htmlDeclaration) {
	known := map[string]bool{}
	for i := range r.Checks {
		known[fragment("check", r.Checks[i].ID)] = true
	}
	for i := range r.Waivers {
		w := &r.Waivers[i]
		waivers = append(waivers, htmlDeclaration{
			Waiver: w, Anchor: fragment("waiver", w.ID), Checks: []htmlLink{linkWhere(known, "check", w.Check)},
			Findings: l.links(w.Findings), ForReview: l.links(w.ForReview), Unlabelled: l.links(w.Unlabelled),
		})
	}
	for i := range r.Attestations {
		a := &r.Attestations[i]
		d := htmlDeclaration{Attestation: a, Anchor: fragment("attestation", a.ID), Findings: l.links(a.Findings), Unlabelled: l.links(a.Unlabelled)}
		for _, id := range a.Checks {
			d.Checks = append(d.Checks, linkWhere(known, "check", id))
		}
		attestations = append(attestations, d)
	}
	order := []string{"expired", "expiring", "notYetValid", "active", "unused"}
	slices.SortStableFunc(waivers, func(a, b htmlDeclaration) int {
		return cmp.Compare(slices.Index(order, a.Waiver.State), slices.Index(order, b.Waiver.State))
	})
	return waivers, attestations
}

// htmlTallied counts declarations by how they stand.
func htmlTallied(list []htmlDeclaration) string {
	var states []string
	for _, d := range list {
		if d.Waiver != nil {
			states = append(states, d.Waiver.State)
			continue
		}
		states = append(states, d.Attestation.State)
	}
	return htmlText(tallyWords(states))
}
