package netpol

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A calicoTier is a tier, read.
type calicoTier struct {
	name    string
	order   float64
	rest    action // of what its policies don't decide, where any selects the Pods
	unknown bool   // no such tier is known, or not all of it
	holds   adminTier
}

// An adminTier says which policies of policy.networking.k8s.io a tier of Calico stands for.
type adminTier uint8

const (
	noTier adminTier = iota
	upperTier
	lowerTier
)

// kubernetesOrder is where the policies of networking.k8s.io stand in the tier default
// (libcalico-go/lib/backend/k8s/conversion of github.com/projectcalico/calico).
const kubernetesOrder = 1000

// calicoTiers are the tiers of a cluster.
type calicoTiers struct {
	byName   map[string]*calicoTier
	problems []Unparseable
}

// readTiers reads the tiers. Those that Calico makes itself are there in any case: that of policies without a tier, and
// those of policy.networking.k8s.io (api/pkg/apis/projectcalico/v3/tier.go of github.com/projectcalico/calico).
func readTiers(tiers []CalicoTier) *calicoTiers {
	all := &calicoTiers{byName: map[string]*calicoTier{
		"default":                    {name: "default", order: 1_000_000, rest: deny},
		"adminnetworkpolicy":         {name: "adminnetworkpolicy", order: 1_000, rest: pass, holds: upperTier},
		"baselineadminnetworkpolicy": {name: "baselineadminnetworkpolicy", order: 10_000_000, rest: pass, holds: lowerTier},
	}}
	alike := map[string]string{"kube-admin": "adminnetworkpolicy", "kube-baseline": "baselineadminnetworkpolicy"}
	read := map[string]bool{}
	for _, stored := range []bool{false, true} {
		for i := range tiers {
			t := &tiers[i]
			name := cmp.Or(alike[t.Name], t.Name)
			if strings.HasPrefix(t.APIVersion, "crd.") != stored || read[name] {
				continue
			}
			read[name] = true
			known := all.byName[name]
			if known == nil {
				known = &calicoTier{name: name, order: math.Inf(1)}
				all.byName[name] = known
			}
			all.read(known, t)
		}
	}
	return all
}

func (all *calicoTiers) read(into *calicoTier, t *CalicoTier) {
	if t.Spec.Order != nil {
		into.order = *t.Spec.Order
	}
	switch t.Spec.DefaultAction {
	case "Deny":
		into.rest = deny
	case "Pass":
		into.rest = pass
	case "":
		if into.holds == noTier {
			into.rest = deny
		}
	default:
		into.rest = doubt
		all.problems = append(all.problems, Unparseable{Policy: PolicyRef{Kind: "Tier", Name: t.Name},
			Reason: fmt.Sprintf("spec.defaultAction: %q is neither Deny nor Pass", t.Spec.DefaultAction)})
	}
}

// named returns a tier. One that isn't there comes first, and leaves everything in doubt.
func (all *calicoTiers) named(name string) *calicoTier {
	t := all.byName[name]
	if t == nil {
		t = &calicoTier{name: name, order: math.Inf(-1), rest: doubt, unknown: true}
		all.byName[name] = t
	}
	return t
}

// ladder returns the tiers in the order in which they are tried.
func (all *calicoTiers) ladder() []*calicoTier {
	var ladder []*calicoTier
	for _, t := range all.byName {
		ladder = append(ladder, t)
	}
	slices.SortFunc(ladder, func(a, b *calicoTier) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.name, b.name))
	})
	return ladder
}

// readSets reads network sets.
func readSets(sets []CalicoNetworkSet, spaces map[string]*space) (read []networkSet, problems []Unparseable) {
	for i := range sets {
		in := &sets[i]
		ref := PolicyRef{Kind: "GlobalNetworkSet", Name: in.Name}
		if in.Namespace != "" {
			ref = PolicyRef{Kind: "NetworkSet", Namespace: in.Namespace, Name: in.Name}
		}
		s := networkSet{labels: in.Labels}
		if in.Namespace != "" {
			s.space = spaces[in.Namespace]
			if s.space == nil {
				s.space = &space{name: in.Namespace}
			}
		}
		s.addresses = readNets(in.Spec.Nets, "spec.nets", func(path, reason string) {
			s.broken = true
			problems = append(problems, Unparseable{Policy: ref, Reason: path + ": " + reason})
		})
		read = append(read, s)
	}
	return read, problems
}
