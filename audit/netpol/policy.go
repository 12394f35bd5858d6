package netpol

import (
	"cmp"
	"strings"
)

// A PolicyRef names a policy.
type PolicyRef struct {
	Kind      string `json:"kind,omitempty"` // empty for a NetworkPolicy of networking.k8s.io
	Namespace string `json:"namespace"`      // empty for those of the whole cluster
	Name      string `json:"name"`
}

// String returns namespace/name; of a policy that isn't a NetworkPolicy, its kind and a space come first.
func (r PolicyRef) String() string {
	name := r.Name
	if r.Namespace != "" || r.Kind == "" {
		name = r.Namespace + "/" + r.Name
	}
	if r.Kind != "" {
		return r.Kind + " " + name
	}
	return name
}

// Compare orders by namespace, then by name, then by kind.
func (r PolicyRef) Compare(s PolicyRef) int {
	return cmp.Or(strings.Compare(r.Namespace, s.Namespace), strings.Compare(r.Name, s.Name), strings.Compare(r.Kind, s.Kind))
}

// A Policy is one of the policies that were evaluated, and what it amounts to.
type Policy struct {
	PolicyRef

	// Directions in which it isolates: policyTypes, or its default where that is missing.
	Directions []Direction `json:"directions"`

	// Pods counts the live Pods that it selects, hostNetwork Pods not among them; Templates counts the
	// controllers' templates. With an unparseable pod selector both count what it may select.
	Pods      int `json:"pods"`
	Templates int `json:"templates"`

	// AllowsAll lists the rules that have neither peers nor ports, in the directions in which it isolates.
	AllowsAll []Rule `json:"allowsAll,omitempty"`

	// Unparseable lists what can't be understood in it, in the order of its fields.
	Unparseable []Unparseable `json:"unparseable,omitempty"`
}

// SelectsNothing reports whether the policy selects neither a live Pod nor a controller's template. That is
// legal and has no effect.
func (p *Policy) SelectsNothing() bool { return p.Pods == 0 && p.Templates == 0 }

// A Rule is a place in a policy.
type Rule struct {
	Policy PolicyRef `json:"policy"`
	Path   string    `json:"path"` // such as spec.ingress[0]
}

// An Unparseable is a field of a policy that has no defined meaning. The API server refuses such policies
// today; objects stored by older versions, and files, can hold them. Or its meaning isn't decided here.
type Unparseable struct {
	Policy PolicyRef `json:"policy"`
	Reason string    `json:"reason"` // field path, a colon, what is wrong: "spec.ingress[0].from[1]: …"

	// Unevaluated: the field has a meaning, of which more would have to be known than is read here.
	Unevaluated bool `json:"unevaluated,omitempty"`
}

// Compare orders by policy, then by path.
func (r Rule) Compare(s Rule) int {
	if c := r.Policy.Compare(s.Policy); c != 0 {
		return c
	}
	return strings.Compare(r.Path, s.Path)
}
