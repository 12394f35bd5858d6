package netpol

import (
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// The labels that Calico gives to what a selector may mean, and what it puts before those of namespaces and service
// accounts (libcalico-go/lib/backend/k8s/conversion of github.com/projectcalico/calico).
const (
	calicoNamespace      = "projectcalico.org/namespace"
	calicoOrchestrator   = "projectcalico.org/orchestrator"
	calicoServiceAccount = "projectcalico.org/serviceaccount"
	calicoName           = "projectcalico.org/name" // after a prefix

	namespacePrefix      = "pcns."
	serviceAccountPrefix = "pcsa."
)

// namespaceFunctions are what all() and global() mean in a selector of namespaces: what has one, and what has none.
var namespaceFunctions = map[string]*expression{"all()": has(calicoNamespace), "global()": negation(has(calicoNamespace))}

// serviceAccountFunctions are what all() means in a selector of service accounts: whatever has one.
var serviceAccountFunctions = map[string]*expression{"all()": has(calicoServiceAccount)}

// given reports whether a label is one that Calico gives to Pods, so that the Pod's own don't count.
func given(key string) bool {
	return key == calicoNamespace || key == calicoOrchestrator || key == calicoServiceAccount ||
		strings.HasPrefix(key, namespacePrefix) || strings.HasPrefix(key, serviceAccountPrefix)
}

// inherited reports whether a label is one that Calico gives to Pods for their namespace.
func inherited(key string) bool {
	return key == calicoNamespace || strings.HasPrefix(key, namespacePrefix)
}

func presence(set labels.Set, key string) (string, match) {
	if value, ok := set[key]; ok {
		return value, yes
	}
	return "", no
}

// label makes a class of Pods labelled, as Calico sees it. Labels of service accounts aren't known.
func (c *class) label(key string) (string, match) {
	switch key {
	case calicoOrchestrator:
		return "k8s", yes
	case calicoServiceAccount, serviceAccountPrefix + calicoName:
		if c.serviceAccount != "" {
			return c.serviceAccount, yes
		}
		return "", maybe
	}
	if inherited(key) {
		return c.space.label(key)
	}
	if strings.HasPrefix(key, serviceAccountPrefix) {
		return "", maybe
	}
	return presence(c.labels, key)
}

// label makes a namespace labelled, for whatever Pods are in it: all that isn't known is what they have themselves.
func (s *space) label(key string) (string, match) {
	switch {
	case key == calicoNamespace || key == namespacePrefix+calicoName:
		return s.name, yes
	case inherited(key):
		return presence(s.labels, strings.TrimPrefix(key, namespacePrefix))
	}
	return "", maybe
}

// A hostInterface is what policies may know of a node's address: labels of a HostEndpoint, if there is one, but none
// that come with a namespace.
type hostInterface struct{}

func (hostInterface) label(key string) (string, match) {
	if given(key) {
		return "", no
	}
	return "", maybe
}

// label makes a network set labelled: one of a namespace inherits from it.
func (s *networkSet) label(key string) (string, match) {
	if s.space == nil {
		return presence(s.labels, key)
	}
	if inherited(key) {
		return s.space.label(key)
	}
	return presence(s.labels, key)
}

// A sample is the labels that some Pod could have; it has no others.
type sample map[string]string

func (s sample) label(key string) (string, match) { return presence(labels.Set(s), key) }

// mostSamples is how many samples an expression is good for.
const mostSamples = 8

// mostPairs is how many samples of two expressions together are looked at.
const mostPairs = 512

// samples returns labels with which the expression holds, or doesn't: not all there are, and none that it can't tell
// from others.
func (e *expression) samples(holds bool) []sample {
	var all []sample
	for _, s := range e.candidates(holds) {
		if want := map[bool]match{true: yes, false: no}[holds]; e.matches(s) == want {
			all = append(all, s)
		}
	}
	return all
}

func (e *expression) candidates(holds bool) []sample {
	switch {
	case e.operator == "!":
		return e.of[0].candidates(!holds)
	case e.operator == "&&" && holds, e.operator == "||" && !holds:
		all := []sample{{}}
		for _, part := range e.of {
			all = merged(all, part.candidates(holds), mostSamples)
		}
		return all
	case e.operator == "&&", e.operator == "||":
		var all []sample
		for _, part := range e.of {
			all = append(all, part.candidates(holds)...)
		}
		return all[:min(len(all), mostSamples)]
	case e.key == "":
		return []sample{{}}
	}
	positive := e.operator != "!=" && e.operator != "not in"
	switch {
	case positive != holds:
		return []sample{{}, {e.key: "other"}}
	case len(e.values) == 0:
		return []sample{{e.key: "any"}}
	}
	return []sample{{e.key: e.values[0]}}
}

// merged returns what each two of the samples are together, up to a number; where both have a label, one of its values.
func merged(some, others []sample, most int) []sample {
	var all []sample
	for _, s := range some {
		for _, o := range others {
			both := sample{}
			for key, value := range s {
				both[key] = value
			}
			for key, value := range o {
				if _, taken := both[key]; !taken || value != "other" {
					both[key] = value
				}
			}
			if all = append(all, both); len(all) == most {
				return all
			}
		}
	}
	return all
}
