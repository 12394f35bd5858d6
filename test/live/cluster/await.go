package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// settled is how long cert-manager may take to be done.
const settled = 2 * time.Minute

// awaitCertManager waits until every issuer and every Certificate is Ready, and the
// Certificate that cert-manager derives from the example's Ingress is among them.
func (c *Cluster) awaitCertManager(ctx context.Context, log io.Writer) error {
	if log != nil {
		fmt.Fprintln(log, "awaiting cert-manager: issuers registered, certificates issued")
	}
	ctx, cancel := context.WithTimeout(ctx, settled)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		objection := c.unready(ctx)
		if objection == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("await cert-manager: %w: %w", context.Cause(ctx), objection)
		case <-tick.C:
		}
	}
}

// unready says what of cert-manager's isn't Ready yet.
func (c *Cluster) unready(ctx context.Context) error {
	var objections []error
	for plural, least := range map[string]int{"clusterissuers": 3, "issuers": 0, "certificates": 2} {
		resource := schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: plural}
		list, err := c.Dynamic.Resource(resource).List(ctx, metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("list %s: %w", plural, err)
		}
		if len(list.Items) < least {
			objections = append(objections, fmt.Errorf("%d %s, want %d", len(list.Items), plural, least))
		}
		for i := range list.Items {
			if words := readiness(&list.Items[i]); words != "" {
				objections = append(objections, fmt.Errorf("%s %s: %s", plural, list.Items[i].GetName(), words))
			}
		}
	}
	return errors.Join(objections...)
}

// readiness says why an object isn't Ready, or is still being issued; "" where neither.
func readiness(object *unstructured.Unstructured) string {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	words := []string{"not Ready"}
	for _, c := range conditions {
		condition, _ := c.(map[string]any)
		switch {
		case condition["type"] == "Ready" && condition["status"] == "True":
			words = words[1:]
		case condition["status"] == "True" && condition["type"] == "Issuing", condition["type"] == "Ready":
			words = append(words, fmt.Sprint(condition["message"]))
		}
	}
	return strings.Join(words, "; ")
}
