package controlplane

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
)

// Remove deletes the objects of manifests, the last first, at once and for good: Pods
// without a grace period, and Namespaces by finalizing them, for there is no controller
// that would. What isn't there is passed over.
func (cp *ControlPlane) Remove(ctx context.Context, manifests ...[]byte) error {
	for _, manifest := range slices.Backward(manifests) {
		objects, err := decode(manifest)
		if err != nil {
			return err
		}
		order(objects)
		for _, object := range slices.Backward(objects) {
			kind, err := cp.catalogue.find(ctx, object.GroupVersionKind())
			if err != nil {
				return err
			}
			var client dynamic.ResourceInterface = cp.dynamic.Resource(kind.resource)
			if kind.namespaced {
				namespace := object.GetNamespace()
				if namespace == "" {
					namespace = metav1.NamespaceDefault
				}
				client = cp.dynamic.Resource(kind.resource).Namespace(namespace)
			}
			now := int64(0)
			err = client.Delete(ctx, object.GetName(), metav1.DeleteOptions{GracePeriodSeconds: &now})
			if err == nil && object.GetKind() == "Namespace" {
				err = cp.finalize(ctx, object.GetName())
			}
			if err != nil && !apierrors.IsNotFound(err) && !immortal(object.GetKind(), object.GetName(), err) {
				return fmt.Errorf("remove %s %s: %w", object.GetKind(), nameOf(object), err)
			}
		}
	}
	return nil
}

// immortal reports whether the server keeps an object by design, as it does the namespaces
// that it makes itself.
func immortal(kind, name string, err error) bool {
	return kind == "Namespace" && apierrors.IsForbidden(err) &&
		slices.Contains([]string{metav1.NamespaceDefault, metav1.NamespaceSystem, metav1.NamespacePublic}, name)
}

// finalize lets a Namespace that is being deleted go.
func (cp *ControlPlane) finalize(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := cp.client.CoreV1().Namespaces().Finalize(ctx, namespace, metav1.UpdateOptions{})
	return err
}
