package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	corev1 "k8s.io/api/core/v1"
)

// A Port is a port that is asked for.
type Port struct {
	Protocol corev1.Protocol // TCP, UDP or SCTP
	Number   int32           // 1 to 65535
}

func (p *Port) String() string { return fmt.Sprintf("%s %d", p.Protocol, p.Number) }

// An Answer is whether policy lets a connection pass.
type Answer int

// The answers. The zero value decides nothing.
const (
	Undecided Answer = iota
	Denied
	Allowed
	AllowedForSome // of the Pods of a workload, or of the addresses of a network
)

var answerWords = map[Answer]string{
	Undecided: "can't be told", Denied: "denied", Allowed: "allowed",
	AllowedForSome: "allowed for some, denied for others: see below",
}

// Explain writes whether policies let one end connect to another, on one port or on any
// (nil), and why: which policies select each end, which rule decided, where there is none.
func Explain(w io.Writer, f *audit.Facts, from, to *End, port *Port) (Answer, error) {
	r := newReacher(f, []End{*from}, []End{*to})
	paths := r.explained(from, to)
	answer := overall(paths, port)
	var b strings.Builder
	question := "any port"
	if port != nil {
		question = port.String()
	}
	fmt.Fprintf(&b, "%s → %s, %s: %s\n", harmless(from.Name), harmless(to.Name), question, answerWords[answer])
	for _, p := range paths {
		b.WriteString("\n")
		if len(paths) > 1 || from.Outside() || to.Outside() {
			fmt.Fprintf(&b, "%s\n", harmless(p.about))
		}
		writePath(&b, &p.Path, port)
	}
	fmt.Fprintf(&b, "\n%s: whether it is enforced is another question (NET-08). ", Declared)
	if statement := f.Plugin.Enforcement.Statement; statement != "" {
		b.WriteString(harmless(statement))
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return answer, err
}

// An explainedPath is a path and whom it speaks of.
type explainedPath struct {
	netpol.Path
	about string
}

// explained are the paths between two ends, one for each two classes of Pods and each
// range of addresses.
func (r *reacher) explained(from, to *End) []explainedPath {
	var list []explainedPath
	name := func(pod int) string {
		p := &r.Policies.Cluster.Pods[pod]
		return p.Namespace + "/" + p.Name
	}
	switch {
	case from.Outside():
		for _, pod := range r.alike(to.Members) {
			for _, p := range r.Policies.Reach.Reach(netpol.OutsideEndpoint(from.Network), netpol.PodEndpoint(pod)) {
				list = append(list, explainedPath{p, fmt.Sprintf("from %s to Pod %s:", p.Outside, name(pod))})
			}
		}
	case to.Outside():
		for _, pod := range r.alike(from.Members) {
			for _, p := range r.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.OutsideEndpoint(to.Network)) {
				list = append(list, explainedPath{p, fmt.Sprintf("from Pod %s to %s:", name(pod), p.Outside)})
			}
		}
	default:
		for _, a := range r.alike(from.Members) {
			for _, b := range r.alike(to.Members) {
				if a == b {
					b = r.another(a, to.Members)
				}
				if a == b && len(from.Members)+len(to.Members) > 2 {
					continue // a Pod always reaches itself, which says nothing of the others
				}
				p := r.Policies.Reach.Reach(netpol.PodEndpoint(a), netpol.PodEndpoint(b))[0]
				list = append(list, explainedPath{p, fmt.Sprintf("from Pod %s to Pod %s:", name(a), name(b))})
			}
		}
	}
	return list
}

// another returns another Pod of the class of one, or that one where there is none.
func (r *reacher) another(pod int, among []int) int {
	for _, other := range among {
		if other != pod && r.Policies.Reach.Class(other) == r.Policies.Reach.Class(pod) {
			return other
		}
	}
	return pod
}

// overall sums up paths: allowed where all of them are, denied where none is.
func overall(paths []explainedPath, port *Port) Answer {
	allowed, denied, doubtful := 0, 0, 0
	for i := range paths {
		switch p := &paths[i]; {
		case portAllowed(p.Allowed, port):
			allowed++
		case portAllowed(p.Indeterminate, port):
			doubtful++
		default:
			denied++
		}
	}
	switch {
	case doubtful > 0 || len(paths) == 0:
		return Undecided
	case denied == 0:
		return Allowed
	case allowed == 0:
		return Denied
	}
	return AllowedForSome
}

func writePath(b *strings.Builder, p *netpol.Path, port *Port) {
	fmt.Fprintf(b, "  allowed: %s\n", p.Allowed)
	if !p.Indeterminate.Empty() {
		fmt.Fprintf(b, "  can't be told: %s\n", p.Indeterminate)
	}
	if p.Always != "" {
		fmt.Fprintf(b, "  policies don't matter here: %s\n", p.Always)
	}
	if !p.DependsOnPlugin.Empty() {
		fmt.Fprintf(b, "  depends on the plugin: %s is allowed by a block of addresses that holds Pods; some plugins, Cilium for one, don't match Pods by address\n", p.DependsOnPlugin)
	}
	writePassage(b, "egress of the source", p.Egress, port)
	writePassage(b, "ingress of the destination", p.Ingress, port)
}

// passageWords say what a verdict means for one end.
var passageWords = map[netpol.Verdict]string{
	netpol.None:          "no policy isolates it: whatever no rule denies is allowed",
	netpol.Open:          "isolated, but everything is allowed",
	netpol.Restricted:    "isolated: only what a rule allows may pass",
	netpol.NotCoverable:  "runs in the host's network, which policies don't cover",
	netpol.Indeterminate: "can't be told",
}

func writePassage(b *strings.Builder, title string, p *netpol.Passage, port *Port) {
	if p == nil {
		return
	}
	fmt.Fprintf(b, "  %s: %s", title, passageWords[p.Verdict])
	if len(p.SelectedBy) > 0 {
		var names []string
		for _, ref := range p.SelectedBy {
			names = append(names, harmless(ref.String()))
		}
		fmt.Fprintf(b, " (selected by %s)", strings.Join(names, ", "))
	}
	b.WriteString("\n")
	relevant := slices.DeleteFunc(slices.Clone(p.Decided), func(d netpol.Decided) bool { return port != nil && !d.Connections.Allows(port.Protocol, port.Number) })
	for _, d := range relevant {
		fmt.Fprintf(b, "    %s by %s %s: %s\n", decidedWords[d.Action], harmless(fmt.Sprint(d.Policy)), d.Path, d.Connections)
	}
	if len(relevant) == 0 && p.Verdict == netpol.Restricted {
		what := "the other end"
		if port != nil {
			what = port.String() + " with the other end"
		}
		fmt.Fprintf(b, "    no rule speaks of %s\n", what)
	}
	for _, u := range p.Unparseable {
		fmt.Fprintf(b, "    has no defined meaning: %s\n", harmless(fmt.Sprint(u.Policy, " ", u.Reason)))
	}
}

var decidedWords = map[string]string{"allow": "allowed", "deny": "denied", "pass": "passed on", "indeterminate": "can't be told"}
