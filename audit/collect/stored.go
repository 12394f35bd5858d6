package collect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	kjson "k8s.io/apimachinery/pkg/util/json"

	"golang.org/x/sync/errgroup"
)

// secrets gets the Secrets that are named, one by one; they are never listed. A row of
// the ledger is the gets of one namespace, and Listed the answers, among them that there
// is no such Secret.
func (r *reader) secrets(ctx context.Context) {
	reading := &audit.Reading{Resource: audit.Secrets, State: audit.Read, Version: "v1"}
	r.readings[audit.Secrets] = reading
	if !r.o.ReadSecrets {
		reading.State, reading.Version = audit.Unread, ""
		reading.Gaps = []audit.Gap{{Reason: audit.NotRequested, Verb: "get", Message: "Secrets are read only with --read-secrets, which was not given"}}
		return
	}
	finish(&r.kept.Snapshot)
	named := audit.NamedSecrets(&r.kept.Snapshot)
	if r.o.InScope != nil {
		named = slices.DeleteFunc(named, func(t audit.TLSSecret) bool { return !r.o.InScope(t.Namespace) })
	}
	answers := make([]answer, len(named))
	started := instant(r.now())
	var group errgroup.Group
	group.SetLimit(r.parallel())
	for i := range named {
		group.Go(func() error {
			answers[i] = r.secret(ctx, named[i].Namespace, named[i].Name)
			return nil
		})
	}
	_ = group.Wait() // what failed is in the answers

	var queries []audit.Query
	for i := range answers {
		a, namespace := &answers[i], named[i].Namespace
		if n := len(queries); n == 0 || queries[n-1].Scope != namespace {
			queries = append(queries, audit.Query{
				Resource: audit.Secrets, Scope: namespace, Request: "GET " + kindOf(audit.Secrets).path(namespace) + "/{name}", Started: started,
			})
		}
		q := &queries[len(queries)-1]
		q.Pages++
		q.DurationMS += a.durationMS
		q.AuditIDs = ends(q.AuditIDs, a.auditID)
		if a.err != nil {
			q.Error = a.err.Error()
			reading.Gaps = append(reading.Gaps, audit.Gap{
				Namespace: namespace, Name: named[i].Name, Reason: reasonOf(a.err), Verb: "get", Message: a.err.Error(),
			})
			continue
		}
		q.Listed++
		r.kept.take(a.kept)
	}
	r.queries = append(r.queries, queries...)
	if len(named) > 0 && len(reading.Gaps) == len(named) {
		first := reading.Gaps[0]
		first.Namespace, first.Name = "", ""
		reading.State, reading.Gaps = audit.Unread, []audit.Gap{first}
	}
}

// An answer is what a get of one Secret left behind.
type answer struct {
	kept       *kept
	auditID    string
	durationMS int64
	err        error
}

// errSecret is all that is said of a Secret that can't be decoded: the decoder's words
// quote what it met.
var errSecret = errors.New("the answer is no Secret that can be decoded (not shown)")

func (r *reader) secret(ctx context.Context, namespace, name string) answer {
	a := answer{kept: newKept()}
	started := r.now()
	var buffer bytes.Buffer
	path := kindOf(audit.Secrets).path(namespace) + "/" + url.PathEscape(name)
	a.err = r.get(ctx, path, acceptJSON, &buffer, func(reply *reply) error {
		a.auditID = reply.auditID
		var h head
		decoder := kindOf(audit.Secrets).codec()
		if err := kjson.Unmarshal(reply.body, &h); err != nil || h.Kind != "Secret" {
			return &damaged{errSecret}
		}
		o, err := decoder.json(reply.body)
		if err != nil || o.GetNamespace() != namespace || o.GetName() != name {
			return &damaged{errSecret}
		}
		decoder.keep(a.kept)
		return nil
	})
	clear(buffer.Bytes()[:buffer.Cap()]) // the private key was in it
	a.durationMS = r.now().Sub(started).Milliseconds()
	if absent(a.err) {
		a.err = nil
		a.kept.Secrets = []audit.Secret{{Object: audit.Object{Namespace: namespace, Name: name}, Absent: true}}
	}
	if a.err != nil {
		a.err = fmt.Errorf("secret %s: %w", name, a.err)
	}
	return a
}

// ends keeps the first and the last of a row's audit IDs.
func ends(ids []string, id string) []string {
	switch {
	case id == "":
		return ids
	case len(ids) == 2:
		ids = ids[:1]
	}
	return append(ids, id)
}
