package live

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/test/controlplane"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	k8syaml "sigs.k8s.io/yaml"
)

// sharedPolicies are the cases with known answers, outside this repository.
const sharedPolicies = repository + "/../shared/cases/network-policies"

// refusedCases are those that hold an object which no server stores, and its words.
var refusedCases = map[string]string{
	"ks-c0260-failed-pod-no-networkpolicy":                            "volumeMounts: duplicate entries",
	"npguard-anp-test-1-deny-traffic-at-cluster-level":                "`selector` does not match template `labels`",
	"npguard-exposure-test-minimal-netpol-analysis":                   ".status: field not declared in schema",
	"npguard-netpol-named-port-test":                                  ".containerport: field not declared in schema",
	"npguard-semanticdiff-different-topologies-policy-a-with-ipblock": "spec.containers[0].name: Required value",
}

// TestPolicyCases holds that what a real API server stores of each NetworkPolicy case,
// defaults set and all, lets pass what its manifests do: `reach` of the one is `reach` of
// the other, byte for byte. What the manifests' answers have to be, cmd/kubevidence tests.
func TestPolicyCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(sharedPolicies, "*", "expected.json"))
	if err != nil || len(folders) == 0 {
		skip(t, "The cases with known answers aren't beside this repository: "+sharedPolicies)
	}
	cp, err := controlplane.Start(t.Context(), controlplane.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cp.Stop)
	if err := cp.Apply(t.Context(), policyDefinitions()); err != nil {
		t.Fatal(err)
	}
	for _, expected := range folders {
		folder := filepath.Dir(expected)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			manifests := caseManifests(t, folder)
			t.Cleanup(func() { // the test's own context has ended by then
				if err := cp.Remove(context.WithoutCancel(t.Context()), manifests); err != nil {
					t.Error(err)
				}
			})
			err := cp.Apply(t.Context(), manifests)
			if words, refused := refusedCases[filepath.Base(folder)]; refused {
				if err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("applied with error %v, want it refused: %s", err, words)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			fromFiles := kubevidence(t, "reach", "-o", "json", "--input", folder)
			fromCluster := kubevidence(t, "reach", "-o", "json", "--kubeconfig", cp.Kubeconfig)
			if fromFiles.exit != fromCluster.exit {
				t.Errorf("exit code %d of the cluster, %d of the files\n%s", fromCluster.exit, fromFiles.exit, fromCluster.stderr)
			}
			if len(bytes.TrimSpace(fromFiles.stdout)) == 0 {
				t.Fatalf("no answer from the files\n%s", fromFiles.stderr)
			}
			if diff := cmp.Diff(string(fromFiles.stdout), string(fromCluster.stdout)); diff != "" {
				t.Errorf("reach (-files +cluster):\n%s", diff)
			}
		})
	}
}

// caseManifests are the objects of a case as a server can hold them: the Namespaces that
// are only mentioned, and for each Deployment the Pod that no controller makes here.
func caseManifests(t *testing.T, folder string) []byte {
	t.Helper()
	var objects []*unstructured.Unstructured
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "expected.json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		objects = append(objects, documents(t, path, text)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	write := func(object map[string]any) {
		text, err := k8syaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "---\n%s", text)
	}
	known := map[string]bool{"default": true, "kube-system": true}
	for _, o := range objects {
		if o.GetKind() == "Namespace" {
			known[o.GetName()] = true
		}
	}
	for _, o := range objects {
		if namespace := o.GetNamespace(); namespace != "" && !known[namespace] {
			known[namespace] = true
			write(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace}})
		}
		completePod(o)
		write(o.Object)
		if o.GetKind() == "Deployment" {
			write(templatePod(o))
		}
	}
	return out.Bytes()
}

// documents decodes a manifest, Lists taken apart.
func documents(t *testing.T, path string, text []byte) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if decoder.Decode(&object.Object) != nil {
			return objects
		}
		switch {
		case len(object.Object) == 0:
		case object.IsList():
			list, err := object.ToList()
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for i := range list.Items {
				item := &list.Items[i]
				if item.GetKind() == "" { // a typed list says it once, for all
					item.SetAPIVersion(object.GetAPIVersion())
					item.SetKind(strings.TrimSuffix(object.GetKind(), "List"))
				}
				objects = append(objects, item)
			}
		default:
			objects = append(objects, object)
		}
	}
}

// completePod gives the containers of a Pod or a template the image that a server asks for,
// and takes away addresses that are none, which a server refuses.
func completePod(o *unstructured.Unstructured) {
	if ip, _, _ := unstructured.NestedString(o.Object, "status", "podIP"); net.ParseIP(ip) == nil {
		unstructured.RemoveNestedField(o.Object, "status", "podIP")
		unstructured.RemoveNestedField(o.Object, "status", "podIPs")
	}
	at := []string{"spec", "containers"}
	if o.GetKind() != "Pod" {
		at = []string{"spec", "template", "spec", "containers"}
	}
	containers, found, _ := unstructured.NestedSlice(o.Object, at...)
	if !found {
		return
	}
	for i := range containers {
		if c, ok := containers[i].(map[string]any); ok && c["image"] == nil {
			c["image"] = "registry.example/none"
		}
	}
	_ = unstructured.SetNestedSlice(o.Object, containers, at...)
}

// templatePod is a Pod that a Deployment's template makes. Its owner reference gets the real
// uid when it is applied.
func templatePod(deployment *unstructured.Unstructured) map[string]any {
	labels, _, _ := unstructured.NestedMap(deployment.Object, "spec", "template", "metadata", "labels")
	spec, _, _ := unstructured.NestedMap(deployment.Object, "spec", "template", "spec")
	return map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{
			"name": deployment.GetName() + "-0", "namespace": deployment.GetNamespace(), "labels": labels,
			"ownerReferences": []any{map[string]any{
				"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment.GetName(), "uid": "replaced", "controller": true,
			}},
		},
		"spec": spec,
	}
}

// policyDefinitions are CustomResourceDefinitions of other engines' policies. They take
// any fields: what the policies mean is not the server's affair.
func policyDefinitions() []byte {
	var out strings.Builder
	for _, d := range []struct{ group, version, plural, kind, scope string }{
		{"policy.networking.k8s.io", "v1alpha1", "adminnetworkpolicies", "AdminNetworkPolicy", "Cluster"},
		{"policy.networking.k8s.io", "v1alpha1", "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy", "Cluster"},
		{"cilium.io", "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy", "Namespaced"},
		{"cilium.io", "v2", "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", "Cluster"},
	} {
		fmt.Fprintf(&out, `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: %[3]s.%[1]s
  annotations: {api-approved.kubernetes.io: "unapproved, a test's"}
spec:
  group: %[1]s
  scope: %[5]s
  names: {plural: %[3]s, singular: %[6]s, kind: %[4]s, listKind: %[4]sList}
  versions:
    - name: %[2]s
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`, d.group, d.version, d.plural, d.kind, d.scope, strings.ToLower(d.kind))
	}
	return []byte(out.String())
}
