package checks

import (
	"regexp"
	"slices"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// does finds what somebody can type or change: a command or flag, a line of YAML ("key: value"), or
// the field to change, by its path or its name as Kubernetes writes it.
var does = regexp.MustCompile(`\b(kubectl|cmctl|openssl|helm) [a-z-]+|\s--[a-z][a-z-]+|\b[a-z]+(-[a-z]+)+: \w|\b[a-z]+: [\[{"]|\b(spec|tls|network|metadata)(\.[\w\[\]-]+)+|\b[a-z]+[A-Z]\w+\b`)

// wordy are checks whose fix has none of these, and why.
var wordy = map[string]string{
	"PRV-04": "what a Service has to select is the application's own",
	"PRV-05": "which kind of controller suits a Pod is the application's to say",
	"DNS-02": "the address stands wherever the finding says: environment, argument or command",
	"EXP-06": "what takes a raw port's place depends on the protocol behind it",
	"ING-12": "a controller is replaced, not edited: the guide is named",
	"SEG-04": "a workload moves by its owner's own deployment, whatever that is",
	"NET-07": "the field is another one in each finding: its message names it",
	"SRC-04": "what stands in the list is the annotation that the finding names",
	"SRC-05": "the annotation is the controller's own, which the finding names",
}

// TestFixesSayWhatToDo holds that a fix has the command to type or the YAML to change.
func TestFixesSayWhatToDo(t *testing.T) {
	for i := range All {
		c := &All[i]
		switch found, why := does.MatchString(c.Fix), wordy[c.ID]; {
		case !found && why == "":
			t.Errorf("%s: neither a command nor YAML to change: %s", c.ID, c.Fix)
		case found && why != "":
			t.Errorf("%s is excused (%s), but has what to do: %s", c.ID, why, c.Fix)
		}
	}
	for id := range wordy {
		if !slices.ContainsFunc(All, func(c audit.Check) bool { return c.ID == id }) {
			t.Errorf("%s is excused, but is no check", id)
		}
	}
	for fix, want := range map[string]bool{
		"Mend it.": false, "Mend the Secret (ING-03), see the manual: it says.": false, "Run kubectl get pods.": true, "Agree whose it is.": false,
		"Set ssl-protocols: TLSv1.2.": true, "Remove hostPort.": true, "Take it out of spec.tls[].hosts.": true,
	} {
		if does.MatchString(fix) != want {
			t.Errorf("%q says what to do: %t", fix, !want)
		}
	}
}
