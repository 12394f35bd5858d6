package live

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// TestRBACPrintsShippedRole holds that examples/deploy grants what the program says that
// it needs, no more and no less.
func TestRBACPrintsShippedRole(t *testing.T) {
	run := kubevidence(t, "rbac")
	if run.exit != exitOK {
		t.Fatalf("exit code %d\n%s", run.exit, run.stderr)
	}
	printed := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(run.stdout, printed); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(printed, shippedRole(t)); diff != "" {
		t.Errorf("the shipped ClusterRole (-printed +shipped):\n%s", diff)
	}
}

// TestRBACCheck holds that `rbac --check` finds every right in place for the ServiceAccount
// of examples/deploy, and names the one that is missing with the checks that it costs.
func TestRBACCheck(t *testing.T) {
	token, err := conforming.TokenFor(t.Context(), "kubevidence", "kubevidence")
	if err != nil {
		t.Fatal(err)
	}
	complete, err := conforming.TokenKubeconfig("kubevidence", token)
	if err != nil {
		t.Fatal(err)
	}
	if run := kubevidence(t, "rbac", "--check", "--kubeconfig", complete); run.exit != exitOK {
		t.Errorf("with all rights: exit code %d, want %d\n%s%s", run.exit, exitOK, run.stdout, run.stderr)
	}

	r, _ := scan(t, complete)
	for _, missing := range servedRights(t, r) {
		t.Run(string(missing.resource()), func(t *testing.T) {
			run := kubevidence(t, "rbac", "--check", "--kubeconfig", without(t, conforming, missing))
			if run.exit != exitIncomplete {
				t.Errorf("exit code %d, want %d\n%s", run.exit, exitIncomplete, run.stderr)
			}
			said := string(run.stdout)
			if !strings.Contains(said, missing.plural) {
				t.Errorf("it doesn't name %s:\n%s", missing.plural, said)
			}
			for _, check := range r.Checks {
				if slices.Contains(check.Needs, missing.resource()) && !strings.Contains(said, check.ID) {
					t.Errorf("it doesn't say that %s is lost:\n%s", check.ID, said)
				}
			}
		})
	}
}
