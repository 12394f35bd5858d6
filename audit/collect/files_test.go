package collect

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kubevidence/kubevidence/audit"
)

var at = time.Date(2026, 11, 22, 21, 4, 50, 0, time.UTC)

// folder writes files, by name, into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// manifestsOf evaluates one YAML text.
func manifestsOf(t *testing.T, text string) *audit.Snapshot {
	t.Helper()
	s, err := Files(context.Background(), FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text), At: at})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(s); err != nil {
		t.Error(err)
	}
	return s
}

const application = `
apiVersion: v1
kind: Namespace
metadata: {name: app, labels: {team: a}, creationTimestamp: "2026-01-01T00:00:00Z"}
---
# a Pod with everything that is reduced
apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: app
  uid: u1
  labels: {app: web}
  annotations: {kubernetes.io/config.mirror: x}
  ownerReferences:
  - {apiVersion: v1, kind: Node, name: other, uid: n}
  - {apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: r, controller: true}
spec:
  nodeName: node-1
  hostNetwork: true
  initContainers:
  - {name: sidecar, ports: [{containerPort: 9, protocol: UDP}]}
  containers:
  - name: web
    image: example.com/web:1
    command: ["--password=hunter2"]
    env: [{name: TOKEN, value: hunter2}]
    ports: [{name: http, containerPort: 80, hostPort: 8080}]
status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: done, namespace: app}
  status: {phase: Succeeded}
- apiVersion: v1
  kind: Pod
  metadata: {name: solver, namespace: app, labels: {acme.cert-manager.io/http01-solver: "true"}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: other}
  spec:
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - {name: c, image: quay.io/jetstack/cert-manager-controller:v1.21.2, args: [--v=2, --cluster-resource-namespace=cm, --secret=hunter2]}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}
- {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: old}}
- {apiVersion: networking.k8s.io/v1beta1, kind: Ingress, metadata: {name: old}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicyList
items:
- metadata:
    name: p
    annotations: {kubectl.kubernetes.io/last-applied-configuration: hunter2}
    managedFields: [{manager: hunter2}]
  spec: {podSelector: {}, egress: [{ports: [{port: 53}]}], ingress: [{ports: [{}]}]}
`

