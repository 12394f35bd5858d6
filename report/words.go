package report

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// statusWords are how a status is printed, what an auditor calls it, and what it means.
var statusWords = map[audit.Status]struct{ word, terms, meaning string }{
	audit.Fail:          {"Fail", "nonconformity (candidate)", "The requirement is not met by what was read."},
	audit.NotAssessed:   {"Not assessed", "not assessed", "It could not be decided: forbidden, failed or unknown. Where an opt-in was not given it is “not requested”, which is not a gap."},
	audit.Warning:       {"Warning", "opportunity for improvement (candidate)", "The requirement is met only in part, or less well than it could be."},
	audit.Waived:        {"Waived", "accepted risk, remediation under way or false positive", "A Fail or Warning that a valid waiver accepts; it stays counted."},
	audit.Attested:      {"Attested", "conformity declared by a person", "A person declares what the API does not show; it is counted apart."},
	audit.Pass:          {"Pass", "conformity (of what was read)", "The requirement is met by what was read."},
	audit.NotApplicable: {"Not applicable", "not applicable", "There is no subject."},
}

// statusTerms are the statuses in the language of audits, worst first.
func statusTerms() []StatusTerm {
	list := make([]StatusTerm, len(audit.Statuses))
	for i, s := range audit.Statuses {
		list[i] = StatusTerm{Word: s, Terms: statusWords[s].terms, Meaning: statusWords[s].meaning}
	}
	return list
}

// stateWords is how states are printed.
var stateWords = map[State]struct {
	title, sentence string
	mark            audit.Status
}{
	DeviationsFound: {"Deviations found", "At least one requirement was not met by what was read. Each Fail is a candidate nonconformity; the auditor concludes.", audit.Fail},
	Incomplete:      {"Incomplete", "Nothing that was read failed, but part of what was asked for could not be assessed. What is missing is listed under gaps.", audit.NotAssessed},
	NoDeviations:    {"No deviations found", "Nothing that was assessed failed, beyond what is waived or attested as listed. This does not declare conformity; the auditor concludes.", audit.Pass},
}

// partyWords names a party in full.
func partyWords(p audit.Party) string {
	switch p {
	case audit.User:
		return "User (application teams)"
	case audit.Administrator:
		return "Administrator (platform team)"
	}
	return "No party"
}

func waiverKind(k audit.WaiverKind) string {
	switch k {
	case audit.AcceptedRisk:
		return "Accepted risk"
	case audit.Remediation:
		return "Remediation by date"
	case audit.FalsePositive:
		return "False positive"
	}
	return string(k)
}

// words say what a person has to evidence, and whether somebody attests to it.
func (r *Remainder) words() string {
	if len(r.Attestations) == 0 {
		return r.What + " (open)"
	}
	return r.What + " (attested: " + strings.Join(r.Attestations, ", ") + ")"
}

// standingWords says how a declaration stands.
func standingWords(state string) string {
	switch state {
	case "expiring":
		return "expiring within 30 days"
	case "expired":
		return "expired: it no longer holds"
	case "unused":
		return "unused: nothing that it matches needs it"
	case "notYetValid":
		return "not yet valid"
	case "otherCluster":
		return "of another cluster: it doesn’t count here"
	}
	return state
}

// standings are how a declaration may stand, what needs attention first.
var standings = []term{
	{"expired", "expired"}, {"expiring", "expiring within 30 days"}, {"notYetValid", "not yet valid"},
	{"otherCluster", "of another cluster"}, {"unused", "unused"}, {"active", "active"},
}

