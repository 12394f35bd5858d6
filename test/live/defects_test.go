package live

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/controlplane"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	k8syaml "sigs.k8s.io/yaml"
)

// checkCases are the cases of every check, with their answers.
const checkCases = repository + "/audit/checks/testdata"

// A defect is a case of a check in which something is wrong.
type defect struct {
	check, path string
	at          string // the instant of its evaluation, the server's own where ""
	manifests   []byte
	wants       []want
}

// A want is a line of a case's answers: "fail Ingress app/web: …".
type want struct{ status, subject string }

// families are those of checks whose cases are Ingresses, Gateways, certificates and what
// issues them, each with the instant that its cases are of: certificates end.
var families = map[string]string{
	"ING-": "", "SRC-": "", "ISS-": "", "CRT-": "", "CM-": "",
	"SEC-": "2026-11-22T12:00:00Z", "GW-": "2026-11-22T12:00:00Z", "KEY-": "2026-11-22T12:00:00Z",
}

// dropped are the statuses of a check that no case of objects alone has, or none that a server
// stores, and why.
var dropped = map[string]string{
	"CM-03 warning":  "a Lease's age counts to the end of collection, when those of cases are long stale",
	"ING-11 warning": "its cases bring what the DNS answered",
	"ING-14 fail":    "its cases bring what handshakes showed",
	"ISS-02 warning": "the server counts generations",
}

// unservable are cases that no server stores, or that a server's own clock or answers make
// another case of, and why.
var unservable = map[string]string{
	"CRT-01/no-condition-15m":                    "the server says when an object was created",
	"ISS-02/no-condition-10m":                    "the server says when an object was created",
	"ISS-02/older-generation":                    "the server counts generations",
	"ING-09/differ":                              "refused: kubernetes.io/ingress.class: must match `ingressClassName` when both are specified",
	"ING-09/neither-gke-annotation-two-defaults": "the server gives an Ingress without a class one of the default ones",
	"ING-10/routes":                              "the server says which object was there first",
	"ING-15/files":                               "refused: a Deployment without a template",
	"ING-15/files-scaled-down":                   "in files alone a workload stands in for endpoints",
	"CM-03/idle":                                 "its Lease is stale by the server's clock",
	"CRT-11/copied-unnamed":                      "files alone give Secrets that nothing names",
}

