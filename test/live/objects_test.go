package live

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/test/live/cluster"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// list reads a collection as an administrator.
func list(t *testing.T, c *cluster.Cluster, group, version, plural string) []unstructured.Unstructured {
	t.Helper()
	resource := schema.GroupVersionResource{Group: group, Version: version, Resource: plural}
	objects, err := c.Dynamic.Resource(resource).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return objects.Items
}

// namedSecrets are the Secrets that Ingresses, Gateways and Certificates name, sorted,
// "namespace/name".
func namedSecrets(t *testing.T, c *cluster.Cluster) []string {
	t.Helper()
	var named []string
	add := func(namespace string, object map[string]any, field string) {
		if name, _ := object[field].(string); name != "" {
			named = append(named, namespace+"/"+name)
		}
	}
	for _, ingress := range list(t, c, "networking.k8s.io", "v1", "ingresses") {
		for _, block := range nested(ingress.Object, "spec", "tls") {
			add(ingress.GetNamespace(), block, "secretName")
		}
	}
	for _, gateway := range list(t, c, "gateway.networking.k8s.io", "v1", "gateways") {
		for _, listener := range nested(gateway.Object, "spec", "listeners") {
			for _, reference := range nested(listener, "tls", "certificateRefs") {
				namespace, _ := reference["namespace"].(string)
				if namespace == "" {
					namespace = gateway.GetNamespace()
				}
				add(namespace, reference, "name")
			}
		}
	}
	for _, certificate := range list(t, c, "cert-manager.io", "v1", "certificates") {
		spec, _, _ := unstructured.NestedMap(certificate.Object, "spec")
		add(certificate.GetNamespace(), spec, "secretName")
	}
	slices.Sort(named)
	return slices.Compact(named)
}

// nested returns the objects of a list field.
func nested(object map[string]any, path ...string) []map[string]any {
	items, _, _ := unstructured.NestedSlice(object, path...)
	var objects []map[string]any
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// eventually polls until check has no objection, for half a minute at most.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		objection := check()
		if objection == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, objection)
		case <-tick.C:
		}
	}
}
