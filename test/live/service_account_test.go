package live

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
)

// TestShippedRightsSuffice holds that the ClusterRole of examples/deploy lets its
// ServiceAccount find what an administrator finds.
func TestShippedRightsSuffice(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		token, err := c.TokenFor(t.Context(), "kubevidence", "kubevidence")
		if err != nil {
			t.Fatal(err)
		}
		limited, err := c.TokenKubeconfig("kubevidence", token)
		if err != nil {
			t.Fatal(err)
		}
		all, _ := administrator(t, c)
		want, wantRun := scan(t, all, "--config", c.Config)
		got, run := scan(t, limited, "--config", c.Config)
		if run.exit != wantRun.exit {
			t.Errorf("exit code %d, an administrator's is %d\n%s", run.exit, wantRun.exit, run.stderr)
		}
		sameFindings(t, want, got)
		identity := got.Collection.Identity
		if identity.Method != "jwt" || identity.Name != "system:serviceaccount:kubevidence:kubevidence" || identity.Verified {
			t.Errorf("read by %+v, want the ServiceAccount by its token, unverified", identity)
		}
	})
}

// sameFindings compares what two records say of a cluster, but not who read it and when.
func sameFindings(t *testing.T, want, got *report.Record) {
	t.Helper()
	for what, pair := range map[string][2]any{
		"findings":     {steady(want.Findings), steady(got.Findings)},
		"controls":     {want.Controls, got.Controls},
		"checks":       {want.Checks, got.Checks},
		"inventory":    {want.Inventory, got.Inventory},
		"waivers":      {want.Waivers, got.Waivers},
		"attestations": {want.Attestations, got.Attestations},
		"summary":      {want.Summary, got.Summary},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// steady leaves out the one value that scans of an unchanged cluster see anew: when a
// controller's lease was last renewed.
func steady(findings []audit.Finding) []audit.Finding {
	list := slices.Clone(findings)
	for i := range list {
		list[i].Evidence = slices.DeleteFunc(slices.Clone(list[i].Evidence), func(e audit.Evidence) bool {
			return strings.HasSuffix(e.Path, ": spec.renewTime")
		})
	}
	return list
}
