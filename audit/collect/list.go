package collect

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A listing is one list: what it kept, its row of the ledger, and why it failed. A list
// that failed has kept nothing.
type listing struct {
	kind     *kind
	query    audit.Query
	kept     *kept
	excluded counts
	gaps     []audit.Gap // objects that couldn't be decoded
	err      error
	progress func(audit.Resource, int)

	last      [2]string // namespace and name of the last item
	pruned    []byte    // the item at hand, as far as it is decoded
	unordered bool      // items didn't come sorted: the same may come twice
}

// path of a collection, in one namespace or in all.
func (k *kind) path(namespace string) string {
	root := "/apis/" + k.group + "/" + k.version
	if k.group == "" {
		root = "/api/" + k.version
	}
	if namespace != "" {
		root += "/namespaces/" + url.PathEscape(namespace)
	}
	return root + "/" + k.plural
}

// list reads a collection page by page. While one page is reduced the next is on its
// way. An expired continue token begins the list anew.
func (c *client) list(ctx context.Context, k *kind, namespace string, progress func(audit.Resource, int)) *listing {
	path := k.path(namespace) + "?limit=" + strconv.Itoa(c.limits.pageSize)
	started := c.now()
	l := &listing{kind: k, progress: progress, query: audit.Query{
		Resource: k.resource, Scope: namespace, Request: "GET " + path, Started: instant(started),
	}}
	for {
		l.kept, l.excluded, l.gaps, l.last, l.unordered = newKept(), counts{}, nil, [2]string{}, false
		l.query.Listed, l.query.Errors, l.query.AuditIDs = 0, nil, nil
		l.err = c.pages(ctx, l, path)
		if !expired(l.err) || l.query.Restarts == c.limits.restarts {
			break
		}
		l.query.Restarts++
		l.report(-l.query.Listed)
	}
	if l.err == nil {
		l.err = l.twice()
	}
	if l.err != nil {
		l.kept, l.excluded, l.gaps = newKept(), nil, nil
		l.query.Listed, l.query.Errors, l.query.Error = 0, nil, l.err.Error()
	}
	l.kept = &kept{Snapshot: l.kept.Snapshot} // without what repeated texts were found by
	l.query.Excluded = l.excluded.rows()
	l.query.DurationMS = c.now().Sub(started).Milliseconds()
	return l
}

// A fetch is a page on its way.
type fetch struct {
	page page
	body bytes.Buffer
	done chan error
}

func (c *client) pages(ctx context.Context, l *listing, path string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	accept := acceptProtobuf
	if l.kind.custom {
		accept = acceptJSON
	}
	start := func(f *fetch, path string) {
		f.done = make(chan error, 1)
		go func() {
			f.done <- c.get(ctx, path, accept, &f.body, func(r *reply) error { return f.page.read(l.kind, r) })
		}()
	}
	decoder := l.kind.codec()
	current, next := &fetch{}, &fetch{}
	start(current, path)
	for n, token := 1, ""; ; n++ {
		if err := <-current.done; err != nil {
			return err
		}
		p := &current.page
		l.query.Pages++
		l.note(p, n)
		switch {
		case p.next == "":
			l.reduce(p, decoder)
			return nil
		case p.next == token:
			return errRepeats
		case n == c.limits.pages:
			return fmt.Errorf("%w: %d pages, and still more", errEndless, n)
		}
		token = p.next
		start(next, path+"&continue="+url.QueryEscape(token))
		l.reduce(p, decoder)
		current, next = next, current
	}
}

// note puts a page into the row of the ledger.
func (l *listing) note(p *page, n int) {
	if n == 1 {
		l.query.ResourceVersion = p.resourceVersion
	}
	l.query.AuditIDs = ends(l.query.AuditIDs, p.auditID)
}

// reduce keeps what matters of a page. An item that can't be decoded is an error in the
// row and a gap, not the end of the list.
func (l *listing) reduce(p *page, decoder codec) {
	decode := decoder.json
	if p.protobuf {
		decode = func(item []byte) (metav1.Object, error) {
			if l.kind.mask != nil {
				l.pruned = prune(l.pruned[:0], item, l.kind.mask)
				item = l.pruned
			}
			return decoder.protobuf(item)
		}
	}
	for i, item := range p.items {
		l.query.Listed++
		o, err := decode(item)
		if err == nil && o.GetName() == "" {
			err = fmt.Errorf("it has no name")
		}
		if err != nil {
			l.misread(p, i, err)
			continue
		}
		key := [2]string{o.GetNamespace(), o.GetName()}
		l.unordered = l.unordered || key[0] < l.last[0] || key[0] == l.last[0] && key[1] <= l.last[1]
		l.last = key
		if rule := decoder.keep(l.kept); rule != "" {
			l.excluded[rule]++
		}
	}
	l.report(len(p.items))
}

// report tells how many objects more there are, or fewer where they are read anew.
func (l *listing) report(objects int) {
	if l.progress != nil {
		l.progress(l.kind.resource, objects)
	}
}

func (l *listing) misread(p *page, i int, err error) {
	namespace, name := p.nameOf(p.items[i])
	words := fmt.Sprintf("%s %s/%s: %s", l.kind.name, namespace, name, decoderWords(err))
	if namespace == "" {
		words = fmt.Sprintf("%s %s: %s", l.kind.name, name, decoderWords(err))
		namespace = l.query.Scope
	}
	l.query.Errors = append(l.query.Errors, words)
	l.gaps = append(l.gaps, audit.Gap{Namespace: namespace, Name: name, Reason: audit.Failed, Verb: "list", Message: words})
}

// twice reports an object that was listed more than once: the pages don't fit together.
// API servers list in the order of their keys; only where the items came out of order
// is a repetition possible.
func (l *listing) twice() error {
	if !l.unordered {
		return nil
	}
	seen := map[[2]string]bool{}
	var err error
	l.kept.Objects(l.kind.resource, func(namespace, name string) {
		key := [2]string{namespace, name}
		if seen[key] && err == nil {
			err = fmt.Errorf("the server listed %s twice: its pages don't fit together", audit.Subject{Kind: l.kind.name, Namespace: namespace, Name: name})
		}
		seen[key] = true
	})
	return err
}
