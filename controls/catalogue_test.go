package controls

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
)

// titles are the standard's: all that is taken from its text.
var titles = map[string]string{
	"A.8.20":   "Networks security",
	"A.8.21":   "Security of network services",
	"A.8.22":   "Segregation of networks",
	"A.8.24":   "Use of cryptography",
	"A.10.1.2": "Key management",
	"A.13.1.1": "Network controls",
	"A.13.1.2": "Security of network services",
	"A.13.1.3": "Segregation in networks",
}

func TestCatalogue(t *testing.T) {
	if built.err != nil {
		t.Fatal(built.err)
	}
	got := map[string]string{}
	for _, e := range Editions() {
		if e.Standard == "" || e.Note == "" {
			t.Errorf("edition %s: no standard or note", e.Name)
		}
		for _, c := range e.Controls {
			got[c.ID] = c.Title
			if c.Intent == "" || c.Procedure == "" || len(c.Remainder) == 0 {
				t.Errorf("%s: intent, procedure or remainder is missing", c.ID)
			}
			for _, r := range c.Remainder {
				if r.What == "" || r.Who == "" {
					t.Errorf("%s: remainder %+v is incomplete", c.ID, r)
				}
			}
			if c.Edition != e.Name {
				t.Errorf("%s: edition %q, want %q", c.ID, c.Edition, e.Name)
			}
		}
	}
	if diff := cmp.Diff(titles, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	leading, former := Editions()[0], Editions()[1]
	if leading.Name != "2022" || !leading.Lapsed.IsZero() {
		t.Errorf("edition %s leads, lapsed %v", leading.Name, leading.Lapsed)
	}
	if former.Lapsed.Format("2006-01-02") != "2025-10-31" {
		t.Errorf("the edition of 2013 lapsed on %v", former.Lapsed)
	}
}

func TestCrosswalkIsSymmetric(t *testing.T) {
	for _, e := range Editions() {
		for _, c := range e.Controls {
			if len(c.MappedTo) == 0 {
				t.Errorf("%s has no counterpart", c.ID)
			}
			for _, id := range c.MappedTo {
				other, known := Lookup(id)
				if !known || other.Edition == c.Edition || !slices.Contains(other.MappedTo, c.ID) {
					t.Errorf("%s is mapped to %s, which isn't mapped back", c.ID, id)
				}
			}
		}
	}
	for _, p := range Crosswalk() {
		from, to := known(p.From), known(p.To)
		if from.Edition != "2013" || to.Edition != "2022" || p.Change == "" {
			t.Errorf("pair %+v doesn't lead from 2013 to 2022 with its change", p)
		}
	}
}

func known(id string) Control { c, _ := Lookup(id); return c }

func TestCatalogueNamesNoCheck(t *testing.T) {
	// Prefixes of the check catalogue's IDs.
	for _, prefix := range []string{"NET-", "ING-", "SEC-", "CRT-", "ISS-", "CM-", "PRV-", "DNS-", "SEG-", "EXP-", "GW-", "SRC-", "KEY-"} {
		for _, e := range Editions() {
			for _, c := range e.Controls {
				if strings.Contains(c.Intent+c.Procedure, prefix) {
					t.Errorf("%s names a check: %s…", c.ID, prefix)
				}
			}
		}
	}
}

func TestParseIsStrict(t *testing.T) {
	for name, test := range map[string]struct{ file, content, want string }{
		"unknown field": {"catalogue/2022.yaml", "edition: \"2022\"\ncolour: red\n", "field colour not found"},
		"no day":        {"catalogue/2013.yaml", "lapsed: soon\n", `"soon" is no day like 2026-11-22`},
		"absent":        {"catalogue/crosswalk.yaml", "", "crosswalk.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := parse(func(name string) ([]byte, error) {
				switch {
				case name != test.file:
					return files.ReadFile(name)
				case test.content == "":
					return nil, os.ErrNotExist
				}
				return []byte(test.content), nil
			})
			if broken.err == nil || !strings.Contains(broken.err.Error(), test.want) {
				t.Errorf("error %v, want %q", broken.err, test.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	refs := func(ids ...string) (list []audit.ControlRef) {
		for _, id := range ids {
			list = append(list, audit.ControlRef{Control: id, Role: audit.Direct, Why: "because"})
		}
		return list
	}
	for name, test := range map[string]struct {
		refs []audit.ControlRef
		want string // "" for none
	}{
		"both editions": {refs("A.8.20", "A.13.1.1"), ""},
		"unknown":       {refs("A.8.99"), "check AA-01: control A.8.99 isn't in the catalogue"},
		"twice":         {refs("A.8.20", "A.13.1.1", "A.8.20"), "check AA-01: control A.8.20 is named twice"},
		"one edition":   {refs("A.8.20", "A.13.1.3", "A.8.22"), "check AA-01: control A.8.20 without its counterpart [A.13.1.1]"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Validate([]audit.Check{{ID: "AA-01", Controls: test.refs}})
			if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
