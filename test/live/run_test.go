package live

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
)

// The exit codes of kubevidence that the proofs rest on.
const (
	exitOK         = 0
	exitDeviations = 3
	exitIncomplete = 4
)

// A result is how a run of kubevidence ended.
type result struct {
	exit           int
	stdout, stderr []byte
}

// kubevidence runs the program as a person would, in an environment that holds nothing of
// the developer's: neither a kubeconfig nor a home.
func kubevidence(t *testing.T, args ...string) result {
	t.Helper()
	return outcome(t, exec.CommandContext(t.Context(), program, args...))
}

// outcome runs a command in that environment.
func outcome(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(cmd.Env, "HOME="+t.TempDir(), "PATH="+os.Getenv("PATH"))
	err := cmd.Run()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Fatalf("run %s: %v", cmd, err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes()}
}

// scan runs `scan -o json` and returns the record.
func scan(t *testing.T, kubeconfig string, args ...string) (*report.Record, result) {
	t.Helper()
	r := kubevidence(t, append([]string{"scan", "-o", "json", "--kubeconfig", kubeconfig}, args...)...)
	return record(t, r), r
}

// record reads the record that a run printed.
func record(t *testing.T, r result) *report.Record {
	t.Helper()
	got, err := report.Read(bytes.NewReader(r.stdout))
	if err != nil {
		t.Fatalf("read the record: %v\nexit code %d\n%s", err, r.exit, r.stderr)
	}
	return got
}

// administrator returns the kubeconfig of a user with every right, whom the audit log
// knows by this test's name.
func administrator(t *testing.T, c *cluster.Cluster) (kubeconfig, user string) {
	t.Helper()
	user = "admin-" + strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	kubeconfig, err := c.CertificateKubeconfig(user, "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	return kubeconfig, user
}

// skip says in a sentence why something isn't proven here. Where KUBEVIDENCE_NO_SKIP is
// set, that is a failure.
func skip(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("KUBEVIDENCE_NO_SKIP") != "" {
		t.Fatalf("%s; KUBEVIDENCE_NO_SKIP lets no skip pass", strings.TrimSuffix(sentence, "."))
	}
	t.Skip(sentence)
}

// both runs a proof on either cluster.
func both(t *testing.T, proof func(*testing.T, *cluster.Cluster)) {
	t.Helper()
	t.Run("conforming", func(t *testing.T) { proof(t, conforming) })
	t.Run("nonconforming", func(t *testing.T) { proof(t, nonconforming) })
}
