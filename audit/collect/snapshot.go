package collect

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

const snapshotKind = "Snapshot"

// WriteSnapshot writes a snapshot as gzipped JSON. The same snapshot gives the same
// bytes; objects are written one after the other, never held as text together.
func WriteSnapshot(w io.Writer, s *audit.Snapshot) error {
	z := gzip.NewWriter(w) // without a time
	if err := writeJSON(z, s); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// writeJSON writes what [json.Marshal] would, an object a line.
func writeJSON(w io.Writer, s *audit.Snapshot) error {
	value := reflect.ValueOf(s).Elem()
	separator := "{\n"
	for i := range value.NumField() {
		name, options, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		field := value.Field(i)
		if options == "omitempty" && field.IsZero() {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s%q:", separator, name); err != nil {
			return err
		}
		separator = ",\n"
		if err := writeField(w, field); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	_, err := io.WriteString(w, "\n}\n")
	return err
}

func writeField(w io.Writer, field reflect.Value) error {
	if field.Kind() != reflect.Slice {
		return writeValue(w, field)
	}
	separator := "[\n"
	for i := range field.Len() {
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		separator = ",\n"
		if err := writeValue(w, field.Index(i)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n]")
	return err
}

func writeValue(w io.Writer, value reflect.Value) error {
	text, err := json.Marshal(value.Addr().Interface())
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// ReadSnapshot reads what [WriteSnapshot] wrote, gzipped or not. A snapshot of another
// version, or whose ledger doesn't account for exactly the objects that it holds, is an
// error. Fields that this build doesn't know are passed over.
func ReadSnapshot(r io.Reader) (*audit.Snapshot, error) {
	data, err := io.ReadAll(r)
	if err == nil {
		data, err = unzipped(data)
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	s, err := asSnapshot(&input{name: "snapshot", data: data})
	if s == nil && err == nil {
		return nil, fmt.Errorf("read snapshot: this isn't one: its apiVersion isn't %s", audit.SnapshotVersion)
	}
	return s, err
}

// asSnapshot decodes a snapshot; nil where the input is something else.
func asSnapshot(in *input) (*audit.Snapshot, error) {
	group, _, _ := strings.Cut(audit.SnapshotVersion, "/")
	// A snapshot begins with its apiVersion: manifests aren't parsed twice.
	if start := in.data[:min(len(in.data), 200)]; !bytes.Contains(start, []byte(`"`+group+`/`)) || !bytes.HasPrefix(bytes.TrimSpace(start), []byte("{")) {
		return nil, nil
	}
	var h head
	if err := kjson.Unmarshal(in.data, &h); err != nil {
		return nil, fmt.Errorf("%s: the snapshot is cut off or damaged: %w", in.name, err)
	}
	switch {
	case h.Kind != snapshotKind:
		return nil, fmt.Errorf("%s: its kind is %s, not %s", in.name, h.Kind, snapshotKind)
	case h.APIVersion != audit.SnapshotVersion:
		return nil, fmt.Errorf("%s: a snapshot of version %s; this build reads %s", in.name, h.APIVersion, audit.SnapshotVersion)
	}
	s := &audit.Snapshot{}
	if err := kjson.Unmarshal(in.data, s); err != nil {
		return nil, fmt.Errorf("%s: %w", in.name, err)
	}
	if s.Collection.Ended.IsZero() {
		return nil, fmt.Errorf("%s: the snapshot doesn't say when its collection ended", in.name)
	}
	if err := verify(s); err != nil {
		return nil, fmt.Errorf("%s: the snapshot was altered: %w", in.name, err)
	}
	share(s)
	finish(s)
	return s, nil
}

// share makes a decoded snapshot hold repeated label sets once, as the readers do.
func share(s *audit.Snapshot) {
	k := newKept()
	object := func(o *audit.Object) {
		o.Namespace, o.Labels = k.text(o.Namespace), k.labelSet(o.Labels)
	}
	for i := range s.Pods {
		object(&s.Pods[i].Object)
		s.Pods[i].Node = k.text(s.Pods[i].Node)
		if o := s.Pods[i].Owner; o != nil {
			if known, ok := k.owners[*o]; ok {
				s.Pods[i].Owner = known
			} else {
				k.owners[*o] = o
			}
		}
	}
	for i := range s.Controllers {
		object(&s.Controllers[i].Object)
		s.Controllers[i].PodLabels = k.labelSet(s.Controllers[i].PodLabels)
	}
}
