package audit

import (
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// A Merge is how an Ingress says that it only adds to others of its class and host. Their TLS,
// and what checks read of their annotations, hold for it instead of its own, and without them it
// isn't served at all.
type Merge struct {
	Annotation string `yaml:"annotation"`
	Value      string `yaml:"value"`
	Into       string `yaml:"into"` // value of that annotation on the others; "" for those that have its paths and aren't merged themselves
}

// Merges reports whether an Ingress says so.
func (m *Merge) Merges(i *networkingv1.Ingress) bool {
	return m != nil && means(i.Annotations[m.Annotation], m.Value)
}

// MainsOf returns the Ingresses to which one that is merged adds.
func (f *Facts) MainsOf(e *Exposure, m *Merge) []*Exposure {
	var mains []*Exposure
	for i := range f.Exposures {
		if main := &f.Exposures[i]; main.Class == e.Class && m.into(e.Ingress, main.Ingress) {
			mains = append(mains, main)
		}
	}
	return mains
}

// into reports whether an Ingress is one to which another adds.
func (m *Merge) into(added, main *networkingv1.Ingress) bool {
	if m.Into != "" {
		return means(main.Annotations[m.Annotation], m.Into) && share(added, main, func(a, b *networkingv1.IngressRule) bool { return true })
	}
	return !m.Merges(main) && (share(added, main, samePath) || added.Spec.DefaultBackend != nil && main.Spec.DefaultBackend != nil)
}

// share reports whether two Ingresses have rules of one host that are alike.
func share(a, b *networkingv1.Ingress, alike func(a, b *networkingv1.IngressRule) bool) bool {
	for i := range a.Spec.Rules {
		for k := range b.Spec.Rules {
			if strings.EqualFold(a.Spec.Rules[i].Host, b.Spec.Rules[k].Host) && alike(&a.Spec.Rules[i], &b.Spec.Rules[k]) {
				return true
			}
		}
	}
	return false
}

func samePath(a, b *networkingv1.IngressRule) bool {
	if a.HTTP == nil || b.HTTP == nil {
		return false
	}
	for _, p := range a.HTTP.Paths {
		for _, q := range b.HTTP.Paths {
			if p.Path == q.Path && (p.PathType == nil || q.PathType == nil || *p.PathType == *q.PathType) {
				return true
			}
		}
	}
	return false
}

// means reports whether the value of an annotation is the one that is wanted, which may be
// spelt as Go's booleans are.
func means(value, wanted string) bool {
	want, err := strconv.ParseBool(wanted)
	if err != nil {
		return value == wanted
	}
	is, err := strconv.ParseBool(strings.TrimSpace(value))
	return err == nil && is == want
}
