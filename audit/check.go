package audit

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A Check decides one requirement. It is a value, declared once, in one file of package
// checks.
type Check struct {
	ID          string       // "NET-01"; published, never renamed, never reused
	Title       string       // a sentence that is true when the check passes
	Expected    string       // the criterion: what would pass, with its threshold; the title where empty
	Doc         string       // why it matters
	Logic       string       // the verdict rule in plain language
	Fix         string       // what the responsible party does about it
	Controls    []ControlRef // the only place where a check meets a control
	Responsible Party        // before namespace ownership overrides it
	Severity    Severity     // of a finding that doesn't say its own
	Needs       []Resource   // Run is not called while any of these is Unread
	Uses        []Resource   // may be Unread; Run sees that
	Attestable  bool         // the requirement takes an attestation instead of what fails

	// Run returns a finding a subject, passes included, in any order. It is pure. Of a
	// finding it sets what only it knows; [Run] fills in the rest.
	Run func(*Facts) []Finding
}

// A ControlRef says how a check bears on a control.
type ControlRef struct {
	Control string // "A.13.1.1", "A.8.20"
	Role    Role
	Why     string // one sentence
}

// A Role is how a check bears on a control.
type Role string

// The roles. A failing finding shows on a control that its check only supports as a
// Warning, never as a Fail.
const (
	Direct     Role = "direct"     // the check evidences the control
	Supporting Role = "supporting" // it helps
)

var checkID = regexp.MustCompile(`^[A-Z]{2,3}-\d{2}$`)

// Validate reports what is wrong with a list of checks: programming errors, found by a
// test and once at start.
func Validate(checks []Check) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range checks {
		switch {
		case !checkID.MatchString(c.ID):
			errs = append(errs, fmt.Errorf("check %q: ID isn't like NET-01", c.ID))
		case seen[c.ID]:
			errs = append(errs, fmt.Errorf("check %s: listed twice", c.ID))
		case c.Title == "" || c.Doc == "" || c.Logic == "" || c.Fix == "":
			errs = append(errs, fmt.Errorf("check %s: title, doc, logic or fix is missing", c.ID))
		case c.Run == nil || c.Severity == 0 || c.Responsible == 0 || len(c.Needs) == 0:
			errs = append(errs, fmt.Errorf("check %s: run, severity, party or needs is missing", c.ID))
		case len(c.Controls) == 0:
			errs = append(errs, fmt.Errorf("check %s: bears on no control", c.ID))
		}
		for _, ref := range c.Controls {
			if ref.Why == "" || ref.Role != Direct && ref.Role != Supporting {
				errs = append(errs, fmt.Errorf("check %s: control %s without a role or a reason", c.ID, ref.Control))
			}
		}
		seen[c.ID] = true
	}
	return errors.Join(errs...)
}

// Select narrows checks to those named (all where none is) but those excluded, in the
// order of the list. An ID that isn't in the list is an error.
func Select(checks []Check, only, excluded []string) ([]Check, error) {
	for _, id := range slices.Concat(only, excluded) {
		if !slices.ContainsFunc(checks, func(c Check) bool { return c.ID == id }) {
			return nil, fmt.Errorf("unknown check %q; `kubevidence checks` lists them", id)
		}
	}
	var selected []Check
	for _, c := range checks {
		if (len(only) == 0 || slices.Contains(only, c.ID)) && !slices.Contains(excluded, c.ID) {
			selected = append(selected, c)
		}
	}
	if len(selected) == 0 {
		return nil, errors.New("no check is left: --check and --exclude-check cancel each other")
	}
	return selected, nil
}

// Resources returns what the checks need or use, sorted, without repetition.
func Resources(checks []Check) []Resource {
	var all []Resource
	for _, c := range checks {
		all = append(append(all, c.Needs...), c.Uses...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
