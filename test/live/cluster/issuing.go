package cluster

import (
	"context"
	_ "embed" // manifests
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/test/controlplane"
	"github.com/kubevidence/kubevidence/test/live/nameserver"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// issuing is issuers of every kind, and what they issue.
//
//go:embed issuing.yaml
var issuing string

// Issuing starts a control plane on which cert-manager issues: by itself, from a CA, and
// from an ACME server that asks the nameserver for each name's proof. One of its issuers
// can't reach its server.
func Issuing(ctx context.Context, options Options) (*Cluster, *nameserver.Server, error) {
	names, err := nameserver.Start("example.com.")
	if err != nil {
		return nil, nil, err
	}
	c, err := start(ctx, "conforming", options, controlplane.Options{CertManager: true, Pebble: true, Nameserver: names.Address})
	if err != nil {
		names.Stop()
		return nil, nil, err
	}
	stranger, err := controlplane.Stranger()
	if err == nil {
		err = c.Apply(ctx, []byte(strings.NewReplacer(
			"NAMESERVER", `"`+names.Address+`"`, "KEY", nameserver.KeyText, "DIRECTORY", c.ACMEDirectory,
			"BUNDLE", base64.StdEncoding.EncodeToString(c.CA), "WRONG", base64.StdEncoding.EncodeToString(stranger),
		).Replace(issuing)))
	}
	if err != nil {
		c.Stop()
		names.Stop()
		return nil, nil, err
	}
	return c, names, nil
}

// AwaitCertificate waits until a Certificate is as wanted, and returns it.
func (c *Cluster) AwaitCertificate(ctx context.Context, namespace, name string, wanted func(*unstructured.Unstructured) bool) (*unstructured.Unstructured, error) {
	certificates := c.Dynamic.Resource(schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}).Namespace(namespace)
	ctx, cancel := context.WithTimeout(ctx, settled)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		object, err := certificates.Get(ctx, name, metav1.GetOptions{})
		if err == nil && wanted(object) {
			return object, nil
		}
		select {
		case <-ctx.Done():
			words := ""
			if object != nil {
				words = readiness(object)
			}
			return nil, fmt.Errorf("await Certificate %s/%s: %w: %s", namespace, name, context.Cause(ctx), words)
		case <-tick.C:
		}
	}
}

// Ready reports whether a Certificate is Ready, at a revision or later.
func Ready(revision int64) func(*unstructured.Unstructured) bool {
	return func(o *unstructured.Unstructured) bool {
		at, _, _ := unstructured.NestedInt64(o.Object, "status", "revision")
		return at >= revision && readiness(o) == ""
	}
}

// RequestOf returns what the request for a Certificate says of its issuance, "" where it says
// nothing.
func (c *Cluster) RequestOf(ctx context.Context, namespace, certificate string) string {
	requests := c.Dynamic.Resource(schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificaterequests"}).Namespace(namespace)
	list, err := requests.List(ctx, metav1.ListOptions{})
	if err != nil {
		return ""
	}
	for i := range list.Items {
		if list.Items[i].GetAnnotations()["cert-manager.io/certificate-name"] == certificate {
			return readiness(&list.Items[i])
		}
	}
	return ""
}
