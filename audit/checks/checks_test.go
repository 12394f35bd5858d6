package checks

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
)

var update = flag.Bool("update", false, "rewrite what the cases want; read them before accepting")

func TestAllIsSound(t *testing.T) {
	if err := audit.Validate(All); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != "mkcert" && entry.Name() != "stock" && !slices.ContainsFunc(All, func(c audit.Check) bool { return c.ID == entry.Name() }) {
			t.Errorf("testdata/%s holds cases of no check", entry.Name())
		}
	}
}

// TestExpectedIsTheCriterion holds that every check says what would pass, in words that
// read on after a colon: one short line without a full stop, not the title again.
func TestExpectedIsTheCriterion(t *testing.T) {
	const most = 200
	by := map[string]string{}
	for i := range All {
		id, expected := All[i].ID, All[i].Expected
		switch n := utf8.RuneCountInString(expected); {
		case expected == "" || strings.TrimSpace(expected) != expected:
			t.Errorf("%s: expected is %q: say what would pass", id, expected)
		case n > most:
			t.Errorf("%s: expected has %d characters, more than %d", id, n, most)
		case strings.HasSuffix(expected, ".") || strings.Contains(expected, "\n"):
			t.Errorf("%s: expected is more than a line without a full stop: %q", id, expected)
		case strings.EqualFold(expected, All[i].Title):
			t.Errorf("%s: expected is its title again", id)
		case by[expected] != "":
			t.Errorf("%s: expected is that of %s", id, by[expected])
		}
		by[expected] = id
	}
}

// TestCases evaluates every case of every check, and holds what every check has to.
func TestCases(t *testing.T) {
	for i := range All {
		c := &All[i]
		t.Run(c.ID, func(t *testing.T) {
			seen := map[audit.Status]bool{}
			for _, tc := range cases(t, c) {
				t.Run(tc.path, func(t *testing.T) {
					findings := run(t, tc.facts(t, nil), c)
					got := lines(c, findings)
					if *update {
						tc.save(t, got)
					} else if diff := cmp.Diff(tc.section("want"), got); diff != "" {
						t.Errorf("findings (-want +got):\n%s", diff)
					}
					for _, f := range findings {
						seen[f.Status] = true
					}
					shuffled(t, &tc, findings)
					needless(t, &tc)
					useless(t, &tc, findings)
				})
			}
			empty(t, c)
			if !seen[audit.Pass] && !neverPasses[c.ID] || !seen[audit.Fail] && !(neverFails[c.ID] && seen[audit.Warning]) {
				t.Errorf("the cases of %s have no passing or no failing finding: %v", c.ID, seen)
			}
		})
	}
}

// TestFindingsAreEvident holds that the findings of all checks, in the cases of each, name what
// they rest on.
func TestFindingsAreEvident(t *testing.T) {
	for i := range All {
		for _, tc := range cases(t, &All[i]) {
			for _, f := range audit.Run(tc.facts(t, nil), All).Findings {
				evident(t, &f)
			}
		}
	}
}

// neverFails lists the checks whose rule knows no Fail.
var neverFails = map[string]bool{
	"NET-04": true, "NET-05": true, "NET-06": true, "NET-09": true, "PRV-04": true, "PRV-05": true,
	"DNS-03": true, "DNS-04": true, "SEG-04": true, "EXP-06": true, "GW-06": true,
	"ING-07": true, "ING-11": true, "SEC-13": true, "CRT-04": true, "CRT-11": true, "KEY-02": true, "SRC-05": true, "ISS-07": true,
}

// neverPasses lists the checks whose rule knows no Pass.
var neverPasses = map[string]bool{"KEY-01": true}

// declares lists the checks that rest on what is declared, which servers may contradict
// where they were asked.
var declares = map[string]bool{"GW-03": true, "GW-08": true}

// run evaluates one check and holds that it changes nothing and breaks nowhere.
func run(t *testing.T, f *audit.Facts, c *audit.Check) []audit.Finding {
	t.Helper()
	before := snapshotText(t, f.Snapshot)
	result := audit.Run(f, []audit.Check{*c})
	for _, broken := range result.Panics {
		t.Errorf("%s broke: %s\n%s", c.ID, broken.Words, broken.Stack)
	}
	if diff := cmp.Diff(before, snapshotText(t, f.Snapshot)); diff != "" {
		t.Errorf("%s changed the snapshot:\n%s", c.ID, diff)
	}
	subjects := map[string]bool{}
	for _, found := range result.Findings {
		if subjects[found.Subject.Key()] {
			t.Errorf("%s has two findings for %s", c.ID, found.Subject)
		}
		subjects[found.Subject.Key()] = true
		evident(t, &found)
	}
	return result.Findings
}

