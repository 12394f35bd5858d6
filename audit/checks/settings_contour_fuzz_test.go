package checks

import (
	"slices"
	"strconv"
	"testing"
)

var contour = settled{name: "contour", implements: "projectcontour.io/ingress-controller", image: "ghcr.io/projectcontour/contour:v1.33.0"}

// FuzzContourSettings: whatever stands in contour.yaml, beside a version of TLS or alone, checks
// end with a finding; none passes that is without Strict-Transport-Security, and none with plain
// HTTP that no annotation closes.
func FuzzContourSettings(f *testing.F) {
	for _, seed := range [][4]string{
		{"1.3", "debug: false\n", "ingress.kubernetes.io/force-ssl-redirect", "true"},
		{"1.1", "timeouts: {request-timeout: infinity}\n", "kubernetes.io/ingress.allow-http", "false"},
		{"1.0", "tls: [minimum\n", "projectcontour.io/tls-minimum-protocol-version", "1.3"},
		{"", "tls: {minimum-protocol-version: 1.2, minimum-protocol-version: 1.0}\n", "", ""},
		{"", "---\ntls: {minimum-protocol-version: 1.1}\n", "ingress.kubernetes.io/force-ssl-redirect", "0"},
		{"1.2", "a: &a [*a]\n", "kubernetes.io/ingress.class", "contour"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	closes := []string{"ingress.kubernetes.io/force-ssl-redirect", "kubernetes.io/ingress.allow-http"}
	f.Fuzz(func(t *testing.T, version, rest, annotation, text string) {
		file := rest
		if version != "" {
			file = "tls:\n  minimum-protocol-version: " + strconv.Quote(version) + "\n" + rest
		}
		passes := passing(t, contour.with(map[string]string{"contour.yaml": file}, map[string]string{annotation: text}))
		if passes["ING-13"] {
			t.Errorf("ING-13 passes with\n%s", file)
		}
		if passes["ING-05"] && !slices.Contains(closes, annotation) {
			t.Errorf("ING-05 passes with %q: %q", annotation, text)
		}
	})
}
