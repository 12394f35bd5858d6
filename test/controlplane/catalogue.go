package controlplane

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
)

// A catalogue knows the kinds that the API server serves, and the uids of the
// objects that were applied.
type catalogue struct {
	discovery discovery.DiscoveryInterface

	mu    sync.Mutex
	kinds map[schema.GroupVersionKind]kind
	uids  map[string]types.UID
}

// A kind is how the objects of one kind are written.
type kind struct {
	resource   schema.GroupVersionResource
	namespaced bool
	status     bool // is a subresource
}

func newCatalogue(discovery discovery.DiscoveryInterface) *catalogue {
	return &catalogue{
		discovery: discovery,
		kinds:     map[schema.GroupVersionKind]kind{},
		uids:      map[string]types.UID{},
	}
}

// served is how long a kind may take to be served after its definition was applied.
const served = 10 * time.Second

// find returns how objects of a kind are written, once the API server knows it.
func (c *catalogue) find(ctx context.Context, gvk schema.GroupVersionKind) (kind, error) {
	ctx, cancel := context.WithTimeout(ctx, served)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		c.mu.Lock()
		found, ok := c.kinds[gvk]
		c.mu.Unlock()
		if ok {
			return found, nil
		}
		list, err := c.discovery.ServerResourcesForGroupVersion(gvk.GroupVersion().String())
		if err == nil && c.learn(gvk.GroupVersion(), list, gvk.Kind) {
			continue
		}
		select {
		case <-ctx.Done():
			return kind{}, fmt.Errorf("%s isn't served: %w", gvk, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// learn takes in the kinds of one group and says whether the wanted is among them.
func (c *catalogue) learn(group schema.GroupVersion, list *metav1.APIResourceList, wanted string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	subresources := map[string]bool{}
	for _, r := range list.APIResources {
		subresources[r.Name] = true
	}
	for _, r := range list.APIResources {
		if strings.Contains(r.Name, "/") {
			continue
		}
		c.kinds[group.WithKind(r.Kind)] = kind{group.WithResource(r.Name), r.Namespaced, subresources[r.Name+"/status"]}
	}
	_, known := c.kinds[group.WithKind(wanted)]
	return known
}

// remember keeps the uid of an object for those that it owns.
func (c *catalogue) remember(object *unstructured.Unstructured) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uids[object.GetKind()+" "+nameOf(object)] = object.GetUID()
}

// adopt corrects the uids of an object's owners. A namespaced object's owners are
// in its namespace or in none.
func (c *catalogue) adopt(object *unstructured.Unstructured) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owners := object.GetOwnerReferences()
	for i, owner := range owners {
		for _, key := range []string{owner.Kind + " " + owner.Name, owner.Kind + " " + object.GetNamespace() + "/" + owner.Name} {
			if uid, ok := c.uids[key]; ok {
				owners[i].UID = uid
			}
		}
	}
	if len(owners) > 0 {
		object.SetOwnerReferences(owners)
	}
}
