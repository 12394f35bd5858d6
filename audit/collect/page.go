package collect

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

// A page is one answer to a list, taken apart but not decoded. Its items point into the
// answer's buffer.
type page struct {
	resourceVersion string
	next            string // the continue token, "" on the last page
	items           [][]byte
	protobuf        bool
	auditID         string
}

// read takes an answer apart. It refuses whatever isn't a whole list of the kind.
func (p *page) read(k *kind, r *reply) error {
	p.items, p.auditID = p.items[:0], r.auditID
	var err error
	if e, ok := unwrap(r.body); ok {
		p.protobuf = true
		err = p.readProtobuf(k, e)
	} else {
		p.protobuf = false
		err = p.readJSON(k, r)
	}
	if err != nil {
		return &damaged{err}
	}
	return nil
}

// readProtobuf relies on every list being {metadata = 1, items = 2}
// (k8s.io/api, generated.proto).
func (p *page) readProtobuf(k *kind, e envelope) error {
	if e.kind != k.name+"List" || e.apiVersion != k.apiVersion() {
		return notAList(k, e.apiVersion, e.kind)
	}
	var meta metav1.ListMeta
	for message := e.raw; len(message) > 0; {
		f, rest, err := nextField(message)
		if err != nil {
			return err
		}
		message = rest
		switch f.number {
		case 1:
			if err := meta.Unmarshal(f.content); err != nil {
				return err
			}
		case 2:
			p.items = append(p.items, f.content)
		}
	}
	p.resourceVersion, p.next = meta.ResourceVersion, meta.Continue
	return nil
}

func (p *page) readJSON(k *kind, r *reply) error {
	if media, _, _ := mime.ParseMediaType(r.contentType); media != acceptJSON {
		return fmt.Errorf("not an API server's but %q: %s", r.contentType, firstWords(r.body))
	}
	var list struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Metadata   *metav1.ListMeta  `json:"metadata"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := kjson.Unmarshal(r.body, &list); err != nil {
		return err
	}
	if !k.lists(list.Kind) || list.APIVersion != k.apiVersion() || list.Metadata == nil {
		return notAList(k, list.APIVersion, list.Kind)
	}
	for _, item := range list.Items {
		p.items = append(p.items, item)
	}
	p.resourceVersion, p.next = list.Metadata.ResourceVersion, list.Metadata.Continue
	return nil
}

// lists reports whether a list says that it is of the kind.
func (k *kind) lists(said string) bool {
	return said == k.name+"List" || k.name == anyKind && strings.HasSuffix(said, "List")
}

func notAList(k *kind, apiVersion, kind string) error {
	if apiVersion == "" && kind == "" {
		return fmt.Errorf("not a %sList but an object without apiVersion and kind", k.name)
	}
	return fmt.Errorf("not a %sList but %s %s", k.name, apiVersion, kind)
}

// nameOf names an item that can't be decoded, as far as it tells.
func (p *page) nameOf(item []byte) (namespace, name string) {
	var meta metav1.ObjectMeta
	if p.protobuf {
		for message := item; len(message) > 0; {
			f, rest, err := nextField(message)
			if err != nil {
				break
			}
			message = rest
			if f.number == 1 && meta.Unmarshal(f.content) != nil {
				break
			}
		}
		return meta.Namespace, meta.Name
	}
	var o struct {
		Metadata struct {
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
		} `json:"metadata"`
	}
	_ = kjson.Unmarshal(item, &o) // what it tells before it breaks
	return o.Metadata.Namespace, o.Metadata.Name
}

// errEndless are the ways a list doesn't end.
var (
	errRepeats = errors.New("the server answers with the same continue token over and over: the list doesn't end")
	errEndless = errors.New("the list doesn't end")
)
