package netpol

import (
	"encoding/binary"
	"slices"
)

// An Isolation is what the NetworkPolicies of one cluster isolate. It is safe for concurrent reading.
type Isolation struct {
	statements  []*statement // sorted by name
	policies    []Policy     // of the statements, index by index
	classes     []*class
	classOf     []int32 // by Pod
	byNamespace map[string][]*class
	ofNamespace map[string][]*statement
}

// A Column is what one engine says about one Pod in one direction: the NetworkPolicies here.
type Column struct {
	Verdict Verdict `json:"verdict"`

	// SelectedBy lists the policies that select the Pod in that direction, sorted; one that can't be understood
	// is among them when it may select the Pod. Many Pods share one slice: don't change it.
	SelectedBy []PolicyRef `json:"selectedBy,omitempty"`
}

// A decision is a column and the statements that it rests on. Classes share it.
type decision struct {
	Column
	statements []*statement
}

// Evaluate decides the isolation of every Pod of c.
func Evaluate(c *Cluster) *Isolation {
	r := &Isolation{
		byNamespace: map[string][]*class{},
		ofNamespace: map[string][]*statement{},
	}
	read := reader{pods: newSelectors(), namespaces: newSelectors()}
	names := map[string]bool{}
	r.statements = read.policies(c.Policies, names)
	index := indexStatements(r.statements)
	for _, s := range r.statements {
		r.policies = append(r.policies, s.policy())
		r.ofNamespace[s.ref.Namespace] = append(r.ofNamespace[s.ref.Namespace], s)
	}

	sorter := classifier{keys: read.pods.keys, names: names, fallback: clusterFamilies(c.Pods)}
	templates, _ := sorter.classify(c.Templates)
	for _, class := range templates {
		for _, i := range index.selecting(class) {
			r.policies[i].Templates += class.pods
		}
	}
	r.classes, r.classOf = sorter.classify(c.Pods)
	r.decide(index)
	return r
}

// decide fills the columns of all classes. Classes that the same policies select, and that differ neither in
// families nor in named ports, share a decision.
func (r *Isolation) decide(index index) {
	notCoverable := &decision{Column: Column{Verdict: NotCoverable}}
	decided := map[string]*decision{}
	var key []byte
	for _, class := range r.classes {
		r.byNamespace[class.namespace] = append(r.byNamespace[class.namespace], class)
		if class.hostNetwork {
			class.columns = [2]*decision{notCoverable, notCoverable}
			continue
		}
		selecting := index.selecting(class)
		for _, i := range selecting {
			r.policies[i].Pods += class.pods
		}
		for _, d := range Directions {
			var statements []*statement
			key = append(key[:0], byte(d), byte(class.families))
			for _, i := range selecting {
				if s := r.statements[i]; s.sides[d].isolates {
					statements = append(statements, s)
					key = binary.BigEndian.AppendUint32(key, uint32(i)+1)
				}
			}
			if d == Ingress {
				key = appendPorts(binary.BigEndian.AppendUint32(key, 0), class.ports)
			}
			decision, ok := decided[string(key)]
			if !ok {
				decision = class.decide(statements, d)
				decided[string(key)] = decision
			}
			class.columns[d] = decision
		}
	}
}

// decide judges a class by the policies that select it, or may select it, in one direction.
func (c *class) decide(statements []*statement, d Direction) *decision {
	result := &decision{Column: Column{Verdict: None}, statements: statements}
	if len(statements) == 0 {
		return result
	}
	result.SelectedBy = make([]PolicyRef, len(statements))
	result.Verdict = Restricted
	for i, s := range statements {
		result.SelectedBy[i] = s.ref
		if len(s.sides[d].problems) > 0 {
			result.Verdict = Indeterminate
		}
	}
	if rules, _ := certain(statements, d); c.allowsEverything(rules, d) {
		result.Verdict = Open
	}
	return result
}

// certain returns the rules that hold for sure, with the policy of each.
func certain(statements []*statement, d Direction) (rules []*rule, of []PolicyRef) {
	for _, s := range statements {
		if s.sides[d].unsure {
			continue
		}
		for i := range s.sides[d].rules {
			rules = append(rules, &s.sides[d].rules[i])
			of = append(of, s.ref)
		}
	}
	return rules, of
}

// Column returns the verdict on the Pod at an index of [Cluster.Pods].
func (r *Isolation) Column(pod int, d Direction) Column {
	return r.classes[r.classOf[pod]].columns[d].Column
}

// Policies returns every policy that was evaluated, sorted by namespace and name.
func (r *Isolation) Policies() []Policy { return slices.Clone(r.policies) }

// Unparseable returns what can't be understood, over all policies.
func (r *Isolation) Unparseable() []Unparseable {
	var all []Unparseable
	for _, s := range r.statements {
		all = append(all, s.problems...)
	}
	return all
}
