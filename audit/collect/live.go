package collect

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// LiveOptions say what [Live] reads and from where.
type LiveOptions struct {
	Config    *rest.Config     // a kubeconfig's, or the one within a cluster; it is copied
	Cluster   string           // the kubeconfig's name for the cluster
	Resources []audit.Resource // what the checks need or use; namespaces are always read

	// Namespace is what -n narrows the subjects to. Other namespaces are read all the
	// same, as peers. Home is the kubeconfig's namespace. The two are what is left to try
	// where neither the whole cluster nor the namespaces can be listed.
	Namespace, Home string

	// ReadSecrets gets the Secrets that Ingresses, Gateways and Certificates name, of
	// the namespaces that InScope, where given, admits.
	ReadSecrets bool
	InScope     func(namespace string) bool

	Probe *ProbeOptions // asks the servers of exposed hosts with TLS what they present, where it isn't nil

	Parallel int                                        // requests side by side; 4 where 0
	Now      func() time.Time                           // the clock; time.Now where nil
	Wait     func(context.Context, time.Duration) error // between attempts; a timer where nil
	Progress func(resource audit.Resource, objects int) // objects of a resource so far, as pages arrive; one call at a time

	limits limits // defaultLimits where zero
}

// Live reads a cluster. What can't be read is a gap in the snapshot, with the server's
// words. The error is of a cluster of which nothing can be read at all, or the context's:
// then there is no snapshot.
func Live(ctx context.Context, o LiveOptions) (*audit.Snapshot, error) {
	c, err := newClient(&o)
	if err != nil {
		return nil, err
	}
	defer c.close()
	r := newReader(c, &o)
	started := instant(c.now())
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	s := &r.kept.Snapshot
	s.APIVersion, s.Kind = audit.SnapshotVersion, snapshotKind
	s.Cluster = r.cluster
	s.Collection = audit.Collection{
		Source: audit.FromCluster, Started: started, Ended: instant(c.now()), SkewMS: c.skew.Load(),
		Identity: r.who.Identity, Namespace: o.Namespace, Queries: r.queries,
	}
	for _, reading := range r.readings {
		s.Collection.Readings = append(s.Collection.Readings, *reading)
	}
	finish(s)
	return s, nil
}

// A reader is one run of Live.
type reader struct {
	*client
	o        *LiveOptions
	who      credential
	cluster  audit.Cluster
	kinds    []*kind // to be listed, namespaces first
	progress func(audit.Resource, int)

	kept     *kept
	readings map[audit.Resource]*audit.Reading
	queries  []audit.Query
}

func newReader(c *client, o *LiveOptions) *reader {
	r := &reader{client: c, o: o, who: credentialOf(o.Config), kept: newKept(), readings: map[audit.Resource]*audit.Reading{}}
	r.cluster = audit.Cluster{Name: o.Cluster, Server: c.server.String(), CASHA256: caDigest(o.Config)}
	for i := range table {
		k := &table[i]
		if k.resource == audit.Namespaces || !k.byName() && slices.Contains(o.Resources, k.resource) {
			r.kinds = append(r.kinds, k)
		}
	}
	if o.Progress != nil {
		var one sync.Mutex
		total := map[audit.Resource]int{}
		r.progress = func(resource audit.Resource, more int) {
			one.Lock()
			defer one.Unlock()
			total[resource] += more
			o.Progress(resource, total[resource])
		}
	}
	return r
}

// read reads everything that was asked for, in the order in which one thing tells what
// to ask for next.
func (r *reader) read(ctx context.Context) error {
	var release sync.WaitGroup
	release.Go(func() { r.release(ctx) })
	found := r.discover(ctx)
	release.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("read %s: %w", r.server, err)
	}
	unusable := found.unusable()
	if unusable != nil && (!r.reached.Load() || codeOf(unusable) == http.StatusUnauthorized) {
		return r.explain(unusable, r.who, r.now())
	}
	listed := r.lists(ctx, found)
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("read %s: %w", r.server, err)
	}
	if unusable != nil && listed == 0 {
		return r.explain(unusable, r.who, r.now())
	}
	if slices.Contains(r.o.Resources, audit.Secrets) {
		r.secrets(ctx)
	}
	if slices.Contains(r.o.Resources, audit.ConfigMaps) {
		r.configMaps(ctx)
	}
	if slices.Contains(r.o.Resources, audit.Leases) {
		r.leases(ctx)
	}
	if slices.Contains(r.o.Resources, audit.Handshakes) {
		r.probe(ctx)
	}
	r.uid(ctx)
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("read %s: %w", r.server, err)
	}
	return nil
}

// release asks for the server's release. Without an answer the record says that it isn't
// known.
func (r *reader) release(ctx context.Context) {
	var answer struct {
		GitVersion string `json:"gitVersion"`
	}
	if r.json(ctx, "/version", acceptJSON, &answer) == nil {
		r.cluster.Version = answer.GitVersion
	}
}

// uid takes the UID of kube-system, which stands for the cluster's.
func (r *reader) uid(ctx context.Context) {
	for i := range r.kept.Namespaces {
		if n := &r.kept.Namespaces[i]; n.Name == metav1.NamespaceSystem {
			r.cluster.UID = n.UID
			return
		}
	}
	var answer struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
	}
	if r.json(ctx, kindOf(audit.Namespaces).path("")+"/"+metav1.NamespaceSystem, acceptJSON, &answer) == nil {
		r.cluster.UID = string(answer.Metadata.UID)
	}
}
