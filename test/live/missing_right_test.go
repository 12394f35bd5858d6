package live

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// A right is one resource of the shipped ClusterRole; of those that it grants by name, one name.
type right struct{ group, plural, name string }

// resource is how the record names it.
func (r right) resource() audit.Resource {
	if r.group == "" {
		return audit.Resource(r.plural)
	}
	return audit.Resource(r.plural + "." + r.group)
}

// path of its collection, a single object of it.
func (r right) path() string {
	api := "/apis/" + r.group + "/v1/"
	if r.group == "" {
		api = "/api/v1/"
	}
	if r.name != "" {
		return api + "namespaces/" + metav1.NamespaceSystem + "/" + r.plural + "/" + r.name
	}
	return api + r.plural + "?limit=1"
}

// shippedRole is the ClusterRole of examples/deploy.
func shippedRole(t *testing.T) *rbacv1.ClusterRole {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "examples", "deploy", "base", "clusterrole.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(text, role); err != nil {
		t.Fatal(err)
	}
	return role
}

func rightsOf(role *rbacv1.ClusterRole) []right {
	var rights []right
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, plural := range rule.Resources {
				r := right{group: group, plural: plural}
				if len(rule.ResourceNames) > 0 {
					r.name = rule.ResourceNames[0]
				}
				rights = append(rights, r)
			}
		}
	}
	return rights
}

// servedRights are those of which the cluster that a record is of has the resource: no
// right is missed on what isn't there.
func servedRights(t *testing.T, r *report.Record) []right {
	t.Helper()
	read := map[audit.Resource]bool{}
	for i := range r.Collection.Queries {
		q := &r.Collection.Queries[i]
		read[q.Resource] = read[q.Resource] || q.State == string(audit.Read)
	}
	rights := slices.DeleteFunc(rightsOf(shippedRole(t)), func(r right) bool { return !read[r.resource()] })
	if len(rights) < 20 {
		t.Fatalf("only %d resources of the shipped ClusterRole were read", len(rights))
	}
	return rights
}

// TestMissingRightIsNotAssessed takes one right away at a time: the checks that need it
// say that they couldn't be assessed, in the server's words; the others say what they said
// before; and the scan never ends with 0.
func TestMissingRightIsNotAssessed(t *testing.T) {
	for c, exit := range map[*cluster.Cluster]int{conforming: exitIncomplete, nonconforming: exitDeviations} {
		t.Run(map[bool]string{true: "conforming", false: "nonconforming"}[c == conforming], func(t *testing.T) {
			all, _ := administrator(t, c)
			before, _ := scan(t, all, "--config", c.Config)
			for _, missing := range servedRights(t, before) {
				t.Run(string(missing.resource()), func(t *testing.T) {
					kubeconfig := without(t, c, missing)
					after, run := scan(t, kubeconfig, "--config", c.Config)
					if run.exit != exit {
						t.Errorf("exit code %d, want %d\n%s", run.exit, exit, run.stderr)
					}
					compareWithout(t, missing, before, after)
				})
			}
		})
	}
}

// compareWithout compares the findings of all checks before and after a right was taken
// away.
func compareWithout(t *testing.T, missing right, before, after *report.Record) {
	t.Helper()
	was, is := byCheck(before), byCheck(after)
	for _, check := range before.Checks {
		switch {
		case slices.Contains(check.Needs, missing.resource()):
			refused(t, missing, check.ID, is[check.ID])
		case slices.Contains(check.Uses, missing.resource()):
			noNewPass(t, check.ID, was[check.ID], is[check.ID])
		default:
			if diff := cmp.Diff(was[check.ID], is[check.ID]); diff != "" {
				t.Errorf("%s neither needs nor uses %s, but its findings differ (-with +without):\n%s", check.ID, missing.resource(), diff)
			}
		}
	}
}

// refused holds that a check says nothing but that it couldn't be assessed, and why.
func refused(t *testing.T, missing right, check string, findings []audit.Finding) {
	t.Helper()
	verb := "list"
	if missing.name != "" {
		verb = "get"
	}
	words := fmt.Sprintf("cannot %s resource %q in API group %q", verb, missing.plural, missing.group)
	if len(findings) == 0 {
		t.Errorf("%s needs %s, but has no finding at all", check, missing.resource())
	}
	for i := range findings {
		f := &findings[i]
		// What a person attests, where nobody can read, keeps the reason that nobody did.
		unassessed := f.Status == audit.NotAssessed || f.Status == audit.Attested
		if !unassessed || f.Reason != audit.Forbidden {
			t.Errorf("%s needs %s, but says %s %s of %s", check, missing.resource(), f.Status, f.Reason, f.Subject)
		} else if !strings.Contains(f.Message+f.Observed, words) {
			t.Errorf("%s: %q, want the server's words: %s", check, f.Message, words)
		}
	}
}

// noNewPass holds that nothing passes for want of a right. A finding of another subject is
// none: where ReplicaSets can't be read, a Deployment's Pods are their ReplicaSet's.
func noNewPass(t *testing.T, check string, was, is []audit.Finding) {
	t.Helper()
	failed := map[string]bool{}
	for i := range was {
		failed[was[i].ID] = was[i].Status != audit.Pass
	}
	for i := range is {
		if is[i].Status == audit.Pass && failed[is[i].ID] {
			t.Errorf("%s passes for %s only since a right is missing: %s", check, is[i].Subject, is[i].Message)
		}
	}
}

// byCheck groups steady findings by their check.
func byCheck(r *report.Record) map[string][]audit.Finding {
	findings := map[string][]audit.Finding{}
	for _, f := range steady(r.Findings) {
		findings[f.Check] = append(findings[f.Check], f)
	}
	return findings
}

// without returns the kubeconfig of a user who has all the rights of the shipped
// ClusterRole but one, once the API server acts on it.
func without(t *testing.T, c *cluster.Cluster, missing right) string {
	t.Helper()
	name := "without-" + missing.plural
	role := shippedRole(t)
	role.Name = name
	for i := range role.Rules {
		rule := &role.Rules[i]
		if slices.Contains(rule.APIGroups, missing.group) {
			rule.Resources = slices.DeleteFunc(rule.Resources, func(plural string) bool { return plural == missing.plural })
		}
	}
	role.Rules = slices.DeleteFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return len(r.Resources) == 0 })
	binding := &rbacv1.ClusterRoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRoleBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}},
	}
	apply(t, c, role, binding)
	kubeconfig, err := c.CertificateKubeconfig(name)
	if err != nil {
		t.Fatal(err)
	}
	granted := slices.DeleteFunc(rightsOf(shippedRole(t)), func(r right) bool { return r == missing })
	eventually(t, name+" has its rights", func() error {
		refused := map[string]int{}
		for _, r := range granted {
			// Authorization comes before routing: 404 is what isn't served or isn't there.
			if status, err := get(t, kubeconfig, r.path()); err != nil || status != http.StatusOK && status != http.StatusNotFound {
				refused[r.path()] = status
			}
		}
		if len(refused) > 0 {
			return fmt.Errorf("refused: %v", slices.Sorted(maps.Keys(refused)))
		}
		return nil
	})
	return kubeconfig
}

// apply writes objects.
func apply(t *testing.T, c *cluster.Cluster, objects ...any) {
	t.Helper()
	for _, object := range objects {
		manifest, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Apply(t.Context(), manifest); err != nil {
			t.Fatal(err)
		}
	}
}
