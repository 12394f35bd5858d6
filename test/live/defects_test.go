package live

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	manifests   []byte
	wants       []want
}

// A want is a line of a case's answers: "fail Ingress app/web: …".
type want struct{ status, subject string }

// families are those of checks whose cases are Ingresses, certificates and what issues them.
var families = []string{"ING-", "SRC-", "ISS-", "CRT-"}

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
			if words := unservable[d.path]; words != "" {
				t.Log(words)
				return
			}
			t.Cleanup(func() { // the test's own context has ended by then
				if err := cp.Remove(context.WithoutCancel(t.Context()), d.manifests); err != nil {
					t.Error(err)
				}
			})
			if err := cp.Apply(t.Context(), d.manifests); err != nil {
				t.Fatal(err)
			}
			r, run := scan(t, cp.Kubeconfig, "--read-secrets", "--check", d.check)
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

// defects are, of each check, the first case with a subject that fails and the first with one
// that is warned of. Cases that change more than objects are left out.
func defects(t *testing.T) []defect {
	t.Helper()
	folders, err := os.ReadDir(checkCases)
	if err != nil {
		t.Fatal(err)
	}
	var list []defect
	for _, folder := range folders {
		if !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(folder.Name(), f) }) {
			continue
		}
		files, err := filepath.Glob(filepath.Join(checkCases, folder.Name(), "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, file := range files {
			d, ok := readDefect(t, folder.Name(), file)
			if !ok || !slices.ContainsFunc(d.wants, func(w want) bool { return (w.status == "fail" || w.status == "warning") && !seen[w.status] }) {
				continue
			}
			for _, w := range d.wants {
				seen[w.status] = true
			}
			list = append(list, d)
		}
	}
	return list
}

// readDefect reads a case of objects and answers alone.
func readDefect(t *testing.T, check, file string) (defect, bool) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := defect{check: check, path: check + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar")}
	for _, part := range archive.Files {
		switch part.Name {
		case "objects.yaml":
			d.manifests = servable(t, file, part.Data)
		case "want":
			for line := range strings.Lines(string(part.Data)) {
				status, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
				subject, _, found := strings.Cut(rest, ": ")
				if at := strings.Index(subject, " ["); at > 0 {
					subject = subject[:at]
				}
				if ok && found {
					d.wants = append(d.wants, want{status, subject})
				}
			}
		default:
			return d, false
		}
	}
	return d, true
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
