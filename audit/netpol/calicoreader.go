package netpol

import (
	"errors"
	"fmt"
	"slices"
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

// entity reads one end of a rule of a policy (GetEntityRuleSelector in
// libcalico-go/lib/backend/syncersv1/updateprocessors of github.com/projectcalico/calico): nil where it means everything.
// It reports whether what it means is certain, which Services and domain names never are. What is written alike is read
// once.
func (r *calicoReader) entity(path string, in *CalicoEntity, families []addressRange, policy *remarks) (*entity, bool) {
	namespace := policy.ref.Namespace
	accounts := CalicoServiceAccounts{}
	if in.ServiceAccounts != nil {
		accounts = *in.ServiceAccounts
	}
	text := fmt.Sprintf("%q %q %q %q %q %q %q %v", namespace, in.Selector, in.NotSelector, in.NamespaceSelector, in.Nets, in.NotNets, accounts, families)
	elsewhere := in.Services != nil || len(in.Domains) > 0
	if known, ok := r.entities[text]; ok && !elsewhere {
		return known, true
	}
	sure := true
	uncertain := func(field, reason string) { policy.wrong(path+field, reason); sure = false }
	if elsewhere {
		policy.unclear(path, "Services and domain names aren't looked up here: indeterminate")
		sure = false
	}
	e := &entity{excluded: readSelector(in.NotSelector, ".notSelector", uncertain)}
	e.labels = conjunction(
		readPrefixed(in.NamespaceSelector, namespacePrefix, namespaceFunctions, ".namespaceSelector", uncertain),
		readPrefixed(accounts.Selector, serviceAccountPrefix, nil, ".serviceAccounts.selector", uncertain),
		readSelector(in.Selector, ".selector", uncertain))
	if len(accounts.Names) > 0 {
		e.labels = conjunction(e.labels, &expression{operator: "in", key: calicoServiceAccount, values: accounts.Names})
	}
	if namespace != "" && in.NamespaceSelector == "" && (e.labels != nil || e.excluded != nil) {
		e.labels = conjunction(&expression{operator: "==", key: calicoNamespace, values: []string{namespace}}, e.labels)
	}
	nets, notNets := readNets(in.Nets, ".nets", uncertain), readNets(in.NotNets, ".notNets", uncertain)
	e.bounded = len(in.Nets)+len(in.NotNets) > 0 || families != nil
	if len(in.Nets) == 0 {
		nets = allAddresses()
	}
	if families != nil {
		nets = intersected(nets, families)
	}
	e.within = subtracted(nets, notNets)
	r.addSets(e, uncertain)
	if e.labels == nil && e.excluded == nil && !e.bounded {
		e = nil
	}
	if sure {
		e.keys(r.keys)
		r.entities[text] = e
	}
	return e, sure
}

// keys adds the labels that the entity mentions.
func (e *entity) keys(into map[string]bool) {
	if e != nil {
		e.labels.keys(into)
		e.excluded.keys(into)
	}
}

// addSets adds to an entity the addresses that it means by no Pod's labels: all that are left where it asks for none,
// otherwise those of network sets.
func (r *calicoReader) addSets(e *entity, wrong report) {
	var found, lost []addressRange
	for i := range r.sets {
		s := &r.sets[i]
		finds, loses := e.labels != nil && e.labels.matches(s) == yes, e.excluded != nil && e.excluded.matches(s) == yes
		if finds {
			found = append(found, s.addresses...)
		}
		if loses {
			lost = append(lost, s.addresses...)
		}
		if s.broken && (finds || loses) {
			wrong("", "a network set that it may mean has addresses that can't be understood")
		}
	}
	if len(lost) > 0 {
		e.within, e.bounded = subtracted(e.within, lost), true
	}
	e.addresses = slices.Clone(e.within)
	if e.labels != nil {
		e.addresses = intersected(e.within, found)
	}
	e.addresses, e.within = normalized(e.addresses), normalized(e.within)
	if !e.bounded {
		e.within = nil
	}
}
