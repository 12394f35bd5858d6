package collect

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
)

// lastApplied repeats the whole object, values included that may be secret.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// A codec decodes the objects of one kind, one after the other, and reduces each into
// what is kept. Like the API server it takes JSON keys by exact case and passes over
// fields that it doesn't know.
type codec interface {
	json(data []byte) (metav1.Object, error)
	protobuf(data []byte) (metav1.Object, error)
	keep(*kept) (rule string) // the object decoded last; rule names the exclusion, "" where it is kept
}

// codecOf is the codec of one Go type. It decodes into the same variable over and over:
// what reduce keeps of it is copied, or made anew by the next decoding.
type codecOf[T any, P object[T]] struct {
	value  T
	reduce func(*kept, P) string
}

type object[T any] interface {
	*T
	metav1.Object
	GetObjectKind() schema.ObjectKind
}

// decoding makes the codecs of one kind from the function that reduces its objects.
func decoding[T any, P object[T]](reduce func(*kept, P) string) func() codec {
	return func() codec { return &codecOf[T, P]{reduce: reduce} }
}

func (c *codecOf[T, P]) json(data []byte) (metav1.Object, error) {
	var zero T
	c.value = zero
	if err := json.Unmarshal(data, &c.value); err != nil {
		return nil, err
	}
	return P(&c.value), nil
}

func (c *codecOf[T, P]) protobuf(data []byte) (metav1.Object, error) {
	var zero T
	c.value = zero
	message, ok := any(&c.value).(interface{ Unmarshal([]byte) error })
	if !ok {
		return nil, errors.New("this kind doesn't travel as protobuf")
	}
	if err := message.Unmarshal(data); err != nil {
		return nil, err
	}
	return P(&c.value), nil
}

func (c *codecOf[T, P]) keep(k *kept) string {
	o := P(&c.value)
	o.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{}) // lists come without, files with it
	o.SetManagedFields(nil)
	if annotations := o.GetAnnotations(); annotations != nil {
		delete(annotations, lastApplied)
		if len(annotations) == 0 {
			o.SetAnnotations(nil)
		}
	}
	return c.reduce(k, o)
}
