package collect

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	kjson "k8s.io/apimachinery/pkg/util/json"

	"golang.org/x/sync/errgroup"
)

// Elsewhere stands in a gap for the namespaces that nobody could name, because they
// can't be listed. It is no namespace's name.
const Elsewhere = "*"

// lists reads every kind, of the whole cluster where that is allowed, else namespace by
// namespace. It returns how many lists worked.
func (r *reader) lists(ctx context.Context, found *discovery) (worked int) {
	var wanted []*kind
	for _, k := range r.kinds {
		reading := found.reading(k)
		r.readings[k.resource] = &reading
		if reading.State == audit.Read {
			wanted = append(wanted, found.rows(k, reading.Version)...)
		}
	}
	var forbidden []*listing
	for _, l := range r.sideBySide(ctx, wanted, []string{""}) {
		r.queries = append(r.queries, l.query)
		switch {
		case l.err == nil:
			worked++
			r.take(l)
		case codeOf(l.err) == http.StatusForbidden && (l.kind.namespaced || l.kind.resource == audit.Namespaces):
			forbidden = append(forbidden, l)
		default:
			r.unread(l)
		}
	}
	return worked + r.byNamespace(ctx, forbidden)
}

// sideBySide lists kinds in scopes, a bounded number of them at once, and returns the
// lists in the order of both.
func (r *reader) sideBySide(ctx context.Context, kinds []*kind, scopes []string) []*listing {
	lists := make([]*listing, len(kinds)*len(scopes))
	var group errgroup.Group
	group.SetLimit(r.parallel())
	for i, k := range kinds {
		for j, scope := range scopes {
			group.Go(func() error {
				lists[i*len(scopes)+j] = r.list(ctx, k, scope, r.progress)
				return nil
			})
		}
	}
	_ = group.Wait() // what failed is in the lists
	return lists
}

func (r *reader) parallel() int {
	if r.o.Parallel > 0 {
		return r.o.Parallel
	}
	return 4
}

// take keeps what a list read.
func (r *reader) take(l *listing) {
	r.kept.take(l.kept)
	reading := r.readings[l.kind.resource]
	reading.Gaps = append(reading.Gaps, l.gaps...)
}

// unread notes that a list failed, and with it the whole of its kind.
func (r *reader) unread(l *listing) {
	r.readings[l.kind.resource] = &audit.Reading{
		Resource: l.kind.resource, State: audit.Unread,
		Gaps: []audit.Gap{{Reason: reasonOf(l.err), Verb: "list", Message: l.err.Error()}},
	}
}

// byNamespace reads the kinds that may not be listed cluster-wide in the namespaces that
// are known. It returns how many lists worked.
func (r *reader) byNamespace(ctx context.Context, forbidden []*listing) (worked int) {
	var elsewhere *audit.Gap
	if i := slices.IndexFunc(forbidden, func(l *listing) bool { return l.kind.resource == audit.Namespaces }); i >= 0 {
		elsewhere = &audit.Gap{Namespace: Elsewhere, Reason: audit.Forbidden, Verb: "list", Message: forbidden[i].err.Error()}
		r.namespaces(ctx, forbidden[i], elsewhere)
		forbidden = slices.Delete(forbidden, i, i+1)
	} else if len(forbidden) > 0 && r.readings[audit.Namespaces].State != audit.Read {
		gap := r.readings[audit.Namespaces].Gaps[0]
		gap.Namespace = Elsewhere
		elsewhere = &gap
	}
	var names []string
	for i := range r.kept.Namespaces {
		names = append(names, r.kept.Namespaces[i].Name)
	}
	if elsewhere != nil {
		names = slices.Compact(append(names, r.candidates()...))
	}
	slices.Sort(names)
	names = slices.Compact(names)

	kinds := make([]*kind, len(forbidden))
	for i, l := range forbidden {
		kinds[i] = l.kind
	}
	lists := r.sideBySide(ctx, kinds, names)
	for i, whole := range forbidden {
		read := 0
		var gaps []audit.Gap
		for _, l := range lists[i*len(names) : (i+1)*len(names)] {
			r.queries = append(r.queries, l.query)
			if l.err != nil {
				gaps = append(gaps, audit.Gap{Namespace: l.query.Scope, Reason: reasonOf(l.err), Verb: "list", Message: l.err.Error()})
				continue
			}
			read++
			r.take(l)
		}
		if read == 0 {
			r.unread(whole)
			continue
		}
		if elsewhere != nil {
			gaps = append(gaps, *elsewhere)
		}
		reading := r.readings[whole.kind.resource]
		reading.Gaps = append(reading.Gaps, gaps...)
		worked += read
	}
	return worked
}

// candidates are the namespaces that are known without a list.
func (r *reader) candidates() []string {
	return slices.DeleteFunc([]string{r.o.Namespace, r.o.Home}, func(name string) bool { return name == "" })
}

// namespaces gets the namespaces that are known, where they may not be listed.
func (r *reader) namespaces(ctx context.Context, whole *listing, elsewhere *audit.Gap) {
	names := r.candidates()
	slices.Sort(names)
	decoder := whole.kind.codec()
	read := 0
	for _, name := range slices.Compact(names) {
		path, started := whole.kind.path("")+"/"+url.PathEscape(name), r.now()
		query := audit.Query{Resource: audit.Namespaces, Scope: name, Request: "GET " + path, Started: instant(started)}
		var buffer bytes.Buffer
		err := r.get(ctx, path, acceptJSON, &buffer, func(reply *reply) error {
			var h head
			if err := kjson.Unmarshal(reply.body, &h); err != nil || h.Kind != whole.kind.name {
				return &damaged{fmt.Errorf("not a %s but: %s", whole.kind.name, firstWords(reply.body))}
			}
			o, err := decoder.json(reply.body)
			if err != nil || o.GetName() != name {
				return &damaged{fmt.Errorf("not the %s %s: %w", whole.kind.name, name, err)}
			}
			query.ResourceVersion = o.GetResourceVersion()
			query.AuditIDs = ends(nil, reply.auditID)
			return nil
		})
		query.DurationMS = r.now().Sub(started).Milliseconds()
		if err != nil {
			query.Error = err.Error()
		} else {
			read++
			query.Pages, query.Listed = 1, 1
			decoder.keep(r.kept)
		}
		r.queries = append(r.queries, query)
	}
	if read == 0 {
		r.unread(whole)
		return
	}
	r.readings[audit.Namespaces].Gaps = []audit.Gap{*elsewhere}
}
