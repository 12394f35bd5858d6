package netpol

import (
	"fmt"
	"strings"
	"testing"
)

// TestIsolationCases evaluates testdata/isolation/*.txtar: verdicts (of each Pod and direction), denial (of each namespace
// and direction) and policies.
func TestIsolationCases(t *testing.T) {
	runCases(t, "isolation", Evaluate, map[string]func(*manifest, *Isolation) string{
		"verdicts": verdicts, "denial": denial, "policies": policies,
	})
}

func verdicts(m *manifest, r *Isolation) string {
	var b strings.Builder
	for i, p := range m.Pods {
		for _, d := range Directions {
			e := r.Explain(i, d)
			fmt.Fprintf(&b, "%s/%s %s %s", p.Namespace, p.Name, d, e.Verdict)
			list(&b, "by", e.SelectedBy)
			for _, rule := range e.OpenedBy {
				fmt.Fprintf(&b, "\n    opened by %s %s", rule.Policy, rule.Path)
			}
			for _, u := range e.Unparseable {
				fmt.Fprintf(&b, "\n    %s %s", u.Policy, u.Reason)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func denial(m *manifest, r *Isolation) string {
	var b strings.Builder
	for _, n := range m.Namespaces {
		for _, d := range Directions {
			deny := r.DefaultDeny(n.Name, d)
			fmt.Fprintf(&b, "%s %s %s", n.Name, d, deny.Verdict)
			list(&b, "by", deny.Policies)
			list(&b, "isolated by", deny.IsolatesAll)
			list(&b, "cancelled by", deny.CancelledBy)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func policies(_ *manifest, r *Isolation) string {
	var b strings.Builder
	for _, p := range r.Policies() {
		fmt.Fprintf(&b, "%s %v selects %d Pods, %d templates", p.PolicyRef, p.Directions, p.Pods, p.Templates)
		if p.SelectsNothing() {
			b.WriteString(": nothing")
		}
		for _, rule := range p.AllowsAll {
			fmt.Fprintf(&b, "\n    allows all: %s", rule.Path)
		}
		for _, u := range p.Unparseable {
			fmt.Fprintf(&b, "\n    unparseable: %s", u.Reason)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func list(b *strings.Builder, word string, refs []PolicyRef) {
	for i, ref := range refs {
		if i == 0 {
			fmt.Fprintf(b, " %s", word)
		}
		fmt.Fprintf(b, " %s", ref)
	}
}
