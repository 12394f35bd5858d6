package checks

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"golang.org/x/tools/txtar"
)

// honest are the deviations of the network half that a cluster may have on its first day, by
// distribution, with what is true of it. "" is all of them. What else deviates there is a
// false alarm.
var honest = map[string]map[string]string{
	"": {
		"NET-01": "its own workloads have no policies",
		"NET-02": "its own workloads have no policies",
		"NET-03": "its own namespaces have no default-deny",
		"NET-09": "nothing demands policies",
		"PRV-02": "nothing encrypts between Pods",
	},
	"kubeadm":   {"NET-05": "Calico lets every address ask its API server"},
	"k3s":       {"DNS-01": "one CoreDNS"},
	"eks":       {"NET-08": "the VPC CNI enforces no policy before somebody enables that", "PRV-01": "nodes with external addresses"},
	"gke":       {"DNS-01": "Cloud DNS has no objects", "PRV-01": "nodes with external addresses"},
	"aks":       {"NET-04": "the policy of konnectivity-agent allows everything", "NET-05": "the metadata service too"},
	"openshift": {"NET-05": "the operator lifecycle manager lets every address read metrics"},
}

// TestStockClusters holds that distributions as they are installed give no false alarm:
// testdata/stock/<distribution>.txtar are cases whose want lists what deviates, or isn't
// assessed, of the network half.
func TestStockClusters(t *testing.T) {
	paths, err := filepath.Glob("testdata/stock/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases (%v)", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tc := testCase{path: path, archive: archive}
			facts := tc.facts(t, nil)
			var got strings.Builder
			for _, f := range audit.Run(facts, All).Findings {
				evident(t, &f)
				area, _, _ := strings.Cut(f.Check, "-")
				if !slices.Contains([]string{"PRV", "DNS", "NET", "SEG", "EXP"}, area) || f.Status == audit.Pass || f.Status == audit.NotApplicable {
					continue
				}
				i := slices.IndexFunc(All, func(c audit.Check) bool { return c.ID == f.Check })
				got.WriteString(f.Check + " " + lines(&All[i], []audit.Finding{f}))
				if honest[""][f.Check] == "" && honest[name][f.Check] == "" {
					t.Errorf("a false alarm: %s of %s: %s: %s", f.Check, f.Subject, f.Status, f.Message)
				}
				if f.Status == audit.Fail && (f.Responsible != audit.Administrator || f.Subject.Namespace != "") {
					t.Errorf("a user's, or a workload's, on a cluster without any: %s of %s: %s", f.Check, f.Subject, f.Message)
				}
			}
			if *update {
				tc.save(t, got.String())
			} else if want := tc.section("want"); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
			for _, n := range facts.Namespaces {
				if _, admin := facts.Administrators[n.Name]; !admin && n.Name != "default" {
					t.Errorf("namespace %s isn't known as the administrator's", n.Name)
				}
			}
		})
	}
}
