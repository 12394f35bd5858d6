package audit

import (
	"net/netip"
	"testing"
)

func TestAllowlistOpen(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"198.51.100.7":                      "",
		"198.51.100.0/24,2001:db8::/32":     "",
		"0.0.0.0/0":                         "IPv4",
		"::/0":                              "IPv6",
		"::/1":                              "IPv6",
		"0.0.0.0/1, 128.0.0.0/1":            "IPv4",
		"128.0.0.0/2, 192.0.0.0/2":          "IPv4",
		"0.0.0.0/2, 0.0.0.0/2, 10.0.0.0/8":  "", // the same twice
		"0.0.0.0/2, 64.0.0.0/3, 96.0.0.0/4": "", // seven sixteenths
		"0.0.0.0/2, 64.0.0.0/3, 96.0.0.0/3": "IPv4",
		"10.1.2.3/0":                        "IPv4", // bits of the host count for nothing
	} {
		l := allowlist("", text, "")
		if got := l.Open(); got != want || len(l.Invalid) > 0 {
			t.Errorf("%q is open for %q (invalid %q), want %q", text, got, l.Invalid, want)
		}
	}
}

func TestAllowlistInvalid(t *testing.T) {
	l := allowlist("", "198.51.100.0/24 203.0.113.9 198.51.100.0/33 office fe80::1%eth0", " ")
	if want := []string{"198.51.100.0/33", "office", "fe80::1%eth0"}; len(l.Invalid) != 3 || l.Invalid[0] != want[0] || l.Invalid[1] != want[1] || l.Invalid[2] != want[2] {
		t.Errorf("invalid: %q, want %q", l.Invalid, want)
	}
	if len(l.Ranges) != 2 || l.Ranges[1] != netip.MustParsePrefix("203.0.113.9/32") {
		t.Errorf("ranges: %v", l.Ranges)
	}
}

// FuzzAllowlist: whatever stands in an annotation, every entry is a range or named as
// invalid, and a list that holds everything is open.
func FuzzAllowlist(f *testing.F) {
	for _, seed := range []string{"", "0.0.0.0/0,::/0", "10.0.0.0/33", ",,", "::ffff:10.0.0.0/96", "1.2.3.4/032", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := allowlist("", text, "")
		entries := allowlist("", text+",0.0.0.0/0", "")
		if len(entries.Ranges) != len(l.Ranges)+1 || len(entries.Invalid) != len(l.Invalid) {
			t.Errorf("%q: an entry more changes the others", text)
		}
		if entries.Open() == "" {
			t.Errorf("%q with 0.0.0.0/0 isn't open", text)
		}
		for _, p := range l.Ranges {
			if p != p.Masked() {
				t.Errorf("%q: %s has bits of the host", text, p)
			}
		}
	})
}
