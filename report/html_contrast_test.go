package report_test

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/kubevidence/kubevidence/templates"
)

// TestContrast: text has a contrast of 4.5:1 or more on every ground that it stands on
// (WCAG 2.2, success criterion 1.4.3), on light and dark screens and on paper.
func TestContrast(t *testing.T) {
	css, err := fs.ReadFile(templates.Files, "report.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllSubmatch(css, -1)
	if len(roots) != 3 {
		t.Fatalf("%d palettes, want light, dark and paper", len(roots))
	}
	colour := regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6})`)
	palette := map[string]string{}
	for i, name := range []string{"light", "dark", "paper"} {
		for _, m := range colour.FindAllSubmatch(roots[i][1], -1) {
			palette[string(m[1])] = string(m[2])
		}
		for text, grounds := range map[string][]string{
			"ink":          {"paper", "tint", "fail-bg", "pass-bg", "open-bg", "target"},
			"muted":        {"paper", "tint"},
			"faint":        {"paper"},
			"accent":       {"paper"},
			"link":         {"paper", "tint"},
			"fail":         {"paper", "tint", "fail-bg"},
			"warning":      {"paper", "tint", "fail-bg", "open-bg", "pass-bg"},
			"pass":         {"paper", "tint", "fail-bg", "pass-bg"},
			"waived":       {"paper", "tint", "fail-bg"},
			"attested":     {"paper", "tint", "fail-bg"},
			"open":         {"paper", "tint", "fail-bg", "open-bg"},
			"banner-ink":   {"banner"},
			"banner-muted": {"banner"},
		} {
			for _, ground := range grounds {
				if palette[ground] == "" { // transparent on paper
					continue
				}
				if got := contrast(t, palette[text], palette[ground]); got < 4.5 {
					t.Errorf("%s: %s on %s: %.2f:1", name, text, ground, got)
				}
			}
		}
		delete(palette, "target")
	}
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	l := [2]float64{luminance(t, a), luminance(t, b)}
	return (max(l[0], l[1]) + 0.05) / (min(l[0], l[1]) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", hex, err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
