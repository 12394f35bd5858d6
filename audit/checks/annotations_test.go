package checks

import "testing"

func TestEdits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"a", "", 1}, {"", "ab", 2}, {"", "abc", 3},
		{"issuer", "isuer", 1}, {"issuer", "isseur", 2}, {"issuer", "isser", 1}, {"issuer", "issuers", 1},
		{"issuer", "issuerkind", 3}, {"abcdef", "fedcba", 3}, {"kitten", "sitting", 3}, {"cluster-issuer", "clusterissuer", 1},
	} {
		if got := edits(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q are %d edits, want %d (3 stands for more than 2)", test.a, test.b, got, test.want)
		}
		if got := edits(test.b, test.a); got != test.want {
			t.Errorf("from %q to %q are %d edits, want %d (3 stands for more than 2)", test.b, test.a, got, test.want)
		}
	}
}

// TestAnnotationsAreNoMisspellings holds that no key of cert-manager's counts as a
// misspelling of another one.
func TestAnnotationsAreNoMisspellings(t *testing.T) {
	for _, keys := range [][]string{ingressAnnotations, otherAnnotations} {
		for _, key := range keys {
			if meant := meantAnnotation(key); meant != "" {
				t.Errorf("%s counts as a misspelling of %s", key, meant)
			}
		}
	}
}
