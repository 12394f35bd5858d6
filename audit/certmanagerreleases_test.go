package audit

import (
	"slices"
	"testing"
)

// What the table says of releases can be read, in the order that the advisories' rule
// relies on.
func TestCertManagerReleases(t *testing.T) {
	table := CertManagerReleases
	for _, minor := range table.Minors {
		if _, err := parseRelease(minor); err != nil {
			t.Error(err)
		}
	}
	for _, a := range table.Advisories {
		var fixed []release
		for _, text := range a.Fixed {
			r, err := parseRelease(text)
			if err != nil || r.patch == anyPatch {
				t.Errorf("%s: fixed in %q: %v", a.ID, text, err)
			}
			fixed = append(fixed, r)
		}
		if len(fixed) == 0 || !slices.IsSortedFunc(fixed, release.compare) {
			t.Errorf("%s: fixed in %q, which has to ascend", a.ID, a.Fixed)
		}
	}
}

func TestReleaseOrder(t *testing.T) {
	ordered := []string{"v1.19.6", "v1.20.0-alpha.0", "v1.20.0", "1.20.2-r9", "v1.20.3-RC1", "v1.20.3-r0", "v1.20.4", "v1.21.0", "v2.0.0-beta.1", "v2.0.0-betamax"}
	for i := range ordered[1:] {
		a, errA := parseRelease(ordered[i])
		b, errB := parseRelease(ordered[i+1])
		if errA != nil || errB != nil || a.compare(b) >= 0 || b.compare(a) <= 0 {
			t.Errorf("%s doesn't come before %s (%v, %v)", ordered[i], ordered[i+1], errA, errB)
		}
	}
	for _, text := range []string{"", "1", "latest", "v1.x", "sha-1.2"} {
		if r, err := parseRelease(text); err == nil {
			t.Errorf("%q is %+v", text, r)
		}
	}
}
