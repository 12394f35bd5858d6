package collect

import (
	"bytes"
	"context"
	"fmt"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Trial is a right and what came of trying it.
type Trial struct {
	Right
	State audit.ReadState // Read: granted; NotServed: the cluster doesn't have the resource; Unread: see Gap
	Gap   audit.Gap       // why it isn't granted, or couldn't be tried
}

// Try tries each right that reading o.Resources takes with a GET: of one object of the
// whole cluster, and of ConfigMaps and Leases, which are granted by name, of each name in
// kube-system. Rights on Secrets are not tried: they are granted in namespaces.
// The error is of a cluster of which nothing can be read at all, or the context's.
func Try(ctx context.Context, o LiveOptions) ([]Trial, error) {
	c, err := newClient(&o)
	if err != nil {
		return nil, err
	}
	defer c.close()
	found := c.discover(ctx)
	if unusable := found.unusable(); unusable != nil && ctx.Err() == nil {
		return nil, c.explain(unusable, credentialOf(o.Config), c.now())
	}
	var trials []Trial
	var buffer bytes.Buffer
	for _, right := range Rights(o.Resources) {
		switch {
		case right.Verb == "list":
			trials = append(trials, c.try(ctx, found, right, &buffer))
		case len(right.Names) > 0:
			trials = append(trials, c.tryNames(ctx, right, &buffer))
		}
		if err := context.Cause(ctx); err != nil {
			return nil, fmt.Errorf("read %s: %w", c.server, err)
		}
	}
	return trials, nil
}

func (c *client) try(ctx context.Context, found *discovery, right Right, buffer *bytes.Buffer) Trial {
	k := kindOf(right.Reads)
	trial := Trial{Right: right}
	reading := found.reading(k)
	if trial.State = reading.State; trial.State != audit.Read {
		trial.Gap, _ = reading.Gap("")
		return trial
	}
	k = found.rows(k, reading.Version)[0]
	var p page
	err := c.get(ctx, k.path("")+"?limit=1", acceptJSON, buffer, func(r *reply) error { return p.read(k, r) })
	if err != nil {
		trial.State = audit.Unread
		trial.Gap = audit.Gap{Reason: reasonOf(err), Verb: right.Verb, Message: err.Error()}
	}
	return trial
}

// tryNames tries a right that is granted by name. The server judges the right before it
// looks for the object (https://kubernetes.io/docs/concepts/security/controlling-access/),
// so that an absent one shows that it is granted.
func (c *client) tryNames(ctx context.Context, right Right, buffer *bytes.Buffer) Trial {
	trial := Trial{Right: right, State: audit.Read}
	path := kindOf(right.Reads).path(metav1.NamespaceSystem)
	for _, name := range right.Names {
		err := c.get(ctx, path+"/"+name, acceptJSON, buffer, func(*reply) error { return nil })
		if err != nil && !absent(err) {
			trial.State = audit.Unread
			trial.Gap = audit.Gap{Namespace: metav1.NamespaceSystem, Name: name, Reason: reasonOf(err), Verb: right.Verb, Message: err.Error()}
			return trial
		}
	}
	return trial
}
