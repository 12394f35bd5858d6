package netpol

import (
	"errors"
	"fmt"
)

// A calicoReader reads policies of Calico: the sets that selectors find, and the namespaces that there are.
type calicoReader struct {
	sets     []networkSet
	entities map[string]*entity // by what they say
	keys     map[string]bool    // labels that are mentioned
	names    map[string]bool    // of ports
}

// readCalico reads the policies of Calico, and adds the labels and the port names that they mention to those that tell
// Pods apart.
func (r *Reachability) readCalico(c *Cluster, read *reader, names map[string]bool) {
	if len(c.CalicoPolicies) == 0 {
		return
	}
	tiers := readTiers(c.CalicoTiers)
	sets, problems := readSets(c.CalicoNetworkSets, r.spaces)
	in := &calicoReader{sets: sets, entities: map[string]*entity{}, keys: read.pods.keys, names: names}
	r.calico = in.calicoStatements(c.CalicoPolicies, tiers)
	r.measureEntities(in.entities)
	r.ladder = tiers.ladder()
	r.problems = append(problems, tiers.problems...)
}

// readSelector reads one of Pods and network sets; nil where it is empty, or wrong. Only selectors of namespaces may
// speak of global().
func readSelector(text, path string, wrong report) *expression {
	if text == "" {
		return nil
	}
	e, err := parseExpression(text)
	if err == nil && e.uses("global()") {
		err = errors.New("global() is for selectors of namespaces")
	}
	if err != nil {
		wrong(path, err.Error())
		return nil
	}
	return e
}

// readPrefixed reads one of namespaces or of service accounts; nil where it is empty, or wrong.
func readPrefixed(text, prefix string, functions map[string]*expression, path string, wrong report) *expression {
	if text == "" {
		return nil
	}
	e, err := parseExpression(text)
	if err != nil {
		wrong(path, err.Error())
		return nil
	}
	return e.prefixed(prefix, functions)
}

// entity reads one end of a rule of a policy in a namespace, or of none (GetEntityRuleSelector in
// libcalico-go/lib/backend/syncersv1/updateprocessors of github.com/projectcalico/calico): nil where it means everything.
// It reports whether what it means is certain.
func (r *calicoReader) entity(in *CalicoEntity, namespace string, families []addressRange, wrong report) (*entity, bool) {
	sure := in.Services == nil && len(in.Domains) == 0
	if !sure {
		wrong("", "Services and domain names aren't looked up here: indeterminate")
	}
	uncertain := func(field, reason string) { wrong(field, reason); sure = false }
	selected := readSelector(in.Selector, ".selector", uncertain)
	excluded := readSelector(in.NotSelector, ".notSelector", uncertain)
	namespaces := readPrefixed(in.NamespaceSelector, namespacePrefix, namespaceFunctions, ".namespaceSelector", uncertain)
	var accounts *expression
	if sa := in.ServiceAccounts; sa != nil {
		accounts = readPrefixed(sa.Selector, serviceAccountPrefix, nil, ".serviceAccounts.selector", uncertain)
		if len(sa.Names) > 0 {
			accounts = conjunction(accounts, &expression{operator: "in", key: calicoServiceAccount, values: sa.Names})
		}
	}
	nets, notNets := readNets(in.Nets, ".nets", uncertain), readNets(in.NotNets, ".notNets", uncertain)

	e := &entity{labels: conjunction(namespaces, accounts, selected), excluded: excluded}
	if namespace != "" && in.NamespaceSelector == "" && (e.labels != nil || excluded != nil) {
		e.labels = conjunction(&expression{operator: "==", key: calicoNamespace, values: []string{namespace}}, e.labels)
	}
	e.within = allAddresses()
	if e.bounded = len(in.Nets)+len(in.NotNets) > 0 || families != nil; e.bounded {
		e.within = bounded(e.within, in.Nets != nil, nets, notNets, families)
	}
	if !r.addSets(e) {
		wrong("", "a network set that it may mean has addresses that can't be understood")
		sure = false
	}
	if !e.bounded {
		e.within = nil
	}
	if e.labels == nil && excluded == nil && !e.bounded {
		return nil, sure
	}
	return r.interned(e), sure
}

// bounded returns the addresses in nets, if there are any, in families, if they are given, and not in others.
func bounded(all []addressRange, given bool, nets, others, families []addressRange) []addressRange {
	if given {
		all = nets
	}
	if families != nil {
		all = intersected(all, families)
	}
	return subtracted(all, others)
}

// addSets adds to an entity the addresses that it means by no Pod's labels: all that are left where it asks for none,
// otherwise those of network sets. It reports whether all of them are known.
func (r *calicoReader) addSets(e *entity) bool {
	known := true
	var found, lost []addressRange
	for i := range r.sets {
		s := &r.sets[i]
		if e.labels != nil && e.labels.matches(s) == yes {
			found = append(found, s.addresses...)
			known = known && !s.broken
		}
		if e.excluded != nil && e.excluded.matches(s) == yes {
			lost = append(lost, s.addresses...)
			known = known && !s.broken
		}
	}
	if len(lost) > 0 {
		e.within, e.bounded = subtracted(e.within, lost), true
	}
	e.addresses = e.within
	if e.labels != nil {
		e.addresses = intersected(e.within, found)
	}
	return known
}

// interned returns the entity that says the same, if there was one before.
func (r *calicoReader) interned(e *entity) *entity {
	text := fmt.Sprint(e.labels, "\x00", e.excluded, "\x00", e.addresses, e.bounded, e.within)
	if known, ok := r.entities[text]; ok {
		return known
	}
	e.labels.keys(r.keys)
	e.excluded.keys(r.keys)
	r.entities[text] = e
	return e
}
