package live

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/test/live/cluster"
)

// TestSnapshotEqualsLiveScan holds that a snapshot, evaluated offline, gives what a scan of
// the cluster gives at the same instant.
func TestSnapshotEqualsLiveScan(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		kubeconfig, _ := administrator(t, c)
		for name, flags := range map[string][]string{"without Secrets": nil, "with Secrets": {"--read-secrets"}} {
			t.Run(name, func(t *testing.T) {
				live, liveRun := scan(t, kubeconfig, append([]string{"--config", c.Config}, flags...)...)
				file := filepath.Join(t.TempDir(), "snapshot.json.gz")
				taken := kubevidence(t, append([]string{"snapshot", "-o", file, "--kubeconfig", kubeconfig}, flags...)...)
				if taken.exit != exitOK {
					t.Fatalf("snapshot: exit code %d\n%s", taken.exit, taken.stderr)
				}
				run := kubevidence(t, "scan", "-o", "json", "--input", file, "--config", c.Config,
					"--at", live.Metadata.GeneratedAt.Format(time.RFC3339Nano))
				offline := record(t, run)
				if run.exit != liveRun.exit {
					t.Errorf("exit code %d, the live scan's is %d\n%s", run.exit, liveRun.exit, run.stderr)
				}
				sameFindings(t, live, offline)
				if live.Subject != offline.Subject {
					t.Errorf("subject %+v, the live scan's is %+v", offline.Subject, live.Subject)
				}
				if a, b := len(live.Collection.Queries), len(offline.Collection.Queries); a != b {
					t.Errorf("%d rows in the ledger, the live scan's has %d", b, a)
				}
			})
		}
	})
}
