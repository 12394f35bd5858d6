package netpol

import "fmt"

// A Verdict says what policies do to one Pod in one direction. The zero value is Indeterminate: forgetting to
// decide must never read as protection.
type Verdict int

const (
	// Indeterminate: a policy that can't be understood may select the Pod, and the others don't leave it open.
	Indeterminate Verdict = iota
	// Restricted: isolated, and something is kept out.
	Restricted
	// Open: isolated, but what its policies allow together is every Pod and every address of the Pod's families
	// on every TCP, UDP and SCTP port.
	Open
	// None: no policy selects the Pod in that direction; everything is allowed.
	None
	// NotCoverable: a hostNetwork Pod, which policies don't cover.
	NotCoverable
)

var verdictNames = []string{"indeterminate", "restricted", "open", "none", "notCoverable"}

// String returns the verdict's name in JSON: indeterminate, restricted, open, none or notCoverable.
func (v Verdict) String() string { return nameOf(verdictNames, int(v), "Verdict") }

// MarshalText writes the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return marshalName(verdictNames, int(v), "verdict") }

// UnmarshalText reads a name that MarshalText writes.
func (v *Verdict) UnmarshalText(text []byte) error {
	i, err := parseName(verdictNames, text, "verdict")
	if err == nil {
		*v = Verdict(i)
	}
	return err
}

// A Direction is that of a connection, seen from the Pod that a policy selects.
type Direction int

// The two directions, in the order in which reports list them.
const (
	Ingress Direction = iota
	Egress
)

// Directions lists both.
var Directions = [...]Direction{Ingress, Egress}

var directionNames = []string{"ingress", "egress"}

// String returns ingress or egress.
func (d Direction) String() string { return nameOf(directionNames, int(d), "Direction") }

// MarshalText writes the direction's name.
func (d Direction) MarshalText() ([]byte, error) {
	return marshalName(directionNames, int(d), "direction")
}

// UnmarshalText reads a name that MarshalText writes.
func (d *Direction) UnmarshalText(text []byte) error {
	i, err := parseName(directionNames, text, "direction")
	if err == nil {
		*d = Direction(i)
	}
	return err
}

func nameOf(names []string, i int, kind string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s(%d)", kind, i)
	}
	return names[i]
}

func marshalName(names []string, i int, kind string) ([]byte, error) {
	if i < 0 || i >= len(names) {
		return nil, fmt.Errorf("marshal %s: %d is none", kind, i)
	}
	return []byte(names[i]), nil
}

func parseName(names []string, text []byte, kind string) (int, error) {
	for i, name := range names {
		if name == string(text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unmarshal %s: %q is none", kind, text)
}
