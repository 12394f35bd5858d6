package netpol

// An Access says in a word what policies allow between two groups of Pods, or between one and the outside. The
// zero value is UnknownAccess: forgetting to decide must never read as segregation.
type Access int

const (
	// UnknownAccess: nothing is allowed for sure, but something may be.
	UnknownAccess Access = iota
	// NoAccess: every connection between every two Pods is denied.
	NoAccess
	// SomeAccess: something is allowed between some of the Pods.
	SomeAccess
	// FullAccess: everything is allowed between all of the Pods.
	FullAccess
	// NotApplicableAccess: there are no two Pods that policies cover.
	NotApplicableAccess
)

var accessNames = []string{"indeterminate", "denied", "some", "all", "notApplicable"}

// String returns the access's name in JSON: indeterminate, denied, some, all or notApplicable.
func (a Access) String() string { return nameOf(accessNames, int(a), "Access") }

// MarshalText writes the access's name.
func (a Access) MarshalText() ([]byte, error) { return marshalName(accessNames, int(a), "access") }

// UnmarshalText reads a name that MarshalText writes.
func (a *Access) UnmarshalText(text []byte) error {
	i, err := parseName(accessNames, text, "access")
	if err == nil {
		*a = Access(i)
	}
	return err
}

// A Cell is what policies allow from the Pods of one group to those of another, taken together.
type Cell struct {
	Access Access `json:"access"`

	// Allowed and Indeterminate are what is so between any two of the Pods; DependsOnPlugin is as in [Path].
	Allowed         Connections `json:"allowed"`
	Indeterminate   Connections `json:"indeterminate"`
	DependsOnPlugin Connections `json:"dependsOnPlugin"`

	// Uniform: between all the Pods the same is allowed.
	Uniform bool `json:"uniform"`
}

// A tally sums up paths into a cell.
type tally struct {
	cell  Cell
	first Connections
	any   bool
	all   bool
}

func (t *tally) add(p *Path) {
	if !t.any {
		t.any, t.all, t.first, t.cell.Uniform = true, true, p.Allowed, true
	}
	t.all = t.all && p.Allowed.Everything()
	t.cell.Uniform = t.cell.Uniform && p.Indeterminate.Empty() && p.Allowed.Equal(t.first)
	t.cell.Allowed = t.cell.Allowed.union(p.Allowed)
	t.cell.Indeterminate = t.cell.Indeterminate.union(p.Indeterminate)
	t.cell.DependsOnPlugin = t.cell.DependsOnPlugin.union(p.DependsOnPlugin)
}

func (t *tally) sum() Cell {
	switch {
	case !t.any:
		t.cell.Access = NotApplicableAccess
	case t.all:
		t.cell.Access = FullAccess
	case !t.cell.Allowed.Empty():
		t.cell.Access = SomeAccess
	case t.cell.Indeterminate.Empty():
		t.cell.Access = NoAccess
	}
	return t.cell
}
