package collect

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	kjson "k8s.io/apimachinery/pkg/util/json"

	"golang.org/x/sync/errgroup"
)

// An objectName names one object of a kind that is got by name, and of a ConfigMap the
// keys that are kept, nil for all.
type objectName struct {
	namespace, name string
	keys            []string
}

// byName gets the objects that are named, one by one; they are never listed. They are
// sorted. A row of the ledger is the gets of one namespace.
func (r *reader) byName(ctx context.Context, reading *audit.Reading, named []objectName) {
	k := kindOf(reading.Resource)
	answers := make([]answer, len(named))
	started := instant(r.now())
	var group errgroup.Group
	group.SetLimit(r.parallel())
	for i := range named {
		group.Go(func() error {
			answers[i] = r.object(ctx, k, named[i])
			return nil
		})
	}
	_ = group.Wait() // what failed is in the answers

	var queries []audit.Query
	for i := range answers {
		a, namespace := &answers[i], named[i].namespace
		if n := len(queries); n == 0 || queries[n-1].Scope != namespace {
			queries = append(queries, audit.Query{
				Resource: k.resource, Scope: namespace, Request: "GET " + k.path(namespace) + "/{name}", Started: started,
			})
		}
		q := &queries[len(queries)-1]
		q.Asked = append(q.Asked, named[i].name)
		q.Pages++
		q.DurationMS += a.durationMS
		q.AuditIDs = ends(q.AuditIDs, a.auditID)
		if a.err != nil {
			q.Error = a.err.Error()
			reading.Gaps = append(reading.Gaps, audit.Gap{
				Namespace: namespace, Name: named[i].name, Reason: reasonOf(a.err), Verb: "get", Message: a.err.Error(),
			})
			continue
		}
		if a.absent {
			q.Absent++
		} else {
			q.Listed++
		}
		r.kept.take(a.kept)
	}
	r.queries = append(r.queries, queries...)
	if len(named) > 0 && len(reading.Gaps) == len(named) {
		first := reading.Gaps[0]
		first.Namespace, first.Name = "", ""
		reading.State, reading.Gaps = audit.Unread, []audit.Gap{first}
	}
}

// An answer is what a get of one object left behind.
type answer struct {
	kept       *kept
	auditID    string
	durationMS int64
	absent     bool // the server says that there is no such object
	err        error
}

func (r *reader) object(ctx context.Context, k *kind, named objectName) answer {
	a := answer{kept: newKept()}
	a.kept.named, a.kept.keys = true, named.keys
	started := r.now()
	var buffer bytes.Buffer
	path := k.path(named.namespace) + "/" + url.PathEscape(named.name)
	a.err = r.get(ctx, path, acceptJSON, &buffer, func(reply *reply) error {
		a.auditID = reply.auditID
		var h head
		decoder := k.codec()
		err := kjson.Unmarshal(reply.body, &h)
		if err == nil && h.Kind != k.name {
			err = fmt.Errorf("not a %s but a %q", k.name, h.Kind)
		}
		if err == nil {
			o, decodeErr := decoder.json(reply.body)
			if err = decodeErr; err == nil && (o.GetNamespace() != named.namespace || o.GetName() != named.name) {
				err = fmt.Errorf("another object: %s/%s", o.GetNamespace(), o.GetName())
			}
		}
		switch {
		case err != nil && k.resource == audit.Secrets:
			return &damaged{errSecret}
		case err != nil:
			return &damaged{err}
		}
		decoder.keep(a.kept)
		return nil
	})
	clear(buffer.Bytes()[:buffer.Cap()]) // a private key was in it
	a.durationMS = r.now().Sub(started).Milliseconds()
	if absent(a.err) {
		a.absent, a.err = true, nil
		o := audit.Object{Namespace: named.namespace, Name: named.name}
		switch k.resource {
		case audit.Secrets:
			a.kept.Secrets = []audit.Secret{{Object: o, Absent: true}}
		case audit.Leases:
			a.kept.Leases = []audit.Lease{{Object: o, Absent: true}}
		default:
			a.kept.ConfigMaps = []audit.ConfigMap{{Object: o, Absent: true}}
		}
	}
	if a.err != nil {
		a.err = fmt.Errorf("%s %s: %w", strings.ToLower(k.name), named.name, a.err)
	}
	return a
}

// configMaps gets the ConfigMaps that components which run here read.
func (r *reader) configMaps(ctx context.Context) {
	reading := &audit.Reading{Resource: audit.ConfigMaps, State: audit.Read, Version: "v1"}
	r.readings[audit.ConfigMaps] = reading
	var names []objectName
	for _, w := range audit.WantedConfigMaps(&r.kept.Snapshot) {
		names = append(names, objectName{w.Namespace, w.Name, w.Keys})
	}
	r.byName(ctx, reading, names)
}

// leases gets the leases of controllers that run here.
func (r *reader) leases(ctx context.Context) {
	reading := &audit.Reading{Resource: audit.Leases, State: audit.Read, Version: "v1"}
	r.readings[audit.Leases] = reading
	var names []objectName
	for _, o := range audit.WantedLeases(&r.kept.Snapshot) {
		names = append(names, objectName{namespace: o.Namespace, name: o.Name})
	}
	r.byName(ctx, reading, names)
}

// ends keeps the first and the last of a row's audit IDs.
func ends(ids []string, id string) []string {
	switch {
	case id == "":
		return ids
	case slices.Contains(ids, id):
		return ids
	case len(ids) == 2:
		ids = ids[:1]
	}
	return append(ids, id)
}
