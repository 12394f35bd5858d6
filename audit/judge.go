package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Judgement collects what a check observes about one subject. Its finding has the worst
// status that was observed, and a message that leads with what made it so.
type Judgement struct {
	finding      Finding
	observations []observation
	by           []string // commands that show what is noted from now on
}

type observation struct {
	status   Status
	reason   Reason
	severity Severity
	text     string
	commands []string // that show it; none for the subject itself
}

// Judge begins a judgement of a subject.
func Judge(s Subject) *Judgement { return &Judgement{finding: Finding{Subject: s}} }

// Subject returns what is judged.
func (j *Judgement) Subject() Subject { return j.finding.Subject }

// Pass notes that something is as it should be, or an information about it.
func (j *Judgement) Pass(format string, args ...any) { j.note(Pass, "", 0, format, args) }

// Warn notes a candidate opportunity for improvement.
func (j *Judgement) Warn(format string, args ...any) { j.note(Warning, "", 0, format, args) }

// Fail notes a candidate nonconformity.
func (j *Judgement) Fail(format string, args ...any) { j.note(Fail, "", 0, format, args) }

// FailAs notes a candidate nonconformity of its own severity.
func (j *Judgement) FailAs(s Severity, format string, args ...any) { j.note(Fail, "", s, format, args) }

// NotAssessed notes that something can't be decided, and why.
func (j *Judgement) NotAssessed(r Reason, format string, args ...any) {
	j.note(NotAssessed, r, 0, format, args)
}

// NotApplicable notes that the requirement doesn't speak of this subject.
func (j *Judgement) NotApplicable(format string, args ...any) {
	j.note(NotApplicable, "", 0, format, args)
}

// Evidence adds an observed value; an empty one is none.
func (j *Judgement) Evidence(path, value string, level Level) {
	e := Evidence{Path: path, Value: cmp.Or(value, "none"), Level: level}
	if !slices.Contains(j.finding.Evidence, e) {
		j.finding.Evidence = append(j.finding.Evidence, e)
	}
}

// Observed sets the short form of what was seen; without it the message stands there.
func (j *Judgement) Observed(format string, args ...any) {
	j.finding.Observed = fmt.Sprintf(format, args...)
}

// Speaks says for how many Pods the finding speaks and which of them differ.
func (j *Judgement) Speaks(total int, differing []string) {
	j.finding.Pods = &PodCount{Total: total, Differing: differing}
}

// Command sets the kubectl command that reproduces the observation, where it isn't
// simply the subject itself.
func (j *Judgement) Command(format string, args ...any) {
	j.finding.Command = fmt.Sprintf(format, args...)
}

// By says which commands show what is noted from now on, where it isn't simply the subject
// itself; none ends that. The finding has those of what made its status. What it returns
// puts back what was said before.
func (j *Judgement) By(commands ...string) (back func()) {
	before := j.by
	j.by = slices.DeleteFunc(commands, func(c string) bool { return c == "" })
	return func() { j.by = before }
}

// Responsible says who answers for the subject, where the check's own party and the
// namespace don't tell: objects of the whole cluster are the administrator's.
func (j *Judgement) Responsible(p Party) { j.finding.Responsible = p }

// Cause names the finding that explains this one.
func (j *Judgement) Cause(check string, s Subject) { j.finding.Cause = FindingID(check, s) }

func (j *Judgement) note(s Status, r Reason, severity Severity, format string, args []any) {
	o := observation{s, r, severity, fmt.Sprintf(format, args...), j.by}
	known := func(other observation) bool {
		return other.status == s && other.reason == r && other.severity == severity && other.text == o.text
	}
	if !slices.ContainsFunc(j.observations, known) {
		j.observations = append(j.observations, o)
	}
}

// Finding returns the judgement. Nothing observed is NotAssessed: a check that says
// nothing has not decided.
func (j *Judgement) Finding() Finding {
	f := j.finding
	if len(j.observations) == 0 {
		f.Reason, f.Message = Failed, "the check observed nothing"
		return f
	}
	ordered := slices.Clone(j.observations)
	slices.SortStableFunc(ordered, func(a, b observation) int {
		return cmp.Or(cmp.Compare(rank(a.status, a.reason), rank(b.status, b.reason)), cmp.Compare(b.severity, a.severity))
	})
	worst := ordered[0]
	f.Status, f.Reason, f.Severity = worst.status, worst.reason, worst.severity
	texts := make([]string, 0, len(ordered))
	for _, o := range ordered {
		// A passing remark adds nothing to a deviation.
		if o.status == worst.status || o.status != Pass && o.status != NotApplicable {
			texts = append(texts, o.text)
		}
	}
	f.Message = strings.Join(texts, "; ")
	f.Command = j.command(slices.DeleteFunc(ordered, func(o observation) bool { return o.status != worst.status }))
	return f
}

// mostCommands is how many commands a finding gives.
const mostCommands = 3

// command joins the commands that show some observations, on one line.
func (j *Judgement) command(observations []observation) string {
	var list []string
	given := false
	for _, o := range observations {
		commands := o.commands
		if len(commands) == 0 {
			commands = []string{cmp.Or(j.finding.Command, j.finding.Subject.Command())}
		} else {
			given = true
		}
		for _, c := range commands {
			if c != "" && !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	if !given {
		return j.finding.Command
	}
	return strings.Join(list[:min(len(list), mostCommands)], "; ")
}
