package collect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

// manifests gathers the objects of files.
type manifests struct {
	*kept
	errs       []error
	documents  int
	listed     map[audit.Resource]int
	excluded   map[audit.Resource]counts
	places     map[string]string // of each object that was met: file, document and line
	ignored    map[audit.Ignored]int
	codecs     map[audit.Resource]codec
	namespaces map[string]bool // that objects mention
}

// A head is what tells what a document is.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

func (m *manifests) read(ctx context.Context, in *input) {
	list, errs := documents(in.name, in.data)
	m.errs = append(m.errs, errs...)
	for i := range list {
		if ctx.Err() != nil {
			return
		}
		if in.gathered && list[i].foreign() {
			m.ignored[audit.Ignored{Kind: noKind}]++
			continue
		}
		m.documents++
		m.document(&list[i], 0, list[i].data, head{})
		clear(list[i].data)
	}
}

// noKind stands for the kind of documents in a folder that are no Kubernetes objects, such
// as Helm values and kustomizations.
const noKind = "(none)"

// foreign reports whether a document is a mapping that says neither apiVersion nor kind.
func (d *document) foreign() bool {
	var h head
	return kjson.Unmarshal(d.data, &h) == nil && h == head{}
}

// document takes one object, or the objects of a list, that stands at an offset of d.
// Items of a typed list come without apiVersion and kind: inherited says theirs.
func (m *manifests) document(d *document, offset int, data []byte, inherited head) {
	var h head
	if err := kjson.Unmarshal(data, &h); err != nil {
		m.errs = append(m.errs, d.fault(offset, "not a Kubernetes object: %s", decoderWords(err)))
		return
	}
	if h.APIVersion == "" && h.Kind == "" {
		h.APIVersion, h.Kind = inherited.APIVersion, inherited.Kind
	}
	if h.APIVersion == "" || h.Kind == "" {
		m.errs = append(m.errs, d.fault(offset, "not a Kubernetes object: it has no apiVersion or no kind"))
		return
	}
	if of, isList := strings.CutSuffix(h.Kind, "List"); isList && inherited.Kind == "" {
		if m.list(d, offset, data, head{APIVersion: h.APIVersion, Kind: of}) {
			return
		}
		if of == "" || kindNamed(h.APIVersion, of) != nil {
			m.errs = append(m.errs, d.fault(offset, "a %s without items", h.Kind))
			return
		}
	}
	m.object(d, offset, data, &h)
}

// list takes the items of a list, one after the other. It reports whether data has any
// such thing as items.
func (m *manifests) list(d *document, offset int, data []byte, items head) bool {
	if items.Kind == "" { // a v1 List says nothing about its items
		items = head{}
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return false
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return false
		}
		if key != "items" {
			var passed json.RawMessage
			if decoder.Decode(&passed) != nil {
				return false
			}
			continue
		}
		begins, err := decoder.Token()
		if begins == nil && err == nil { // null is an empty list
			return true
		}
		if begins != json.Delim('[') || err != nil {
			m.errs = append(m.errs, d.fault(offset+int(decoder.InputOffset())-1, "items: a list is expected"))
			return true
		}
		for decoder.More() {
			var raw json.RawMessage
			if decoder.Decode(&raw) != nil {
				return true
			}
			m.document(d, offset+int(decoder.InputOffset())-len(raw), raw, items)
		}
		return true
	}
	return false
}

// unknownVersion keeps the name of a policy in a version of its group that this build
// doesn't know: where it may select a Pod, nothing is known about that Pod.
func (m *manifests) unknownVersion(data []byte, h *head) {
	group, _, _ := strings.Cut(h.APIVersion, "/")
	_, policy := audit.PolicyKinds[[2]string{group, h.Kind}]
	if !policy && (group != "networking.k8s.io" || h.Kind != "NetworkPolicy") {
		return
	}
	var o metav1.PartialObjectMetadata
	if kjson.Unmarshal(data, &o) == nil {
		m.kept.OtherPolicies = append(m.kept.OtherPolicies, audit.OtherPolicy{Object: m.kept.meta(&o.ObjectMeta), APIVersion: h.APIVersion, Kind: h.Kind})
	}
}