func snapshotText(t *testing.T, s *audit.Snapshot) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shuffled holds that the order of objects doesn't matter.
func shuffled(t *testing.T, tc *testCase, findings []audit.Finding) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	other := tc.facts(t, func(documents []string) {
		random.Shuffle(len(documents), func(i, k int) { documents[i], documents[k] = documents[k], documents[i] })
	})
	again := run(t, other, tc.check)
	if diff := cmp.Diff(lines(tc.check, findings), lines(tc.check, again)); diff != "" {
		t.Errorf("the order of objects matters (-as written +shuffled):\n%s", diff)
	}
	if diff := cmp.Diff(evidence(findings), evidence(again)); diff != "" {
		t.Errorf("the order of objects matters to evidence (-as written +shuffled):\n%s", diff)
	}
}

// evidence is that of findings, by their IDs.
func evidence(findings []audit.Finding) map[string][]audit.Evidence {
	by := map[string][]audit.Evidence{}
	for _, f := range findings {
		by[f.ID] = f.Evidence
	}
	return by
}

// evident holds that a decision has a command that shows it and, where it deviates or passes,
// names what it rests on, in a handful of lines.
func evident(t *testing.T, f *audit.Finding) {
	t.Helper()
	const most = 12
	if f.Status == audit.NotAssessed {
		return
	}
	if f.Command == "" {
		t.Errorf("%s of %s has no command: %s", f.Check, f.Subject, f.Message)
	}
	if n := len(f.Evidence); n > most || n == 0 && f.Status != audit.NotApplicable {
		t.Errorf("%s of %s has %d pieces of evidence: %s", f.Check, f.Subject, n, f.Message)
	}
	for _, e := range f.Evidence {
		if e.Path == "" || e.Value == "" || e.Level == "" {
			t.Errorf("%s of %s has evidence without path, value or level: %+v", f.Check, f.Subject, e)
		}
	}
}

// needless holds that without one of its needs a check decides nothing.
func needless(t *testing.T, tc *testCase) {
	t.Helper()
	for _, need := range tc.check.Needs {
		f := tc.facts(t, nil)
		hide(f.Snapshot, need, "", audit.Forbidden)
		f = audit.Derive(f.Snapshot, f.Config, f.Options)
		for _, found := range run(t, f, tc.check) {
			if found.Status != audit.NotAssessed || found.Reason != audit.Forbidden {
				t.Errorf("without %s: %s", need, lines(tc.check, []audit.Finding{found}))
			}
		}
	}
}

// useless holds that without something that it uses a check finds no fault where it
// found none, and no conformity where it found none. Secrets are left out: what was issued
// may speak where what is stored wasn't read; so are handshakes where they contradict what
// is declared.
func useless(t *testing.T, tc *testCase, findings []audit.Finding) {
	t.Helper()
	before := map[string]audit.Status{}
	for _, found := range findings {
		before[found.Subject.Key()] = found.Status
	}
	for _, use := range tc.check.Uses {
		if use == audit.Secrets || use == audit.Handshakes && declares[tc.check.ID] {
			continue
		}
		f := tc.facts(t, nil)
		if state := f.Reading(use).State; state != audit.Read {
			continue
		}
		hide(f.Snapshot, use, "", audit.Forbidden)
		f = audit.Derive(f.Snapshot, f.Config, f.Options)
		for _, found := range run(t, f, tc.check) {
			was, known := before[found.Subject.Key()]
			switch found.Status {
			case audit.Fail, audit.Warning, audit.Pass:
				if !known || was != found.Status {
					t.Errorf("without %s, where it was %s: %s", use, was, lines(tc.check, []audit.Finding{found}))
				}
			}
		}
	}
}

// empty holds that a check passes nothing in a cluster that holds nothing, and says so
// where nothing is served.
func empty(t *testing.T, c *audit.Check) {
	t.Helper()
	for _, state := range []audit.ReadState{audit.Read, audit.NotServed} {
		s := &audit.Snapshot{Collection: audit.Collection{Source: audit.FromCluster}}
		for _, r := range audit.Resources(All) {
			s.Collection.Readings = append(s.Collection.Readings, audit.Reading{Resource: r, State: state})
		}
		for _, found := range run(t, audit.Derive(s, audit.DefaultConfig(), audit.Options{}), c) {
			if found.Status == audit.Pass || found.Status == audit.Warning || state == audit.NotServed && found.Status != audit.NotApplicable {
				t.Errorf("of a cluster without objects, resources %q: %s", state, lines(c, []audit.Finding{found}))
			}
		}
	}
}
