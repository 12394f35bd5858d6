package examples_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	kyaml "sigs.k8s.io/yaml"
)

// A kustomization is what is read of a kustomization.yaml.
type kustomization struct {
	Resources          []string `json:"resources"`
	ConfigMapGenerator []struct {
		Name  string   `json:"name"`
		Files []string `json:"files"`
	} `json:"configMapGenerator"`
}

// TestDeploymentListsItsFiles holds that each manifest is a resource of its folder's
// kustomization, and each resource a file.
func TestDeploymentListsItsFiles(t *testing.T) {
	for _, folder := range []string{"deploy/base", "deploy/read-secrets", "deploy/signed"} {
		k := decoded[kustomization](t, folder+"/kustomization.yaml")
		listed := slices.DeleteFunc(k.Resources, func(r string) bool { return strings.HasPrefix(r, "..") })
		for _, generator := range k.ConfigMapGenerator {
			listed = append(listed, generator.Files...)
		}
		there := []string{}
		for _, file := range list(t, folder) {
			if path.Dir(file) == folder && path.Ext(file) == ".yaml" && path.Base(file) != "kustomization.yaml" {
				there = append(there, path.Base(file))
			}
		}
		slices.Sort(listed)
		if diff := cmp.Diff(there, listed); diff != "" {
			t.Errorf("%s: -files +kustomization:\n%s", folder, diff)
		}
	}
}

// TestDeploymentPassesItsOwnChecks judges the deployment as if it were a cluster.
func TestDeploymentPassesItsOwnChecks(t *testing.T) {
	manifests, err := filepath.Glob("deploy/base/[^k]*.yaml") // neither kustomization nor kubevidence.yaml
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]bool{}
	for _, f := range evaluate(t, "deploy/base/kubevidence.yaml", manifests...) {
		if !conforming(&f) && f.Subject.Kind != "Cluster" { // what is said of the cluster isn't the deployment's
			t.Errorf("%s %v %v: %s", f.Check, f.Status, f.Subject, f.Message)
		}
		judged[f.Check+" "+f.Status.String()+" "+f.Subject.String()] = true
	}
	for _, want := range []string{
		"NET-01 pass CronJob kubevidence/kubevidence",
		"NET-02 pass CronJob kubevidence/kubevidence",
		"NET-03 pass Namespace kubevidence",
		"NET-06 pass NetworkPolicy kubevidence/kubevidence",
	} {
		if !judged[want] {
			t.Errorf("not found: %s", want)
		}
	}
}

// TestDeploymentRights holds that the ClusterRole grants what the checks read, and that no
// role lists Secrets.
func TestDeploymentRights(t *testing.T) {
	rights := slices.DeleteFunc(collect.Rights(audit.Resources(checks.All)), func(r collect.Right) bool { return r.Reads == audit.Secrets })
	if *update {
		writeClusterRole(t, rights)
	}
	var want []string
	for _, r := range rights {
		want = append(want, strings.Join(append([]string{r.Verb, r.Resource, r.Group}, r.Names...), " "))
	}
	if diff := cmp.Diff(want, granted(decoded[rbacv1.ClusterRole](t, "deploy/base/clusterrole.yaml").Rules)); diff != "" {
		t.Errorf("-read +granted: `make docs` writes it anew\n%s", diff)
	}
	overlay := decoded[rbacv1.Role](t, "deploy/read-secrets/role.yaml")
	if diff := cmp.Diff([]string{"get secrets "}, granted(overlay.Rules)); diff != "" {
		t.Errorf("-want +overlay:\n%s", diff)
	}
	if len(overlay.Rules[0].ResourceNames) == 0 {
		t.Error("the overlay grants every Secret: resourceNames is empty")
	}
}

var update = flag.Bool("update", false, "write what is generated anew")

