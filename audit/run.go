package audit

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
)

// A Result is what an evaluation decided.
type Result struct {
	Findings []Finding // sorted as CompareFindings
	Panics   []Panic   // checks that broke: hidden from nobody
}

// A Panic is a check that broke and where.
type Panic struct {
	Check string
	Words string
	Stack string // for standard error, never for the record
}

// Run lets every check judge the facts. A check whose need is Unread yields NotAssessed
// without being called; unread in some namespaces only, NotAssessed there. A check
// without subjects yields NotApplicable: there is no vacuous pass. A check that panics
// yields NotAssessed, and the others go on.
func Run(f *Facts, checks []Check) Result {
	var result Result
	judged := make([][]Finding, len(checks))
	for i := range checks {
		c := &checks[i]
		findings, broken := judge(f, c)
		if broken != nil {
			result.Panics = append(result.Panics, *broken)
		}
		for j := range findings {
			complete(f, c, &findings[j])
		}
		judged[i] = findings
	}
	result.Findings = slices.Concat(judged...)
	slices.SortFunc(result.Findings, CompareFindings)
	dropCauses(result.Findings)
	return result
}

// dropCauses forgets causes that aren't a deviation of this evaluation: their check may
// have been left out, or passed.
func dropCauses(findings []Finding) {
	deviations := map[string]bool{}
	for i := range findings {
		if findings[i].Status == Fail || findings[i].Status == Warning {
			deviations[findings[i].ID] = true
		}
	}
	for i := range findings {
		if !deviations[findings[i].Cause] {
			findings[i].Cause = ""
		}
	}
}

// judge returns the findings of one check in scope, gaps included.
func judge(f *Facts, c *Check) ([]Finding, *Panic) {
	gaps := map[string]Finding{} // by namespace
	for _, need := range c.Needs {
		reading := f.Reading(need)
		if gap, unread := reading.Gap(""); unread && (reading.State == Unread || gap.Namespace == "") {
			return []Finding{unreadFinding(need, gap)}, nil
		}
		for _, gap := range reading.Gaps {
			if _, ok := gaps[gap.Namespace]; !ok && f.InScope(gap.Namespace) {
				gaps[gap.Namespace] = unreadFinding(need, gap)
			}
		}
	}
	findings, broken := guarded(f, c)
	findings = slices.DeleteFunc(findings, func(found Finding) bool {
		_, gap := gaps[found.Subject.InNamespace()]
		return gap || !f.InScope(found.Subject.InNamespace())
	})
	for _, gap := range gaps {
		findings = append(findings, gap)
	}
	if len(findings) == 0 {
		findings = []Finding{{
			Status: NotApplicable, Subject: ClusterSubject(),
			Observed: "no subject", Message: "nothing in scope is subject to this requirement",
			Command: needsCommand(c),
		}}
	}
	return findings, broken
}

// needsCommand lists what a check needs.
func needsCommand(c *Check) string {
	names := make([]string, len(c.Needs))
	for i, r := range c.Needs {
		names[i] = string(r)
	}
	return ListCommand(strings.Join(names, ","), "", "")
}

// guarded runs a check and turns a panic into a finding.
func guarded(f *Facts, c *Check) (findings []Finding, broken *Panic) {
	defer func() {
		if r := recover(); r != nil {
			words := fmt.Sprint(r)
			broken = &Panic{Check: c.ID, Words: words, Stack: string(debug.Stack())}
			findings = []Finding{{
				Status: NotAssessed, Reason: Failed, Subject: ClusterSubject(),
				Observed: "the check broke", Message: "the check itself broke, nothing is known: " + words,
			}}
		}
	}()
	return c.Run(f), nil
}

func unreadFinding(need Resource, gap Gap) Finding {
	subject, where := ClusterSubject(), "in the whole cluster"
	if gap.Namespace != "" {
		subject, where = Subject{APIVersion: "v1", Kind: "Namespace", Name: gap.Namespace}, "in namespace "+gap.Namespace
	}
	if gap.Reason == NotRequested {
		where = "because it wasn't asked for"
	}
	return Finding{
		Status: NotAssessed, Reason: gap.Reason, Subject: subject,
		Observed: fmt.Sprintf("%s could not be read: %s", need, gap.Message),
		Message:  fmt.Sprintf("not assessed: %s %s %s: %s", gap.Verb, need, where, gap.Message),
		Command:  gap.Command(need),
	}
}

// complete fills in what a check leaves to the engine.
func complete(f *Facts, c *Check, found *Finding) {
	found.Check, found.ID = c.ID, FindingID(c.ID, found.Subject)
	found.Attestable = c.Attestable
	if found.Severity == 0 {
		found.Severity = c.Severity
	}
	if found.Responsible == 0 {
		found.Responsible = f.PartyOf(c, found.Subject)
	}
	if found.Expected == "" {
		found.Expected = cmp.Or(c.Expected, c.Title)
	}
	if found.Observed == "" {
		found.Observed = found.Message
	}
	if found.Command == "" {
		found.Command = found.Subject.Command()
	}
}
