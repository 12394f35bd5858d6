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

// extras are defects that a file has beside those that it was kept for: what other
// implementations of X.509 were asked about was the certificate by itself, or the chain by itself.
var extras = map[string][]Code{
	// Public CAs' certificates by themselves: the intermediate isn't in the file.
	"rsa-exponent-3":        {ChainIncomplete},
	"cn-apex-only-in-cn":    {ChainIncomplete},
	"wildcard-tld":          {ChainIncomplete},
	"ip-cert-public":        {ChainIncomplete},
	"badssl-no-subject":     {ChainIncomplete},
	"badssl-revoked":        {ChainIncomplete},
	"lifetime-200d-plus-1s": {ChainIncomplete}, // made for linters, with a CA/Browser Forum policy
	"lifetime-47d-plus-1s":  {ChainIncomplete},
	// CA:TRUE, made for linters with a CA/Browser Forum policy: held to be public, by an intermediate that isn't there.
	"validity-inverted":      {ChainIncomplete},
	"san-bare-wildcard-2055": {ChainIncomplete},
	// An intermediate of a CA, kept for its name, is no server's own: it has no host, and lives for years.
	"le-staging-int-e5": {SANMissing, LifetimeExceeds},
	// Leaves of before September 2020, when 825 days and more were allowed: 398 stand for all that was issued then.
	"bundle-reversed":          {LifetimeExceeds},
	"bundle-sha1-intermediate": {LifetimeExceeds},
	"bundle-crlf":              {LifetimeExceeds},
}

type sharedCase struct {
	ID, File       string
	At             time.Time
	Defects        []Code
	VerifyHostname map[string]bool `json:"verify_hostname"`
	ParseError     string          `json:"go1.26_parse_error"`
}

// TestSharedCases compares the complete set of defects, as checks ask for it, with the one that other
// implementations of X.509 find and the extras, and the hosts that each certificate covers.
func TestSharedCases(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(shared, "expected.json"))
	if err != nil {
		t.Skipf("no certificates with known defects at %s", shared)
	}
	var expected struct{ Cases, Bundles []sharedCase }
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	roots := testRoots(t)
	for id := range extras {
		if !slices.ContainsFunc(slices.Concat(expected.Cases, expected.Bundles), func(c sharedCase) bool { return c.ID == id }) {
			t.Errorf("%s has extras, but isn't there", id)
		}
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
				if !errors.As(err, &refusal) || !slices.Equal(c.Defects, []Code{refusal.Code}) || !strings.Contains(err.Error(), c.ParseError) {
					t.Errorf("parse: %v; want %s, %q", err, c.Defects, c.ParseError)
				}
				return
			}
			want := append(append([]Code{}, c.Defects...), extras[c.ID]...)
			slices.Sort(want)
			if diff := cmp.Diff(want, codes(Defects(certificates, c.At, roots))); diff != "" {
				t.Errorf("defects differ (-want +got):\n%s", diff)
			}
			leaf := EndEntity(certificates)
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
	roots, err := NewRoots([]string{"(STAGING) ", "Fake LE ", "Pebble Intermediate CA "}, extra...)
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