// writeClusterRole replaces the rules of the deployment's ClusterRole.
func writeClusterRole(t *testing.T, rights []collect.Right) {
	t.Helper()
	const file = "deploy/base/clusterrole.yaml"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(old), "\nrules:\n")
	var b strings.Builder
	b.WriteString(head + "\nrules:\n")
	for i := 0; i < len(rights); {
		r := rights[i]
		var resources []string
		for ; i < len(rights) && rights[i].Group == r.Group && rights[i].Verb == r.Verb; i++ {
			resources = append(resources, quoted(rights[i].Resource))
		}
		fmt.Fprintf(&b, "  - apiGroups: [%s]\n    resources: [%s]\n", quoted(r.Group), strings.Join(resources, ", "))
		if r.Names != nil {
			fmt.Fprintf(&b, "    resourceNames: [%s]\n", strings.Join(r.Names, ", "))
		}
		fmt.Fprintf(&b, "    verbs: [%s]\n", r.Verb)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// quoted quotes what YAML would take for something else than a text.
func quoted(word string) string {
	if word == "" || word == "*" {
		return `"` + word + `"`
	}
	return word
}

// named are the names that a rule grants get on, but of Secrets, which differ by cluster.
func named(rule rbacv1.PolicyRule) []string {
	if slices.Contains(rule.Resources, "secrets") {
		return nil
	}
	return rule.ResourceNames
}

func granted(rules []rbacv1.PolicyRule) []string {
	var list []string
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					list = append(list, strings.Join(append([]string{verb, resource, group}, named(rule)...), " "))
				}
			}
		}
	}
	return list
}

func TestCronJob(t *testing.T) {
	job := decoded[batchv1.CronJob](t, "deploy/base/cronjob.yaml").Spec
	pod := job.JobTemplate.Spec.Template.Spec
	if len(pod.Containers) != 1 || pod.SecurityContext == nil || pod.Containers[0].SecurityContext == nil {
		t.Fatal("not one container with a security context, in a Pod with one")
	}
	container := pod.Containers[0]
	type settings struct {
		Concurrency      batchv1.ConcurrencyPolicy
		TimeZone         string
		StartingDeadline int64
		ActiveDeadline   int64
		BackoffLimit     int32
		History          [2]int32
		Restart          corev1.RestartPolicy
		NonRoot          bool
		Seccomp          corev1.SeccompProfileType
		Escalation       bool
		ReadOnlyRoot     bool
		Drop             []corev1.Capability
	}
	got := settings{
		job.ConcurrencyPolicy, value(job.TimeZone), value(job.StartingDeadlineSeconds),
		value(job.JobTemplate.Spec.ActiveDeadlineSeconds), value(job.JobTemplate.Spec.BackoffLimit),
		[2]int32{value(job.SuccessfulJobsHistoryLimit), value(job.FailedJobsHistoryLimit)}, pod.RestartPolicy,
		value(pod.SecurityContext.RunAsNonRoot), pod.SecurityContext.SeccompProfile.Type,
		*container.SecurityContext.AllowPrivilegeEscalation, value(container.SecurityContext.ReadOnlyRootFilesystem),
		container.SecurityContext.Capabilities.Drop,
	}
	want := settings{
		batchv1.ForbidConcurrent, "Etc/UTC", 3600, 900, 0, [2]int32{3, 3}, corev1.RestartPolicyNever,
		true, corev1.SeccompProfileTypeRuntimeDefault, false, true, []corev1.Capability{"ALL"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for name, resources := range map[string]corev1.ResourceList{"requests": container.Resources.Requests, "limits": container.Resources.Limits} {
		if resources.Cpu().IsZero() || resources.Memory().IsZero() {
			t.Errorf("%s lack CPU or memory", name)
		}
	}
	for _, arg := range []string{"scan", "--output-dir=/evidence", "--exit-zero"} {
		if !slices.Contains(container.Args, arg) {
			t.Errorf("%s isn't among the arguments %q", arg, container.Args)
		}
	}
}

// value is what a pointer points to, the zero value for nil.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// TestImage holds that the image is one static binary, run by the CronJob's user, which
// isn't root.
func TestImage(t *testing.T) {
	dockerfile := string(read(t, "deploy/Dockerfile"))
	_, image, found := strings.Cut(dockerfile, "\nFROM scratch\n")
	if !found || !strings.Contains(dockerfile, "CGO_ENABLED=0") || strings.Contains(image, "FROM") {
		t.Error("the image isn't a static binary on scratch")
	}
	user := regexp.MustCompile(`(?m)^USER (\d+):\d+$`).FindStringSubmatch(image)
	if user == nil || user[1] != "65532" {
		t.Errorf("the image's user is %v", user)
	}
	job := decoded[batchv1.CronJob](t, "deploy/base/cronjob.yaml")
	if uid := value(job.Spec.JobTemplate.Spec.Template.Spec.SecurityContext.RunAsUser); uid != 65532 {
		t.Errorf("the CronJob's user is %d", uid)
	}
}

// decoded reads the one object of a file.
func decoded[T any](t *testing.T, file string) T {
	t.Helper()
	var object T
	if err := kyaml.Unmarshal(read(t, file), &object); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return object
}
