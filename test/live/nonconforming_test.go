package live

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// A nonconformity is a row of the table in examples/cluster/README.md.
type nonconformity struct{ check, status, subject string }

var row = regexp.MustCompile(`(?m)^\| ([A-Z]+-\d\d) \| (\w+) \| ([^|]+?) \|`)

func documented(t *testing.T) []nonconformity {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "examples", "cluster", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []nonconformity
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, nonconformity{m[1], m[2], m[3]})
	}
	if len(rows) < 20 {
		t.Fatalf("%d rows in the README's table: it isn't read as it is written", len(rows))
	}
	return rows
}

// TestNonconformitiesAreFound holds that each documented one is found, at the place and
// with the weight that the README says, and that the deviations end the scan with 3. With
// Secrets as it reads files; without them none of them may pass.
func TestNonconformitiesAreFound(t *testing.T) {
	kubeconfig, _ := administrator(t, nonconforming)
	for name, args := range map[string][]string{
		"without Secrets": {"--config", nonconforming.Config},
		"with Secrets":    {"--config", nonconforming.Config, "--read-secrets"},
	} {
		t.Run(name, func(t *testing.T) {
			r, run := scan(t, kubeconfig, args...)
			if run.exit != exitDeviations {
				t.Errorf("exit code %d, want %d\n%s", run.exit, exitDeviations, run.stderr)
			}
			found := map[string]*audit.Finding{}
			for i := range r.Findings {
				f := &r.Findings[i]
				found[f.Check+" "+f.Subject.String()] = f
			}
			for _, n := range documented(t) {
				f := found[n.check+" "+n.subject]
				switch {
				case f == nil:
					t.Errorf("%s %s: no finding, want %s", n.check, n.subject, n.status)
				case f.Status.String() == n.status, worsened(f.Status, n.status):
				case !r.Config.Options.ReadSecrets && f.Status == audit.NotAssessed && f.Reason == audit.NotRequested:
				default:
					t.Errorf("%s %s: %s %s, want %s: %s", n.check, n.subject, f.Status, f.Reason, n.status, f.Message)
				}
			}
		})
	}
}

// worsened reports whether a documented warning has become a failure: certificates age
// after the day for which the example was written.
func worsened(got audit.Status, documented string) bool {
	return documented == audit.Warning.String() && got == audit.Fail
}