// tallyWords counts declarations by how they stand.
func tallyWords(states []string) string {
	var parts []string
	for _, s := range standings {
		n := 0
		for _, state := range states {
			if state == s.Word {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.Meaning))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// patternWords says which subjects a pattern matches.
func patternWords(p audit.SubjectPattern) string {
	if p == (audit.SubjectPattern{}) {
		return "all subjects"
	}
	all := func(s string) string {
		if s == "" {
			return "*"
		}
		return s
	}
	words := fmt.Sprintf("%s %s/%s", all(p.Kind), all(p.Namespace), all(p.Name))
	if p.Labels != "" {
		words += " with labels " + p.Labels
	}
	return words
}

// speaksForWords say which checks of which subjects, or which control, an attestation
// speaks for.
func speaksForWords(a *audit.Attestation) string {
	if len(a.Checks) == 0 {
		return "control " + orDash(a.Control) + ", no check"
	}
	words := strings.Join(a.Checks, ", ") + " on " + patternWords(a.Subject)
	if a.Control != "" {
		words += ", control " + a.Control
	}
	return words
}

// isolationKinds words how a direction is isolated, least isolated first.
var isolationKinds = []term{
	{"none", "no policy selects it"},
	{"open", "isolated, but everything is allowed"},
	{"indeterminate", "can’t be decided from what was read"},
	{"notCoverable", "shares its node’s network, which policies don’t cover"},
	{"restricted", "isolated, and not everything is allowed"},
}

func isolationWord(word string) string {
	if word == "notCoverable" {
		return "not coverable"
	}
	return orDash(word)
}

// atApprovalWords lists the subjects that a waiver knew of. Records of other builds may have
// waivers that list none, whatever their pattern.
func atApprovalWords(w audit.Waiver) string {
	switch {
	case len(w.AtApproval) > 0:
		return strings.Join(firstOf(w.AtApproval, 25, "subject"), ", ")
	case w.Subject.Exact():
		return "not listed: the pattern names one subject"
	}
	return "not listed: what appeared later is waived, too"
}

// namedWords says which objects a row of the ledger asked for by name, "" where it lists.
func namedWords(q Query) string {
	if len(q.Asked) == 0 {
		return ""
	}
	return fmt.Sprintf("asked for by name: %s (%s, of which %s absent)", strings.Join(q.Asked, ", "), counted(len(q.Asked), "name"), grouped(q.Absent))
}

// readWords is the state of a row as words.
func readWords(state string) string {
	switch state {
	case "":
		return "unread"
	case "notServed":
		return "not served"
	case "notRequested":
		return "not requested"
	}
	return state
}

// severityWords is a finding's severity, or why it isn't assessed.
func severityWords(f *audit.Finding) string {
	if f.Status == audit.NotAssessed {
		return reasonWords(f.Reason)
	}
	return f.Severity.String()
}

func reasonWords(r audit.Reason) string {
	if r == audit.NotRequested {
		return "not requested"
	}
	return string(r)
}

// glossary are the words of the report that aren't a status.
var glossary = []term{
	{"Control", "A requirement of ISO/IEC 27001, Annex A. Checks bear on it directly, as evidence, or in support."},
	{"Check", "One requirement that the tool decides. Its title is a sentence that is true when it passes."},
	{"Subject", "The object that a finding speaks of."},
	{"Finding", "The outcome of one check for one subject, passes included. Its ID derives from names, so that it survives re-creation."},
	{"Cause", "A finding that explains others; mending it settles them."},
	{"Gap", "Something that could not be read. It is never taken for an empty list."},
	{"Ledger", "Every request, with what it listed: evaluated, excluded or errored."},
	{"Coverage", "How much of what could be assessed was, as a numerator and a denominator."},
	{"Evidence level", "What a value rests on: configured (an object’s fields), issued, served, stored, or attested (a person’s declaration)."},
	{"User, administrator", "The application team, and the platform team, as the demarcation of responsibilities has them."},
}

// A term is a word and what it means.
type term struct{ Word, Meaning string }

// tlsEndWords say where TLS of a host ends, and with which Secret.
func tlsEndWords(e TLSEnd) string {
	words, known := tlsEnds[e.At]
	if !known {
		words = e.At
	}
	if e.Secret != "" {
		words += ", Secret " + e.Secret
	}
	return words
}

var tlsEnds = map[string]string{
	"controller": "at the controller",
	"balancer":   "at a load balancer",
	"entrypoint": "perhaps at the controller’s entrypoint",
	"workload":   "at the workload",
	"nowhere":    "no TLS",
}
