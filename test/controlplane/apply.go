package controlplane

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/retry"
)

// applier is the field manager of what Apply writes.
const applier = "controlplane"

// ApplyFiles applies files, and the YAML and JSON files of folders.
func (cp *ControlPlane) ApplyFiles(ctx context.Context, paths ...string) error {
	manifests, err := readManifests(paths)
	if err != nil {
		return err
	}
	return cp.Apply(ctx, manifests...)
}

// Apply writes the objects of manifests, which may have several documents, by
// server-side apply: Namespaces first, then CustomResourceDefinitions, then the
// rest in the order given. Objects in use elsewhere can be applied as they were
// exported:
//
//   - A status is written too, where the kind has one that clients may write.
//   - What the server sets (uid, resourceVersion …) is left out.
//   - An owner reference to an object that was applied before gets its real uid.
func (cp *ControlPlane) Apply(ctx context.Context, manifests ...[]byte) error {
	var objects []*unstructured.Unstructured
	for _, manifest := range manifests {
		decoded, err := decode(manifest)
		if err != nil {
			return err
		}
		objects = append(objects, decoded...)
	}
	order(objects)
	for _, object := range objects {
		if err := cp.apply(ctx, object); err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), nameOf(object), err)
		}
	}
	return nil
}

func (cp *ControlPlane) apply(ctx context.Context, object *unstructured.Unstructured) error {
	kind, err := cp.catalogue.find(ctx, object.GroupVersionKind())
	if err != nil {
		return err
	}
	var client dynamic.ResourceInterface = cp.dynamic.Resource(kind.resource)
	if kind.namespaced {
		if object.GetNamespace() == "" {
			object.SetNamespace(metav1.NamespaceDefault)
		}
		client = cp.dynamic.Resource(kind.resource).Namespace(object.GetNamespace())
	}
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	cp.catalogue.adopt(object)

	status, stated := object.Object["status"]
	if kind.status {
		delete(object.Object, "status")
	}
	options := metav1.ApplyOptions{FieldManager: applier, Force: true}
	written, err := send(ctx, client, object, options)
	if err != nil {
		return err
	}
	cp.catalogue.remember(written)
	// The status of a CustomResourceDefinition is the server's to write.
	if !stated || !kind.status || object.GetKind() == "CustomResourceDefinition" {
		return nil
	}
	half := &unstructured.Unstructured{Object: map[string]any{"status": status}}
	half.SetGroupVersionKind(object.GroupVersionKind())
	half.SetNamespace(object.GetNamespace())
	half.SetName(object.GetName())
	if _, err := send(ctx, client, half, options, "status"); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	return nil
}

// lost is how often and how soon an apply is sent again whose connection broke: on a busy
// machine the server drops some. Applying twice is applying once.
var lost = wait.Backoff{Steps: 5, Duration: 100 * time.Millisecond, Factor: 3}

func send(ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, options metav1.ApplyOptions, subresources ...string) (written *unstructured.Unstructured, err error) {
	broken := func(err error) bool {
		return ctx.Err() == nil && (utilnet.IsProbableEOF(err) || utilnet.IsConnectionReset(err))
	}
	err = retry.OnError(lost, broken, func() (err error) {
		written, err = client.Apply(ctx, object.GetName(), object, options, subresources...)
		return err
	})
	return written, err
}

func nameOf(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}