// TestDefectsOnAServer holds that what a real API server stores of a case of each defect,
// defaults set and all, is found there as it is in files.
func TestDefectsOnAServer(t *testing.T) {
	binaries, err := controlplane.Build(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := controlplane.Start(t.Context(), controlplane.Options{GatewayAPI: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cp.Stop)
	if err := cp.ApplyFiles(t.Context(), binaries.CertManagerCRDs, filepath.Join("cluster", "traefik.yaml")); err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, d := range defects(t) {
		t.Run(d.path, func(t *testing.T) {
			t.Cleanup(func() { // the test's own context has ended by then
				if err := cp.Remove(context.WithoutCancel(t.Context()), d.manifests); err != nil {
					t.Error(err)
				}
			})
			if err := cp.Apply(t.Context(), d.manifests); err != nil {
				t.Fatal(err)
			}
			r, run := scanAt(t, cp.Kubeconfig, d.at, d.check)
			for _, w := range d.wants {
				f := find(r, d.check, w.subject)
				if f == nil || f.Status.String() != w.status {
					t.Errorf("%s: %+v, want %s\n%s", w.subject, f, w.status, run.stderr)
				}
				judged++
			}
		})
	}
	if judged < 30 {
		t.Errorf("%d defects were judged: the cases aren't read as they are written", judged)
	}
}

// scanAt evaluates one check of a cluster, at an instant: now where that is "".
func scanAt(t *testing.T, kubeconfig, at, check string) (*report.Record, result) {
	t.Helper()
	if at == "" {
		return scan(t, kubeconfig, "--read-secrets", "--check", check)
	}
	snapshot := filepath.Join(t.TempDir(), "snapshot.json.gz")
	if r := kubevidence(t, "snapshot", "--kubeconfig", kubeconfig, "--read-secrets", "--output", snapshot); r.exit != exitOK {
		t.Fatalf("%d\n%s", r.exit, r.stderr)
	}
	run := kubevidence(t, "scan", "--input", snapshot, "--at", at, "--check", check, "-o", "json")
	return record(t, run), run
}

// defects are, of each check, the first case with a subject that fails and the first with one
// that is warned of, of those that a server can be given. What is left out has a reason.
func defects(t *testing.T) []defect {
	t.Helper()
	folders, err := os.ReadDir(checkCases)
	if err != nil {
		t.Fatal(err)
	}
	var list []defect
	known, lost := map[string]bool{}, map[string]bool{}
	for _, folder := range folders {
		family, _, _ := strings.Cut(folder.Name(), "-")
		at, ok := families[family+"-"]
		if !ok {
			continue
		}
		files, err := filepath.Glob(filepath.Join(checkCases, folder.Name(), "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		served := map[string]bool{}
		for _, file := range files {
			d, servable := readDefect(t, folder.Name(), file, at)
			known[d.path] = true
			added := false
			for _, w := range d.wants {
				if status := d.check + " " + w.status; w.status == "fail" || w.status == "warning" {
					lost[status] = true
					added = added || !served[status]
				}
			}
			if !added || !servable || unservable[d.path] != "" {
				continue
			}
			for _, w := range d.wants {
				served[d.check+" "+w.status] = true
			}
			list = append(list, d)
		}
		maps.DeleteFunc(lost, func(status string, _ bool) bool { return served[status] })
	}
	for path := range unservable {
		if !known[path] {
			t.Errorf("unservable: there is no case %s", path)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(dropped)), slices.Sorted(maps.Keys(lost))); diff != "" {
		t.Errorf("statuses that no case on a server has (-with a reason +lost):\n%s", diff)
	}
	return list
}

// readDefect reads a case, and says whether it is objects of a cluster and answers alone,
// perhaps at an instant: what else a case says no server can be given.
func readDefect(t *testing.T, check, file, at string) (defect, bool) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	servableParts := true
	d := defect{check: check, at: at, path: check + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar")}
	for _, part := range archive.Files {
		switch part.Name {
		case "objects.yaml":
			d.manifests = servable(t, file, part.Data)
		case "want":
			for line := range strings.Lines(string(part.Data)) {
				status, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
				if _, after, found := strings.Cut(rest, ") "); found && strings.HasPrefix(rest, "(") {
					rest = after // its severity
				}
				subject, _, found := strings.Cut(rest, ": ")
				if at := strings.Index(subject, " ["); at > 0 {
					subject = subject[:at]
				}
				if ok && found {
					d.wants = append(d.wants, want{status, subject})
				}
			}
		case "options":
			for line := range strings.Lines(string(part.Data)) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch {
				case name == "at":
					d.at = value
				case name == "source" && value == "cluster": // as it is here
				default:
					servableParts = false
				}
			}
		default:
			servableParts = false
		}
	}
	return d, servableParts
}

// servable completes objects: their Namespaces, and what a server asks for.
func servable(t *testing.T, file string, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	known := map[string]bool{"default": true, "kube-system": true, "kube-public": true}
	objects := documents(t, file, text)
	for _, o := range objects {
		if o.GetKind() == "Namespace" {
			known[o.GetName()] = true
		}
	}
	write := func(object map[string]any) {
		text, err := k8syaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	for _, o := range objects {
		if namespace := o.GetNamespace(); namespace != "" && !known[namespace] {
			known[namespace] = true
			write(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace}})
		}
		completePod(o)
		complete(o)
		write(o.Object)
		if o.GetKind() == "Deployment" {
			write(templatePod(o))
		}
	}
	return out.Bytes()
}

// complete adds what a server asks for and a check doesn't look at.
func complete(o *unstructured.Unstructured) {
	switch o.GetKind() {
	case "Deployment":
		if available, found, _ := unstructured.NestedFieldNoCopy(o.Object, "status", "availableReplicas"); found {
			_ = unstructured.SetNestedField(o.Object, available, "status", "readyReplicas")
		}
	case "Secret":
		_, text, _ := unstructured.NestedString(o.Object, "stringData", "tls.key")
		_, data, _ := unstructured.NestedString(o.Object, "data", "tls.key")
		if kind, _, _ := unstructured.NestedString(o.Object, "type"); kind == "kubernetes.io/tls" && !text && !data {
			_ = unstructured.SetNestedField(o.Object, "", "data", "tls.key")
		}
	case "CertificateRequest":
		if request, _, _ := unstructured.NestedString(o.Object, "spec", "request"); request == "" {
			_ = unstructured.SetNestedField(o.Object, "cmVxdWVzdA==", "spec", "request")
		}
	}
}