func TestFilesReduces(t *testing.T) {
	s := manifestsOf(t, application)

	if diff := cmp.Diff([]audit.Pod{{
		Object:    audit.Object{Namespace: "app", Name: "web-1", UID: "u1", Labels: map[string]string{"app": "web"}},
		Owner:     &audit.Owner{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "r"},
		Node:      "node-1",
		Addresses: []string{"10.0.0.1", "fd00::1"},
		Template: audit.Template{
			Ports: []audit.Port{
				{Name: "http", Number: 80, Protocol: "TCP", HostPort: 8080}, {Number: 9, Protocol: "UDP"},
			},
			HostNetwork: true,
		},
		Mirror: true,
	}}, s.Pods); diff != "" {
		t.Errorf("Pods (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]audit.Controller{{
		Object: audit.Object{Namespace: "other", Name: "web"}, APIVersion: "apps/v1", Kind: "Deployment",
		Replicas: 1, PodLabels: map[string]string{"app": "web"},
		Template: audit.Template{
			Component: "cert-manager",
			Containers: []audit.Container{{
				Name: "c", Image: "quay.io/jetstack/cert-manager-controller:v1.21.2", Flags: []string{"--cluster-resource-namespace=cm"},
			}},
		},
	}}, s.Controllers); diff != "" {
		t.Errorf("Controllers (-want +got):\n%s", diff)
	}

	var names []string
	for _, n := range s.Namespaces {
		names = append(names, n.Name)
		if n.Labels["kubernetes.io/metadata.name"] != n.Name {
			t.Errorf("namespace %s has labels %v", n.Name, n.Labels)
		}
	}
	if want := []string{"app", "default", "other"}; !cmp.Equal(want, names) {
		t.Errorf("namespaces %v, want %v", names, want)
	}

	p := s.NetworkPolicies[0]
	if p.Namespace != "default" || p.Annotations != nil || p.ManagedFields != nil || p.Kind != "" {
		t.Errorf("NetworkPolicy metadata wasn't reduced: %+v", p)
	}
	if len(p.Spec.PolicyTypes) != 2 || *p.Spec.Egress[0].Ports[0].Protocol != "TCP" || *p.Spec.Ingress[0].Ports[0].Protocol != "TCP" {
		t.Errorf("NetworkPolicy without defaults: %+v", p.Spec)
	}

	if diff := cmp.Diff([]audit.Ignored{
		{APIVersion: "extensions/v1beta1", Kind: "Ingress", Count: 1},
		{APIVersion: "networking.k8s.io/v1beta1", Kind: "Ingress", Count: 1},
	}, s.Collection.Ignored); diff != "" {
		t.Errorf("Ignored (-want +got):\n%s", diff)
	}
	for _, q := range s.Collection.Queries {
		if q.Resource == audit.Pods {
			if diff := cmp.Diff([]audit.Excluded{{Rule: RuleSolver, Count: 1}, {Rule: audit.RuleTerminated, Count: 1}}, q.Excluded); diff != "" || q.Listed != 3 {
				t.Errorf("ledger of Pods: %+v %s", q, diff)
			}
		}
	}
	if got := len(s.Collection.Readings); got != len(table)+1 { // and handshakes
		t.Errorf("%d readings, want %d", got, len(table)+1)
	}
	if gap, unread := s.Reading(audit.Secrets).Gap(""); unread {
		t.Errorf("Secrets in files are read: %+v", gap)
	}
	if !s.Collection.Ended.Equal(at) || s.Collection.Source != audit.FromFiles {
		t.Errorf("collection %+v", s.Collection)
	}
	if text := written(t, s); strings.Contains(text, "hunter2") {
		t.Errorf("the snapshot keeps what it mustn't:\n%s", text)
	}
}

func written(t *testing.T, s *audit.Snapshot) string {
	t.Helper()
	var b strings.Builder
	if err := writeJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The template of a controller is what its owner's says, once the owner is known.
func TestFilesOwnedControllers(t *testing.T) {
	s := manifestsOf(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {a: b}}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}]}
spec: {template: {metadata: {labels: {a: b}}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: orphan-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: orphan, uid: u, controller: true}]}
spec: {template: {metadata: {labels: {a: b}}}}
`)
	got := map[string]int{}
	for _, c := range s.Controllers {
		got[c.Name] = len(c.PodLabels)
	}
	if want := map[string]int{"web": 1, "web-1": 0, "orphan-1": 1}; !cmp.Equal(want, got) {
		t.Errorf("labels of templates %v, want %v", got, want)
	}
}

var badFiles = []struct{ name, text, want string }{
	{"nothing", "# only a comment\n---\n", "standard input: no object"},
	{"no kind", "\na: 1\n", "standard input: document 1, line 2: not a Kubernetes object: it has no apiVersion or no kind"},
	{"text", "hello", "document 1, line 1: not a Kubernetes object: a string can't stand here, an object is expected"},
	{"no name", "apiVersion: v1\nkind: Pod\n", "document 1, line 1: a Pod without metadata.name"},
	{"syntax", "---\na: b\n---\n\na: b: c\n", "standard input: document 2, line 5: "},
	{
		"every broken document",
		"---\na: [\n---\n# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {hostNetwork: maybe, containers: [{name: a}, {ports: [{containerPort: 80}, {containerPort: x}]}]}\n",
		`document 1, line 2: did not find expected node content
