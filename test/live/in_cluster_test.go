package live

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// mounted is where a Pod finds its token
// (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/).
const mounted = "/var/run/secrets/kubernetes.io/serviceaccount"

// inMountNamespace runs a command as in a Pod that has the files of $1 mounted: in a mount
// namespace of its own, whose /var/run is empty but for them, so that nothing is left of
// it.
const inMountNamespace = `set -e
files=$1; shift
run=$(readlink -f /var/run)
mkdir "$files/empty"
mount --no-mtab -t tmpfs tmpfs "$files/empty"
mkdir -p "$files/empty${1#/var/run}"
cp "$files"/token "$files"/ca.crt "$files"/namespace "$files/empty${1#/var/run}"
mount --no-mtab --move "$files/empty" "$run"
shift
exec "$@"`

// TestInClusterConfiguration holds that the program finds the API server the way that it
// does in a Pod: by environment variables and the files of its ServiceAccount, with no
// kubeconfig.
func TestInClusterConfiguration(t *testing.T) {
	token, err := conforming.TokenFor(t.Context(), "kubevidence", "kubevidence")
	if err != nil {
		t.Fatal(err)
	}
	server, err := url.Parse(conforming.URL)
	if err != nil {
		t.Fatal(err)
	}
	files := t.TempDir()
	for name, content := range map[string]string{"token": token, "ca.crt": string(conforming.CA), "namespace": "kubevidence"} {
		if err := os.WriteFile(filepath.Join(files, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inPod := func(args ...string) *exec.Cmd {
		flags := []string{"--mount"}
		if os.Getuid() != 0 {
			flags = append(flags, "--map-root-user")
		}
		cmd := exec.CommandContext(t.Context(), "unshare", append(append(flags, "sh", "-c", inMountNamespace, "sh", files, mounted), args...)...)
		cmd.Env = []string{"KUBERNETES_SERVICE_HOST=" + server.Hostname(), "KUBERNETES_SERVICE_PORT=" + server.Port()}
		return cmd
	}
	if output, err := inPod("true").CombinedOutput(); err != nil {
		skip(t, fmt.Sprintf("A mount namespace is needed to stand in for a Pod's files, and can't be made here: %v %s", err, output))
	}
	if err := os.Remove(filepath.Join(files, "empty")); err != nil {
		t.Fatal(err)
	}

	all, _ := administrator(t, conforming)
	want, _ := scan(t, all, "--config", conforming.Config)
	run := outcome(t, inPod(program, "scan", "-o", "json", "--config", conforming.Config))
	got := record(t, run)
	if run.exit != exitOK {
		t.Errorf("exit code %d, want %d\n%s", run.exit, exitOK, run.stderr)
	}
	sameFindings(t, want, got)
	if got.Subject.Cluster.Server != conforming.URL {
		t.Errorf("read %q, want %q", got.Subject.Cluster.Server, conforming.URL)
	}
}
