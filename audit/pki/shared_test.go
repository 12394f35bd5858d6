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
	bundle          bool
}

// TestSharedCases compares the complete set of defects with the one that other implementations of X.509 find, and
// the hosts that each certificate covers.
func TestSharedCases(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(shared, "expected.json"))
	if err != nil {
		t.Skipf("no certificates with known defects at %s", shared)
	}
	var expected struct{ Cases, Bundles []sharedCase }
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	for i := range expected.Bundles {
		expected.Bundles[i].bundle = true
	}
	roots := testRoots(t)
	for _, c := range slices.Concat(expected.Cases, expected.Bundles) {
		t.Run(c.ID, func(t *testing.T) {
			bundle, err := os.ReadFile(filepath.Join(shared, c.File))
			if err != nil {
				t.Fatal(err)
			}
			certificates, err := Parse(bundle)
			if err != nil {
				var refusal *ParseError
				if !errors.As(err, &refusal) || !slices.Equal(c.Defects, []Code{refusal.Code}) || !strings.Contains(err.Error(), c.ParseError) {
					t.Errorf("parse: %v; want %s, %q", err, c.Defects, c.ParseError)
				}
				return
			}
			leaf := EndEntity(certificates)
			var found []Defect
			switch {
			case c.bundle: // what a bundle's own certificate lacks is in the cases
				found = ChainDefects(certificates, c.At, roots)
			case strings.HasPrefix(c.Class, "chain-element"): // a CA certificate: its names are no hosts
				found = slices.Concat(Validity(leaf, c.At), Key(leaf, Baseline), Weakness(leaf), Signature(leaf), Server(leaf), Issuer(leaf), Serial(leaf))
			default:
				found = CertificateDefects(leaf, c.At)
			}
			slices.Sort(c.Defects)
			if diff := cmp.Diff(c.Defects, codes(found)); diff != "" {
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

func testRoots(t testing.TB, extra ...[]byte) *Roots {
	t.Helper()
	roots, err := NewRoots(extra...)
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

func codes(defects []Defect) []Code {
	found := []Code{}
	for _, d := range defects {
		found = append(found, d.Code)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
