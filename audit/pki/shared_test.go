package pki

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shared holds certificates with known defects that are kept outside this repository.
const shared = "../../../shared/cases/certificates"

type sharedCase struct {
	ID, File, Class string
	At              time.Time
	Defects         []Code
	VerifyHostname  map[string]bool `json:"verify_hostname"`
	ParseError      string          `json:"go1.26_parse_error"`
}

// TestSharedCases compares the defects of validity, names and keys with those that other implementations of X.509
// find, and the hosts that each certificate covers.
func TestSharedCases(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(shared, "expected.json"))
	if err != nil {
		t.Skipf("no certificates with known defects at %s", shared)
	}
	var expected struct{ Cases, Bundles []sharedCase }
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(expected.Cases, expected.Bundles) {
		t.Run(c.ID, func(t *testing.T) {
			bundle, err := os.ReadFile(filepath.Join(shared, c.File))
			if err != nil {
				t.Fatal(err)
			}
			certificates, err := Parse(bundle)
			if err != nil {
				var refusal *ParseError
				if !errors.As(err, &refusal) || !slices.Contains(c.Defects, refusal.Code) || !strings.Contains(err.Error(), c.ParseError) {
					t.Errorf("parse: %v; want %s, %q", err, c.Defects, c.ParseError)
				}
				return
			}
			leaf := EndEntity(certificates)
			found := slices.Concat(Validity(leaf, c.At), Key(leaf, Baseline))
			if !strings.HasPrefix(c.Class, "chain-element") { // a CA certificate: its names are no hosts
				found = append(found, Names(leaf)...)
			}
			if diff := cmp.Diff(ours(c.Defects), codes(found)); diff != "" {
				t.Errorf("defects differ (-want +got):\n%s", diff)
			}
			for host, want := range c.VerifyHostname {
				if Covers(leaf, host) != want {
					t.Errorf("Covers(%q) = %t", host, !want)
				}
			}
		})
	}
}

// ours keeps the codes that this package's functions can report so far.
func ours(all []Code) []Code {
	known := []Code{Expired, NotYetValid, ValidityInverted, SANMissing, CNOnly, CNNotInSAN, RSAShort, RSAExponentSmall, CurveUnapproved, DSAKey}
	kept := []Code{}
	for _, code := range all {
		if slices.Contains(known, code) {
			kept = append(kept, code)
		}
	}
	slices.Sort(kept)
	return kept
}

func codes(defects []Defect) []Code {
	found := []Code{}
	for _, d := range defects {
		found = append(found, d.Code)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
