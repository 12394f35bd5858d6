package main

import (
	"context"
	"fmt"
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// writers is how many namespaces are filled side by side.
const writers = 16

// A filler writes a population: built-in kinds as protobuf, status after the object, as
// kubelet and cert-manager do.
type filler struct {
	size
	core      kubernetes.Interface
	custom    dynamic.Interface
	authority *authority
}

func newFiller(config *rest.Config, s size) (*filler, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	custom, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create client: %w", err)
	}
	config = rest.CopyConfig(config)
	config.ContentType = runtime.ContentTypeProtobuf
	core, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create client: %w", err)
	}
	return &filler{size: s, core: core, custom: custom, authority: authority}, nil
}

// fill writes everything and tells progress how many namespaces are full.
func (f *filler) fill(ctx context.Context, progress func(namespaces int)) error {
	if err := f.served(ctx); err != nil {
		return err
	}
	if _, err := f.core.NetworkingV1().IngressClasses().Create(ctx, ingressClass(), metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create IngressClass: %w", err)
	}
	if _, err := f.create(ctx, clusterIssuer(), "clusterissuers"); err != nil {
		return err
	}
	full := make(chan struct{}, f.namespaces)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i := range f.namespaces {
		group.Go(func() error {
			if err := f.namespace(ctx, i); err != nil {
				return fmt.Errorf("fill %s: %w", namespaceName(i), err)
			}
			full <- struct{}{}
			progress(len(full))
			return nil
		})
	}
	return group.Wait()
}

// served waits until the API server serves what its CustomResourceDefinitions say.
func (f *filler) served(ctx context.Context) error {
	for _, plural := range []string{"clusterissuers", "certificates", "certificaterequests"} {
		client := f.custom.Resource(cmv1.SchemeGroupVersion.WithResource(plural))
		err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
			_, err := client.List(ctx, metav1.ListOptions{Limit: 1})
			return err == nil, nil
		})
		if err != nil {
			return fmt.Errorf("await that %s are served: %w", plural, err)
		}
	}
	return nil
}

func (f *filler) namespace(ctx context.Context, i int) error {
	name := namespaceName(i)
	if _, err := f.core.CoreV1().Namespaces().Create(ctx, namespaceObject(name), metav1.CreateOptions{}); err != nil {
		return err
	}
	for n := range f.policies {
		if _, err := f.core.NetworkingV1().NetworkPolicies(name).Create(ctx, networkPolicy(name, n), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for n := range f.ingresses {
		if _, err := f.core.NetworkingV1().Ingresses(name).Create(ctx, ingress(name, n), metav1.CreateOptions{}); err != nil {
			return err
		}
		if err := f.certificate(ctx, name, n); err != nil {
			return err
		}
	}
	for n := range f.deployments {
		if err := f.application(ctx, name, n, (i*f.deployments+n)*f.pods); err != nil {
			return err
		}
	}
	return nil
}

// application writes a Deployment, its two ReplicaSets and the newer one's Pods. The
// number is that of the first Pod in the cluster.
func (f *filler) application(ctx context.Context, namespace string, n, number int) error {
	replicas := int32(f.pods)
	owner, err := f.core.AppsV1().Deployments(namespace).Create(ctx, deployment(namespace, appName(n), replicas), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	sets := f.core.AppsV1().ReplicaSets(namespace)
	if _, err := sets.Create(ctx, replicaSet(owner, "5d9c7b6f88", 0), metav1.CreateOptions{}); err != nil {
		return err
	}
	current, err := sets.Create(ctx, replicaSet(owner, "7f6d8b9c55", replicas), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	pods := f.core.CoreV1().Pods(namespace)
	for i := range f.pods {
		p, err := pods.Create(ctx, pod(current, fmt.Sprintf("%s-%05x", current.Name, number+i), number+i), metav1.CreateOptions{})
		if err != nil {
			return err
		}
		p.Status = running(p, number+i)
		if _, err := pods.UpdateStatus(ctx, p, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// certificate writes the nth Certificate of a namespace and the request behind it.
func (f *filler) certificate(ctx context.Context, namespace string, n int) error {
	chain, notBefore, notAfter, err := f.authority.issue(host(namespace, n))
	if err != nil {
		return err
	}
	c := certificate(namespace, n, notBefore, notAfter)
	uid, err := f.create(ctx, c, "certificates")
	if err != nil {
		return err
	}
	c.UID = uid
	_, err = f.create(ctx, request(c, chain, f.authority.pem), "certificaterequests")
	return err
}

// create writes a custom resource of cert-manager's and then its status.
func (f *filler) create(ctx context.Context, object metav1.Object, plural string) (types.UID, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return "", fmt.Errorf("convert %s: %w", object.GetName(), err)
	}
	var client dynamic.ResourceInterface = f.custom.Resource(cmv1.SchemeGroupVersion.WithResource(plural))
	if namespace := object.GetNamespace(); namespace != "" {
		client = f.custom.Resource(cmv1.SchemeGroupVersion.WithResource(plural)).Namespace(namespace)
	}
	written, err := client.Create(ctx, &unstructured.Unstructured{Object: content}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("create %s %s: %w", plural, object.GetName(), err)
	}
	written.Object["status"] = content["status"]
	if _, err := client.UpdateStatus(ctx, written, metav1.UpdateOptions{}); err != nil {
		return "", fmt.Errorf("write status of %s %s: %w", plural, object.GetName(), err)
	}
	return written.GetUID(), nil
}
