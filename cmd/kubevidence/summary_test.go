package main

import (
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// TestCountsLineNamesOptions: what wasn't requested is said with the options that weren't
// given and could be.
func TestCountsLineNamesOptions(t *testing.T) {
	for _, c := range []struct {
		source       audit.Source
		readSecrets  bool
		probe        bool
		notRequested int
		want         string // after the counts
	}{
		{audit.FromCluster, false, false, 16, "; 16 not requested (--read-secrets, --probe)"},
		{audit.FromCluster, true, false, 16, "; 16 not requested (--probe)"},
		{audit.FromCluster, false, true, 16, "; 16 not requested (--read-secrets)"},
		{audit.FromCluster, true, true, 16, "; 16 not requested"},
		{audit.FromFiles, false, false, 16, "; 16 not requested"},
		{audit.FromCluster, false, false, 0, ""},
	} {
		r := &report.Record{}
		r.Collection.Source = c.source
		r.Config.Options.ReadSecrets, r.Config.Options.Probe = c.readSecrets, c.probe
		r.Summary.Counts.NotRequested = c.notRequested
		if _, got, _ := strings.Cut(countsLine(r), "0 pass"); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
