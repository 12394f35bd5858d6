package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/kubevidence/kubevidence/audit"
	"gopkg.in/yaml.v3"
)

// WriteWaiverDraft writes waivers for findings of a record as YAML, with a blank and a
// comment for each thing that a person has to decide. As it is it isn't valid.
func WriteWaiverDraft(w io.Writer, r *Record, findings []*audit.Finding) error {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, f := range findings {
		list.Content = append(list.Content, draft(f))
	}
	key := scalar("waivers")
	key.HeadComment = commented(fmt.Sprintf("Drafted from record %s of %s at %s. Fill in every \"\" but riskRef,\nthen let `kubevidence waive --check FILE` look at it.",
		r.Metadata.UID, r.Subject.Name, utc(r.Metadata.GeneratedAt)))
	document := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, list}}
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("write draft: %w", err)
	}
	return encoder.Close()
}

// draft is a waiver of one finding.
func draft(f *audit.Finding) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key string, value *yaml.Node, comment string) {
		name := scalar(key)
		if value.Kind == yaml.ScalarNode {
			value.LineComment = commented(comment)
		} else {
			name.HeadComment = commented(comment)
		}
		m.Content = append(m.Content, name, value)
	}
	blank := func(key, comment string) {
		add(key, &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle}, comment)
	}

	m.HeadComment = commented(strings.ReplaceAll(fmt.Sprintf("%s, %s, %s: %s: %s", f.ID, f.Status, f.Severity, f.Subject, f.Message), "\n", " "))
	add("id", scalar("WVR-"+f.ID), "or a number of yours; no other waiver or attestation may have it")
	blank("kind", "acceptedRisk, remediation (it will be mended by expiresAt) or falsePositive")
	add("check", scalar(f.Check), "")
	add("subject", subjectNode(f.Subject), "Globs; what is left out matches everything. labels: takes a selector.")
	blank("reason", "why this is acceptable, for somebody who wasn't there")
	blank("owner", "who answers for the risk")
	blank("approver", "who accepts it: another person than the owner")
	blank("approvedAt", "the day of that, such as 2026-11-22; not in the future")
	blank("expiresAt", "the last day it holds, at most 365 days later unless the configuration says otherwise")
	blank("riskRef", "where the risk register has it; may stay blank")
	add("compensatingControls", &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}, "What lessens the risk meanwhile; may stay empty.")
	known := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar(f.Subject.Key())}}
	add("subjectsAtApproval", known, "What there is today. A subject that comes later isn't waived, it is listed for review.")
	return m
}

// subjectNode is the pattern that matches one subject.
func subjectNode(s audit.Subject) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range [][2]string{{"kind", s.Kind}, {"namespace", s.Namespace}, {"name", s.Name}} {
		if field[1] != "" {
			m.Content = append(m.Content, scalar(field[0]), scalar(escapeGlob(field[1])))
		}
	}
	return m
}

// escapeGlob makes a name a glob that matches it and nothing else.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	if strings.ContainsFunc(text, unprintable) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// commented makes a text fit for a comment: what could end the line, or steer a terminal, is
// taken out of each of its lines.
func commented(text string) string {
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = "# " + strings.Map(func(r rune) rune {
			if unprintable(r) {
				return unicode.ReplacementChar
			}
			return r
		}, line)
	}
	return strings.Join(lines, "\n")
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}