// object reduces one object.
func (m *manifests) object(d *document, offset int, data []byte, h *head) {
	k := kindNamed(h.APIVersion, h.Kind)
	switch group, _, _ := strings.Cut(h.APIVersion, "/"); {
	case group == "kubevidence":
		m.errs = append(m.errs, d.fault(offset, "a %s of kubevidence among other documents; a snapshot is evaluated by itself, as it was written", h.Kind))
		return
	case k == nil:
		m.ignored[audit.Ignored{APIVersion: h.APIVersion, Kind: h.Kind}]++
		m.unknownVersion(data, h)
		return
	}
	decoder := m.codecs[k.resource]
	if decoder == nil {
		decoder = k.codec()
		m.codecs[k.resource], m.excluded[k.resource] = decoder, counts{}
	}
	o, err := decoder.json(data)
	switch {
	case err != nil:
		m.misfit(d, offset, data, k, err)
		return
	case o.GetName() == "":
		m.errs = append(m.errs, d.fault(offset, "a %s without metadata.name", k.name))
		return
	case k.namespaced && o.GetNamespace() == "":
		o.SetNamespace(metav1.NamespaceDefault)
	case !k.namespaced:
		o.SetNamespace("")
	}
	key := audit.Subject{Kind: h.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}
	place := fmt.Sprintf("%s: document %d, line %d", d.file, d.number, d.lines.at(offset))
	if first, twice := m.places[string(k.resource)+key.Key()]; twice {
		m.errs = append(m.errs, d.fault(offset, "%s stands twice; first at %s", key, first))
		return
	}
	m.places[string(k.resource)+key.Key()] = place
	if k.namespaced {
		m.namespaces[o.GetNamespace()] = true
	}
	m.listed[k.resource]++
	if rule := decoder.keep(m.kept); rule != "" {
		m.excluded[k.resource][rule]++
	}
}

// misfit reports the fields of an object that can't be decoded. What stands in a Secret is
// never quoted.
func (m *manifests) misfit(d *document, offset int, data []byte, k *kind, err error) {
	spare := k.codec()
	found := blame(data, func(part []byte) error {
		_, err := spare.json(part)
		return err
	})
	if len(found) == 0 {
		found = []blamed{{words: decoderWords(err)}}
	}
	for _, b := range found {
		if k.resource == audit.Secrets {
			b.words = "a value that can't stand here (not shown: this is a Secret)"
		}
		at := k.name
		if len(b.path) > 0 {
			at += " " + dotted(b.path)
		}
		m.errs = append(m.errs, d.fault(offset+b.offset, "%s: %s", at, b.words))
	}
}

// snapshot makes the whole of what was gathered.
func (m *manifests) snapshot(o FilesOptions) *audit.Snapshot {
	request := "objects in " + o.sources()
	for i := range m.Namespaces {
		delete(m.namespaces, m.Namespaces[i].Name)
	}
	for _, name := range slices.Sorted(maps.Keys(m.namespaces)) { // an object's namespace is there
		reduceNamespace(m.kept, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
		m.listed[audit.Namespaces]++
	}

	if n := m.settleConfigMaps(); n > 0 {
		m.excluded[audit.ConfigMaps][RuleNotNamed] += n
	}
	s := &m.kept.Snapshot
	s.APIVersion, s.Kind = audit.SnapshotVersion, snapshotKind
	for i := range s.Namespaces {
		if s.Namespaces[i].Name == metav1.NamespaceSystem {
			s.Cluster.UID = s.Namespaces[i].UID
		}
	}
	at := o.At.UTC()
	s.Collection = audit.Collection{Source: audit.FromFiles, Started: at, Ended: at, Identity: audit.Identity{Method: "none"}}
	for i := range table {
		k := &table[i]
		s.Collection.Readings = append(s.Collection.Readings, audit.Reading{Resource: k.resource, State: audit.Read, Version: k.version})
		s.Collection.Queries = append(s.Collection.Queries, audit.Query{
			Resource: k.resource, Request: request, Started: at,
			Listed: m.listed[k.resource], Excluded: m.excluded[k.resource].rows(),
		})
	}
	s.Collection.Readings = append(s.Collection.Readings, audit.Reading{
		Resource: audit.Handshakes, Gaps: []audit.Gap{{Reason: audit.NotRequested, Verb: "probe", Message: "files are no servers that could be asked"}},
	})
	for kind, count := range m.ignored {
		kind.Count = count
		s.Collection.Ignored = append(s.Collection.Ignored, kind)
	}
	finish(s)
	return s
}
