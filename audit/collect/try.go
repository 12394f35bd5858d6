package collect

import (
	"bytes"
	"context"
	"fmt"

	"github.com/kubevidence/kubevidence/audit"
)

// A Trial is a right and what came of trying it.
type Trial struct {
	Right
	State audit.ReadState // Read: granted; NotServed: the cluster doesn't have the resource; Unread: see Gap
	Gap   audit.Gap       // why it isn't granted, or couldn't be tried
}

// Try tries each right that reading o.Resources takes with a GET of one object of the
// whole cluster. Rights on Secrets and ConfigMaps are not tried: they are granted by name.
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
		if right.Verb != "list" {
			continue
		}
		trials = append(trials, c.try(ctx, found, right, &buffer))
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
