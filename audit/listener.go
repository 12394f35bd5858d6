package audit

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A Listener is a port of a Gateway: its own, or one that a ListenerSet adds.
type Listener struct {
	gatewayv1.Listener
	Gateway *gatewayv1.Gateway
	Set     *gatewayv1.ListenerSet // that adds it, nil for the Gateway's own
	Unknown string                 // why whether the Gateway admits the set isn't known, "" where it does
	Routes  []Attachment           // in the order of the snapshot

	Implementation *GatewayImplementation // of the Gateway, nil where the table doesn't know it
	Minimum        TLSMinimum             // the lowest version of TLS that is spoken; zero where the listener ends none
}

// ListenerSetSubject is a ListenerSet as the subject of a finding.
func ListenerSetSubject(l *gatewayv1.ListenerSet) Subject {
	return SubjectOf("gateway.networking.k8s.io/v1", "ListenerSet", l)
}

// Namespace is that of the object that declares the listener: its references start there.
func (l *Listener) Namespace() string {
	if l.Set != nil {
		return l.Set.Namespace
	}
	return l.Gateway.Namespace
}

// Declared names the kind of the object that declares the listener, as a ReferenceGrant
// does.
func (l *Listener) Declared() string {
	if l.Set != nil {
		return "ListenerSet"
	}
	return "Gateway"
}

// Text names the listener in messages about its Gateway.
func (l *Listener) Text() string {
	if l.Set != nil {
		return "listener " + string(l.Name) + " of ListenerSet " + l.Set.Namespace + "/" + l.Set.Name
	}
	return "listener " + string(l.Name)
}

// Host is the listener's hostname in lower case, "" for every host.
func (l *Listener) Host() string {
	if l.Hostname == nil {
		return ""
	}
	return strings.ToLower(string(*l.Hostname))
}

// SpeaksTLS reports whether clients speak TLS with the listener, whoever ends it.
func (l *Listener) SpeaksTLS() bool {
	return l.Protocol == gatewayv1.HTTPSProtocolType || l.Protocol == gatewayv1.TLSProtocolType
}

// PassesThrough reports whether the listener hands TLS on to the workload. It presents no
// certificate then (Gateway API, ListenerTLSConfig.certificateRefs: only in mode
// Terminate).
func (l *Listener) PassesThrough() bool {
	return l.TLS != nil && l.TLS.Mode != nil && *l.TLS.Mode == gatewayv1.TLSModePassthrough
}

// CertificateRefs are the listener's references to certificates, of whatever kind.
func (l *Listener) CertificateRefs() []gatewayv1.SecretObjectReference {
	if l.TLS == nil || l.PassesThrough() {
		return nil
	}
	return l.TLS.CertificateRefs
}

// RefersToSecret reports whether a reference is to a core Secret, as by default.
func RefersToSecret(ref *gatewayv1.SecretObjectReference) bool {
	return (ref.Group == nil || *ref.Group == "") && (ref.Kind == nil || *ref.Kind == "Secret")
}

// SecretOf returns the namespace and name of the object that a reference names.
func (l *Listener) SecretOf(ref *gatewayv1.SecretObjectReference) (namespace, name string) {
	if ref.Namespace != nil {
		return string(*ref.Namespace), string(ref.Name)
	}
	return l.Namespace(), string(ref.Name)
}

// Condition returns what the implementation says of the listener, nil where it says
// nothing of the specification as it stands.
func (l *Listener) Condition(kind string) *metav1.Condition {
	if l.Set != nil {
		for i := range l.Set.Status.Listeners {
			if s := &l.Set.Status.Listeners[i]; s.Name == l.Name {
				return conditionOf(s.Conditions, kind, l.Set.Generation)
			}
		}
		return nil
	}
	for i := range l.Gateway.Status.Listeners {
		if s := &l.Gateway.Status.Listeners[i]; s.Name == l.Name {
			return conditionOf(s.Conditions, kind, l.Gateway.Generation)
		}
	}
	return nil
}

func conditionOf(conditions []metav1.Condition, kind string, generation int64) *metav1.Condition {
	for i := range conditions {
		if c := &conditions[i]; c.Type == kind && (c.ObservedGeneration == 0 || c.ObservedGeneration >= generation) {
			return c
		}
	}
	return nil
}

