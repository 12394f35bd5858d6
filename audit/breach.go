package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A breach is a rule that a declaration breaks.
type breach struct {
	field string // "subject.name"
	words string // after the declaration's name: "needs a reason"
}

func (b breach) path() []string { return strings.Split(b.field, ".") }

// A rule is a breach if it is broken.
type rule struct {
	broken bool
	breach
}

func broken(rules []rule) []breach {
	var list []breach
	for _, r := range rules {
		if r.broken {
			list = append(list, r.breach)
		}
	}
	return list
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// breaches are the rules that a waiver breaks.
func (w *Waiver) breaches(terms Terms) []breach {
	list := broken([]rule{
		{blank(w.ID), breach{"id", "needs an id: a number of yours that nothing else has"}},
		{w.Kind != AcceptedRisk && w.Kind != Remediation && w.Kind != FalsePositive, breach{"kind", "needs a kind: acceptedRisk, remediation or falsePositive"}},
		{!checkID.MatchString(w.Check), breach{"check", "needs a check, such as NET-01"}},
		{blank(w.Reason), breach{"reason", "needs a reason"}},
		{blank(w.Owner), breach{"owner", "needs an owner and an approver: the owner is missing"}},
		{blank(w.Approver), breach{"approver", "needs an owner and an approver: the approver is missing"}},
		{!blank(w.Owner) && samePerson(w.Owner, w.Approver), breach{"approver", "is approved by its owner: another person has to"}},
		{w.ApprovedAt.IsZero(), breach{"approvedAt", "needs approvedAt, such as 2026-11-22"}},
		{w.ExpiresAt.IsZero(), breach{"expiresAt", "needs expiresAt: a waiver without an end is none"}},
		{
			!w.ApprovedAt.IsZero() && !w.ExpiresAt.IsZero() && !within(w.ApprovedAt, w.ExpiresAt, terms.WaiverMaxDays),
			breach{"expiresAt", fmt.Sprintf("has to expire within %d days after approvedAt", terms.WaiverMaxDays)},
		},
		{w.AtApproval != nil && len(w.AtApproval) == 0, breach{"subjectsAtApproval", "lists no subject: name those there were"}},
		{w.AtApproval == nil && !w.Subject.Exact(), breach{"subjectsAtApproval", "needs subjectsAtApproval, for its subject may match what appears later: list those there were, as Kind/namespace/name (Kind//name for what has no namespace)"}},
	})
	list = append(list, w.Subject.breaches()...)
	for _, key := range w.AtApproval {
		if strings.Count(key, "/") < 2 {
			list = append(list, breach{"subjectsAtApproval", fmt.Sprintf("lists the subject %q, which isn't Kind/namespace/name (Kind//name for what has no namespace)", key)})
		}
	}
	return append(list, terms.Names.ofWaiver(w)...)
}

// samePerson compares names as people write them.
func samePerson(a, b string) bool {
	fold := func(name string) string { return strings.Join(strings.Fields(name), " ") }
	return strings.EqualFold(fold(a), fold(b))
}

// breaches are the rules that an attestation breaks.
func (a *Attestation) breaches(terms Terms) []breach {
	list := broken([]rule{
		{blank(a.ID), breach{"id", "needs an id: a number of yours that nothing else has"}},
		{len(a.Checks) == 0 && a.Control == "", breach{"checks", "needs checks, a control, or both: what it speaks for"}},
		{a.Evidences != "" && a.Control == "", breach{"control", "needs a control: evidences names an entry of a control's list"}},
		{blank(a.Statement), breach{"statement", "needs a statement"}},
		{blank(a.By), breach{"by", "needs by and role: who declares it"}},
		{blank(a.Role), breach{"role", "needs by and role: in which role it is declared"}},
		{len(a.Clusters) == 0 && blank(a.Covers), breach{"covers", "needs covers or clusters: the provider, or the clusters, that it speaks of"}},
		{a.Date.IsZero(), breach{"date", "needs date and validUntil: the date is missing"}},
		{a.ValidUntil.IsZero(), breach{"validUntil", "needs date and validUntil: a statement without an end is none"}},
		{
			!a.Date.IsZero() && !a.ValidUntil.IsZero() && !within(a.Date, a.ValidUntil, terms.AttestationMaxDays),
			breach{"validUntil", fmt.Sprintf("has to end within %d days after its date", terms.AttestationMaxDays)},
		},
		{a.SHA256 != "" && !sha256Hex.MatchString(a.SHA256), breach{"sha256", "has a sha256 that isn't 64 lower-case hex digits"}},
		{a.Document != "" && a.SHA256 == "", breach{"sha256", "needs the sha256 of its document"}},
	})
	list = append(list, a.Subject.breaches()...)
	for _, glob := range a.Clusters {
		if pattern(glob) != nil || blank(glob) {
			list = append(list, breach{"clusters", fmt.Sprintf("names the cluster %q, which is no glob", glob)})
		}
	}
	for _, id := range a.Checks {
		if !checkID.MatchString(id) {
			list = append(list, breach{"checks", fmt.Sprintf("names %q, which is no check ID", id)})
		}
	}
	return append(list, terms.Names.ofAttestation(a)...)
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (p SubjectPattern) breaches() []breach {
	field, err := p.invalid()
	if err == nil {
		return nil
	}
	return []breach{{"subject." + field, "has a malformed subject pattern: " + err.Error()}}
}

// ofWaiver are the names of a waiver that aren't known.
func (n *Names) ofWaiver(w *Waiver) []breach {
	if n == nil || !checkID.MatchString(w.Check) || slices.Contains(n.Checks, w.Check) {
		return nil
	}
	return []breach{{"check", fmt.Sprintf("names the check %s, which this build doesn't have", w.Check)}}
}

// ofAttestation are the names of an attestation that aren't known.
func (n *Names) ofAttestation(a *Attestation) []breach {
	if n == nil {
		return nil
	}
	var list []breach
	for _, id := range a.Checks {
		if checkID.MatchString(id) && !slices.Contains(n.Checks, id) {
			list = append(list, breach{"checks", fmt.Sprintf("names the check %s, which this build doesn't have", id)})
		}
	}
	remainders, known := n.Remainders[a.Control]
	if a.Control != "" && !known {
		return append(list, breach{"control", fmt.Sprintf("names the control %q; known are %s", a.Control, strings.Join(sortedKeys(n.Remainders), ", "))})
	}
	if known && a.Evidences != "" {
		if n := len(Entries(remainders, a.Evidences)); n != 1 {
			list = append(list, breach{"evidences", fmt.Sprintf("evidences %q, words of %d entries of %s; they have to be those of one: %s", a.Evidences, n, a.Control, strings.Join(headings(remainders), " | "))})
		}
	}
	return list
}

// Entries are the indexes of what a person has to evidence that hold words, whatever the case.
func Entries(remainders []string, words string) []int {
	var found []int
	for i, what := range remainders {
		if strings.Contains(strings.ToLower(what), strings.ToLower(words)) {
			found = append(found, i)
		}
	}
	return found
}

// headings are entries up to their colon.
func headings(remainders []string) []string {
	list := make([]string, 0, len(remainders))
	for _, what := range remainders {
		heading, _, _ := strings.Cut(what, ":")
		list = append(list, heading)
	}
	return list
}
