package audit

import (
	"net/netip"
	"testing"
)

// TestPrivateRanges asks for ranges of which only the ends are private, or only a part is.
func TestPrivateRanges(t *testing.T) {
	gce := &Snapshot{Nodes: []Node{{ProviderID: "gce://project/zone/node"}}}
	for _, c := range []struct {
		name, asked       string
		snapshot          *Snapshot
		configured        []string
		private, overlaps bool
	}{
		{name: "of RFC 1918", asked: "10.1.0.0/16", private: true, overlaps: true},
		{name: "wider than one of RFC 1918", asked: "0.0.0.0/1", overlaps: true},
		{name: "public", asked: "203.0.113.0/24"},
		{name: "only its ends are configured", asked: "100.64.0.0/10", configured: []string{"100.64.0.0/16", "100.127.0.0/16"}, overlaps: true},
		{name: "configured", asked: "100.64.7.0/24", configured: []string{"100.64.0.0/16"}, private: true, overlaps: true},
		{name: "the provider's", asked: "34.118.224.0/24", snapshot: gce, private: true, overlaps: true},
		{name: "wider than the provider's", asked: "34.118.0.0/16", snapshot: gce, overlaps: true},
		{name: "another provider's", asked: "34.118.224.0/24"},
		{name: "IPv4 written as IPv6", asked: "::ffff:10.1.0.0/112", private: true, overlaps: true},
		{name: "all that IPv6 writes of IPv4", asked: "::ffff:0.0.0.0/96", overlaps: true},
		{name: "of RFC 4193", asked: "fd00::/8", private: true, overlaps: true},
	} {
		f := &Facts{Snapshot: c.snapshot, Config: &Config{Network: Network{PrivateRanges: c.configured}}}
		if f.Snapshot == nil {
			f.Snapshot = &Snapshot{}
		}
		p := netip.MustParsePrefix(c.asked)
		if private, overlaps := f.IsPrivate(p), f.OverlapsPrivate(p); private != c.private || overlaps != c.overlaps {
			t.Errorf("%s, %s: private %t, overlaps %t; want %t, %t", c.name, p, private, overlaps, c.private, c.overlaps)
		}
	}
}