standard input: document 2, line 9: Pod spec.containers[1].ports[1].containerPort: a string can't stand here, a whole number is expected
standard input: document 2, line 9: Pod spec.hostNetwork: a string can't stand here, a truth value (true, false) is expected`,
	},
	{
		"a value in a list",
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: b\n    creationTimestamp: yesterday\n",
		`document 1, line 11: Namespace metadata.creationTimestamp: parsing time "yesterday"`,
	},
	{
		"JSON", "{\"apiVersion\": \"v1\",\n \"items\": [\n  {\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": 1}}], \"kind\": \"List\"}",
		"document 1, line 3: Pod metadata.name: a number can't stand here, a text is expected",
	},
	{"JSON that is cut off", "{\"apiVersion\": \"v1\",\n", "document 1, line 2: the JSON ends in the middle"},
	{"twice", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", "document 2, line 5: Namespace a stands twice; first at standard input: document 1, line 1"},
	{"key twice", "apiVersion: v1\nkind: Namespace\nkind: Pod\n", `line 3: key "kind" stands twice, first 1 lines above`},
	{"list without items", "apiVersion: v1\nkind: PodList\n", "a PodList without items"},
	{"items that aren't a list", "apiVersion: v1\nkind: List\nitems: {}\n", "items: a list is expected"},
	{"alias to itself", "a: &x [*x]\n", "an alias within its own anchor"},
	{"merge of itself", "a: &x {<<: *x}\n", "unfold without end"},
	{"aliases without end", billion, "aliases unfold into more than"},
	{"not text", "a\x00b", "not a text file"},
	{"record", `{"apiVersion":"kubevidence/v1alpha1","kind":"EvidenceRecord"}`, "its kind is EvidenceRecord, not Snapshot"},
	{"snapshot of another version", `{"apiVersion":"kubevidence/v9","kind":"Snapshot"}`, "a snapshot of version kubevidence/v9; this build reads kubevidence/v1alpha1"},
	{"snapshot that is cut off", `{"apiVersion":"kubevidence/v1alpha1","kind":"Snapshot","po`, "cut off or damaged"},
	{"snapshot without a time", `{"apiVersion":"kubevidence/v1alpha1","kind":"Snapshot"}`, "doesn't say when"},
	{
		"snapshot that was altered",
		`{"apiVersion":"kubevidence/v1alpha1","kind":"Snapshot","collection":{"ended":"2026-11-22T00:00:00Z","queries":[{"resource":"pods","listed":2}]},"pods":[{"name":"a"}]}`,
		"the snapshot was altered: the ledger accounts for 2 pods, the snapshot holds 1",
	},
	{"snapshot in YAML", "apiVersion: kubevidence/v1alpha1\nkind: Snapshot\n", "a snapshot is evaluated by itself"},
	{"a Secret's value", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {tls.crt: hunter2!}\n", "line 4: Secret data.tls.crt: a value that can't stand here"},
	{"a Secret's number", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {tls.crt: 424242}\n", "line 4: Secret data.tls.crt: a value that can't stand here"},
	{"a Secret's alias", "apiVersion: v1\nkind: Secret\ndata: {password: *hunter2}\n", "an alias (*) to no anchor (&)"},
}

var billion = func() string {
	text := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := '1'; i <= '9'; i++ {
		previous := "*a" + string(i-1)
		text += "a" + string(i) + ": &a" + string(i) + " [" + strings.Repeat(previous+",", 9) + previous + "]\n"
	}
	return text
}()

func TestFilesRefuses(t *testing.T) {
	for _, test := range badFiles {
		t.Run(test.name, func(t *testing.T) {
			s, err := Files(context.Background(), FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(test.text), At: at})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is\n%v\nwant\n%s", err, test.want)
			}
			if s != nil {
				t.Error("half a snapshot was returned")
			}
			if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "424242")) {
				t.Errorf("the error quotes a Secret: %v", err)
			}
		})
	}
}

