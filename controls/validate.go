package controls

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// Validate reports what is wrong with the references of a list of checks to controls:
// programming errors, found by a test and once at start. A reference names a known
// control, once a check, and a check that bears on a control bears on its counterpart in
// the other edition too (the role may differ). A broken catalogue is reported as well.
func Validate(checks []audit.Check) error {
	errs := []error{built.err}
	for i := range checks {
		c := &checks[i]
		seen := map[string]bool{}
		for _, ref := range c.Controls {
			control, known := Lookup(ref.Control)
			switch {
			case !known:
				errs = append(errs, fmt.Errorf("check %s: control %s isn't in the catalogue", c.ID, ref.Control))
			case seen[ref.Control]:
				errs = append(errs, fmt.Errorf("check %s: control %s is named twice", c.ID, ref.Control))
			case !bearsOnOneOf(c, control.MappedTo):
				errs = append(errs, fmt.Errorf("check %s: control %s without its counterpart %v", c.ID, ref.Control, control.MappedTo))
			}
			seen[ref.Control] = true
		}
	}
	return errors.Join(errs...)
}

func bearsOnOneOf(c *audit.Check, ids []string) bool {
	return slices.ContainsFunc(c.Controls, func(ref audit.ControlRef) bool { return slices.Contains(ids, ref.Control) })
}
