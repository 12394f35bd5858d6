package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Configurations stand in testdata/config: *.good.yml parse, *.bad.yml say in their first
// line what the error must say.
func TestParseConfig(t *testing.T) {
	good, bad := 0, 0
	files, err := filepath.Glob("testdata/config/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseConfig(data)
		first, _, _ := strings.Cut(string(data), "\n")
		want, isBad := strings.CutPrefix(first, "# want: ")
		switch {
		case isBad && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want an error with %q", file, err, want)
		case !isBad && err != nil:
			t.Errorf("%s: %v", file, err)
		case isBad:
			bad++
		default:
			good++
		}
	}
	if good == 0 || bad == 0 {
		t.Errorf("%d good and %d bad configurations: both are needed", good, bad)
	}
}

func TestParseConfigReadsEveryField(t *testing.T) {
	data, err := os.ReadFile("testdata/config/whole.good.yml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(data)
	if err != nil {
		t.Fatal(err)
	}
	w, a := c.Waivers[0], c.Attestations[0]
	for field, ok := range map[string]bool{
		"organization": c.Organization == "Example AB",
		"exclusions":   c.Excludes("sandbox-1") && !c.Excludes("shop"),
		"profile":      c.Thresholds.KeyProfile == "bsi" && c.Thresholds.WaiverMaxDays == 90,
		"waiver":       w.Subject.Name == "legacy-*" && w.ExpiresAt.Format("2006-01-02") == "2026-12-31" && w.RiskRef == "R-17",
		"attestation":  a.Checks[0] == "PRV-02" && a.Reference == "AUD-9",
	} {
		if !ok {
			t.Errorf("%s: not read: %+v", field, c)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	files, err := filepath.Glob("testdata/config/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err == nil && c.Thresholds.WaiverMaxDays < 1 {
			t.Errorf("accepted %+v", c.Thresholds)
		}
	})
}