func TestFilesFolders(t *testing.T) {
	namespace := func(name string) string {
		return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + "}\n"
	}
	dir := folder(t, map[string]string{
		"b.yaml": namespace("b"), "a.yml": namespace("a"), "sub/c.json": `{apiVersion: v1, kind: Namespace, metadata: {name: c}}`,
		".hidden.yaml": "broken: [", ".git/x.yaml": "broken: [", "notes.txt": "broken: [",
	})
	for link, target := range map[string]string{"sub/loop": "..", "again.yaml": "b.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Files(context.Background(), FilesOptions{Paths: []string{dir}, At: at})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Namespaces) != 3 {
		t.Errorf("namespaces %+v, want a, b, c", s.Namespaces)
	}

	// Folders hold other things too: they are counted, not read, unless somebody names them.
	values := folder(t, map[string]string{"values.yaml": "replicas: 2\n", "expected.json": `{"want": 1}`, "a.yaml": namespace("a")})
	s, err = Files(context.Background(), FilesOptions{Paths: []string{values}, At: at})
	if err != nil || len(s.Namespaces) != 1 || len(s.Collection.Ignored) != 1 || s.Collection.Ignored[0] != (audit.Ignored{Kind: "(none)", Count: 2}) {
		t.Errorf("a folder with other files: %v, ignored %+v", err, s)
	}

	values = folder(t, map[string]string{"values.yaml": "replicas: 2\n"})
	if _, err := Files(context.Background(), FilesOptions{Paths: []string{values}, At: at}); err == nil || !strings.Contains(err.Error(), "there is nothing to evaluate") {
		t.Errorf("a folder without objects: %v", err)
	}

	for _, test := range []struct{ path, want string }{
		{filepath.Join(values, "values.yaml"), "values.yaml: document 1, line 1: not a Kubernetes object"},
		{filepath.Join(dir, "none.yaml"), "none.yaml: no such file"},
		{t.TempDir(), "no *.yaml, *.yml, *.json or *.json.gz file in this folder"},
		{filepath.Join(dir, "notes.txt"), "notes.txt: document 1, line 1: "},
	} {
		if _, err := Files(context.Background(), FilesOptions{Paths: []string{dir, test.path}, At: at}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}

func TestFilesEncodings(t *testing.T) {
	utf16 := "\xff\xfe"
	for _, r := range "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n" {
		utf16 += string([]byte{byte(r), 0})
	}
	for name, text := range map[string]string{
		"UTF-16":            utf16,
		"byte order mark":   "\xef\xbb\xbfapiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
		"CRLF":              "---\r\napiVersion: v1\r\nkind: Namespace\r\nmetadata: {name: a}\r\n---\r\n",
		"end marker":        "apiVersion: v1\nkind: Event\nmetadata: {name: a}\n...\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
		"merge keys":        "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Event, metadata: {name: a}}\n- {<<: *a, kind: Namespace}\n",
		"objects in a row":  `{"apiVersion":"v1","kind":"Event"} {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}`,
		"list in a list":    `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}]}]}`,
		"text with a ruler": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  annotations:\n    text: |\n      ---\n      x\n",
	} {
		t.Run(name, func(t *testing.T) {
			if s := manifestsOf(t, text); len(s.Namespaces) != 1 || s.Namespaces[0].Name != "a" {
				t.Errorf("namespaces %+v, want a", s.Namespaces)
			}
		})
	}
}

func TestFilesStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Files(ctx, FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(application), At: at})
	if err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("error is %v", err)
	}
}

// The order of files and documents changes nothing.
func TestFilesOrder(t *testing.T) {
	parts := strings.Split(application, "\n---\n")
	var turned []string
	for _, p := range parts {
		turned = append([]string{p}, turned...)
	}
	a, b := manifestsOf(t, application), manifestsOf(t, strings.Join(turned, "\n---\n"))
	if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestSharedCases(t *testing.T) {
	cases := filepath.Join("..", "..", "..", "shared", "cases")
	if _, err := os.Stat(cases); err != nil {
		t.Skip("the shared cases aren't on this machine")
	}
	var paths []string
	for _, pattern := range []string{"ingress/*.yaml", "network-policies/*"} {
		found, err := filepath.Glob(filepath.Join(cases, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		files := []string{path}
		if !strings.HasSuffix(path, ".yaml") {
			if files, _ = filepath.Glob(filepath.Join(path, "*.yaml")); len(files) == 0 {
				continue // not a case
			}
		}
		s, err := Files(context.Background(), FilesOptions{Paths: files, At: at})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := verify(s); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