// GatewayController returns spec.controllerName of a GatewayClass, "" where it wasn't read
// or doesn't exist.
func (s *Snapshot) GatewayController(class string) string {
	if o := s.Setting(GatewayClasses, "", class); o != nil {
		return o.Values["spec.controllerName"]
	}
	return ""
}

// listeners lists the listeners of every Gateway, its own before those of the ListenerSets
// that it admits or perhaps does.
func listeners(s *Snapshot) []Listener {
	var list []Listener
	for i := range s.Gateways {
		gateway := &s.Gateways[i]
		for _, own := range gateway.Spec.Listeners {
			list = append(list, Listener{Listener: own, Gateway: gateway})
		}
		for k := range s.ListenerSets {
			set := &s.ListenerSets[k]
			if s.ParentOf(set) != gateway {
				continue
			}
			admitted, unknown := s.AdmitsSet(gateway, set)
			if !admitted && unknown == "" {
				continue
			}
			for _, entry := range set.Spec.Listeners {
				list = append(list, Listener{Listener: gatewayv1.Listener(entry), Gateway: gateway, Set: set, Unknown: unknown})
			}
		}
	}
	return list
}

// ParentOf returns the Gateway that a ListenerSet adds listeners to, nil where it wasn't
// read or the reference is to something else.
func (s *Snapshot) ParentOf(set *gatewayv1.ListenerSet) *gatewayv1.Gateway {
	ref := set.Spec.ParentRef
	if ref.Group != nil && *ref.Group != gatewayv1.GroupName || ref.Kind != nil && *ref.Kind != "Gateway" {
		return nil
	}
	namespace := set.Namespace
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	for i := range s.Gateways {
		if g := &s.Gateways[i]; g.Namespace == namespace && g.Name == string(ref.Name) {
			return g
		}
	}
	return nil
}

// AdmitsSet reports whether a Gateway lets a ListenerSet add listeners: none by default
// (Gateway API, AllowedListeners).
func (s *Snapshot) AdmitsSet(g *gatewayv1.Gateway, set *gatewayv1.ListenerSet) (admitted bool, unknown string) {
	from, selector := AllowedSets(g)
	return s.admits(from, selector, g.Namespace, set.Namespace)
}

// AllowedSets returns from where a Gateway admits ListenerSets.
func AllowedSets(g *gatewayv1.Gateway) (gatewayv1.FromNamespaces, *metav1.LabelSelector) {
	if a := g.Spec.AllowedListeners; a != nil && a.Namespaces != nil && a.Namespaces.From != nil {
		return *a.Namespaces.From, a.Namespaces.Selector
	}
	return gatewayv1.NamespacesFromNone, nil
}

// AllowedRoutes returns from where a listener admits routes: its own namespace by default
// (Gateway API, RouteNamespaces.from).
func (l *Listener) AllowedRoutes() (gatewayv1.FromNamespaces, *metav1.LabelSelector) {
	if a := l.Listener.AllowedRoutes; a != nil && a.Namespaces != nil && a.Namespaces.From != nil {
		return *a.Namespaces.From, a.Namespaces.Selector
	}
	return gatewayv1.NamespacesFromSame, nil
}

// admits reports whether an object of a namespace may attach to one of another. A selector
// asks for the namespace's labels; where those weren't read, unknown says so.
func (s *Snapshot) admits(from gatewayv1.FromNamespaces, selector *metav1.LabelSelector, own, other string) (admitted bool, unknown string) {
	switch from {
	case gatewayv1.NamespacesFromAll:
		return true, ""
	case gatewayv1.NamespacesFromSame:
		return own == other, ""
	case gatewayv1.NamespacesFromSelector:
		wanted, err := metav1.LabelSelectorAsSelector(selector)
		if err != nil {
			return false, ""
		}
		for i := range s.Namespaces {
			if s.Namespaces[i].Name == other {
				return wanted.Matches(labels.Set(s.Namespaces[i].Labels)), ""
			}
		}
		return false, "the labels of namespace " + other + " were not read"
	}
	return false, ""
}
