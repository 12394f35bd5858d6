package netpol

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A grant is one rule and the ports that it stands for in one place.
type grant struct {
	rule  *rule
	spans []span
}

// grants returns what rules add to the addresses that a Pod of the class can exchange packets with. For ingress
// the Pod is the one connected to and resolves named ports; for egress they are resolved by each destination,
// so that a name never stands for every port, nor for any port of an address that is no Pod's.
func (c *class) grants(rules []*rule, d Direction) []grant {
	var declared []Port
	if d == Ingress {
		declared = c.ports
	}
	var grants []grant
	for _, r := range rules {
		if r.everywhere || len(r.addresses) > 0 {
			grants = append(grants, grant{r, r.ports.on(declared)})
		}
	}
	return grants
}

// allowsEverything reports whether rules together allow every Pod and every address of the class's families on
// every TCP, UDP and SCTP port.
//
// Selectors of Pods never decide that: every address must be allowed anyway, and the addresses of Pods are among
// them, as the end-to-end tests of Kubernetes have it. Some plugins, Cilium for one, don't match Pods by address.
func (c *class) allowsEverything(rules []*rule, d Direction) bool {
	if slices.ContainsFunc(rules, (*rule).all) {
		return true
	}
	grants := c.grants(rules, d)
	for _, protocol := range protocols {
		if !everyPort(grants, protocol, c.families) {
			return false
		}
	}
	return true
}

// everyPort reports whether grants allow every address on every port of a protocol. The set of rules that apply
// only changes where a range begins or ends, so one port of each stretch between these is looked at.
func everyPort(grants []grant, protocol corev1.Protocol, families family) bool {
	starts := []int32{firstPort}
	for _, g := range grants {
		for _, s := range g.spans {
			if s.protocol == protocol {
				starts = append(starts, s.first, s.last+1)
			}
		}
	}
	slices.Sort(starts)
	for _, port := range slices.Compact(starts) {
		if port <= lastPort && !everyAddress(grants, protocol, port, families) {
			return false
		}
	}
	return true
}

func everyAddress(grants []grant, protocol corev1.Protocol, port int32, families family) bool {
	var ranges []addressRange
	for _, g := range grants {
		if !slices.ContainsFunc(g.spans, func(s span) bool {
			return s.protocol == protocol && s.first <= port && port <= s.last
		}) {
			continue
		}
		if g.rule.everywhere {
			return true
		}
		ranges = append(ranges, g.rule.addresses...)
	}
	return covers(ranges, families)
}

// opening returns the indices of rules that leave the class open: each rule that does so alone, or else the
// rules that do so together and of which none can be missed, earlier ones first. Nil if they don't.
func (c *class) opening(rules []*rule, d Direction) []int {
	if !c.allowsEverything(rules, d) {
		return nil
	}
	var alone []int
	for i, r := range rules {
		if c.allowsEverything([]*rule{r}, d) {
			alone = append(alone, i)
		}
	}
	if alone != nil {
		return alone
	}
	kept := slices.Clone(rules)
	for i := len(kept) - 1; i >= 0; i-- {
		if rest := slices.Delete(slices.Clone(kept), i, i+1); c.allowsEverything(rest, d) {
			kept = rest
		}
	}
	var together []int
	for i, r := range rules {
		if slices.Contains(kept, r) {
			together = append(together, i)
		}
	}
	return together
}
