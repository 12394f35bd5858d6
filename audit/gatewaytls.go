package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// implement fills in, for every listener, who implements its Gateway, and for those that
// end TLS the lowest version that is spoken there.
func (f *Facts) implement() {
	for i := range f.Listeners {
		l := &f.Listeners[i]
		controller := f.GatewayController(string(l.Gateway.Spec.GatewayClassName))
		l.Implementation = GatewayImplementations.Of(controller)
		if l.SpeaksTLS() && !l.PassesThrough() {
			l.Minimum = f.minimum(l, controller)
		}
	}
}

func (f *Facts) minimum(l *Listener, controller string) TLSMinimum {
	is := l.Implementation
	switch {
	case controller == "":
		if gap, missing := f.Unread(GatewayClasses, ""); missing {
			return unknownMinimum(gap.Reason, "%s were not read: %s", GatewayClasses, gap.Message)
		}
		return unknownMinimum(Unknown, "GatewayClass %s doesn't exist", l.Gateway.Spec.GatewayClassName)
	case is == nil:
		return unknownMinimum(Unknown, "the settings of %s aren't known to this build", controller)
	case is.Elsewhere != "":
		return unknownMinimum(Unknown, "%s says it, which the API doesn't show", is.Elsewhere)
	case is.Ingress != "":
		return f.ingressMinimum(is)
	}
	m := f.defaultMinimum(is)
	m.Default, m.Value = "Gateway "+l.Gateway.Namespace+"/"+l.Gateway.Name+": spec.gatewayClassName", string(l.Gateway.Spec.GatewayClassName)
	if is.Option != "" {
		m.Default, m.Value = l.Text()+": tls.options["+is.Option+"]", ""
		if l.TLS != nil {
			if value, said := l.TLS.Options[gatewayv1.AnnotationKey(is.Option)]; said {
				return minimumOf(m.Default, string(value))
			}
		}
	}
	if is.Policies {
		if gap, missing := f.Unread(EnvoyClientPolicies, l.Namespace()); missing {
			return unknownMinimum(gap.Reason, "%s were not read: %s", EnvoyClientPolicies, gap.Message)
		}
		m.Default, m.Value = "ClientTrafficPolicies of namespace "+l.Namespace(), "none is for "+l.Text()
		if policy := f.clientPolicy(l); policy != nil {
			m.Default, m.Value = "ClientTrafficPolicy "+policy.Namespace+"/"+policy.Name+": spec.tls.minVersion", policy.Values["spec.tls.minVersion"]
			// Auto leaves it to Envoy, whose own default is TLS 1.2
			// (https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto).
			if m.Value != "" && m.Value != "Auto" {
				return minimumOf(m.Default, m.Value)
			}
		}
	}
	return m
}

// defaultMinimum is what an implementation speaks that wasn't told anything.
func (f *Facts) defaultMinimum(is *GatewayImplementation) TLSMinimum {
	if is.Since == 0 {
		return TLSMinimum{Version: is.Default}
	}
	running := f.Running(is.Component)
	if len(running) == 0 {
		return unknownMinimum(Unknown, "no setting says it, and %s wasn't found to run here, so the default of its release isn't known", is.Name)
	}
	for i := range running {
		if major, _, known := MinorVersion(running[i].Version()); !known || major < is.Since {
			return unknownMinimum(Unknown, "no setting says it, and the default of the release of %s that %s runs isn't known", is.Name, running[i].Subject)
		}
	}
	return TLSMinimum{Version: is.Default}
}

// ingressMinimum is what the settings of an ingress controller say that implements the
// Gateway API too. Several instances have to agree: nothing tells them apart here.
func (f *Facts) ingressMinimum(is *GatewayImplementation) TLSMinimum {
	var minima []TLSMinimum
	for _, c := range f.InstancesNamed(is.Ingress) {
		switch {
		case c.Unread != nil:
			minima = append(minima, unknownMinimum(c.Unread.Reason, "the ConfigMap %s of %s was not read: %s", c.ConfigMap, c.Subject, c.Unread.Message))
		case is.Ingress == "Contour":
			minima = append(minima, c.ContourMinimum())
		case c.StaticElsewhere() != "":
			minima = append(minima, unknownMinimum(Unknown, "%s: %s", c.Subject, c.StaticElsewhere()))
		default:
			minima = append(minima, f.TraefikMinimum(c, ""))
		}
	}
	switch {
	case len(minima) == 0:
		return unknownMinimum(Unknown, "%s wasn't found to run here", is.Name)
	case slices.ContainsFunc(minima, func(m TLSMinimum) bool { m.Default = minima[0].Default; return m != minima[0] }):
		return unknownMinimum(Unknown, "several instances of %s run here, with different settings", is.Name)
	}
	return minima[0]
}

// InstancesNamed returns the running instances of an ingress controller.
func (f *Facts) InstancesNamed(name string) []*IngressInstance {
	var list []*IngressInstance
	for i := range f.IngressInstances {
		if c := &f.IngressInstances[i]; c.Is.Name == name {
			list = append(list, c)
		}
	}
	return list
}

// clientPolicy returns the ClientTrafficPolicy that holds for a listener: one that names
// its section before those that name the Gateway or set as a whole, and of equals the oldest
// (https://gateway.envoyproxy.io/docs/concepts/gateway_api_extensions/client-traffic-policy/).
func (f *Facts) clientPolicy(l *Listener) *Setting {
	var whole, section []*Setting
	for i := range f.Settings {
		policy := &f.Settings[i]
		if policy.Resource != EnvoyClientPolicies || policy.Namespace != l.Namespace() {
			continue
		}
		switch l.attaches(policy) {
		case attachesWhole:
			whole = append(whole, policy)
		case attachesSection:
			section = append(section, policy)
		}
	}
	for _, candidates := range [][]*Setting{section, whole} {
		if len(candidates) > 0 {
			return slices.MinFunc(candidates, func(a, b *Setting) int {
				const created = "metadata.creationTimestamp"
				return cmp.Or(strings.Compare(a.Values[created], b.Values[created]), strings.Compare(a.Name, b.Name))
			})
		}
	}
	return nil
}

// How a policy attaches to a listener.
const (
	attachesNot = iota
	attachesWhole
	attachesSection
)

// A policyTarget is what a policy names or selects to attach to (Gateway API, policy
// attachment, GEP-713).
type policyTarget struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Section string `json:"sectionName"`

	metav1.LabelSelector `json:",inline"`
}

// attaches reports how a policy of the listener's namespace attaches to it. What can't be
// decoded attaches nowhere: a server would have refused it.
func (l *Listener) attaches(policy *Setting) int {
	var one policyTarget
	var list, selectors []policyTarget
	_ = json.Unmarshal([]byte(policy.Values["spec.targetRef"]), &one)
	_ = json.Unmarshal([]byte(policy.Values["spec.targetRefs"]), &list)
	_ = json.Unmarshal([]byte(policy.Values["spec.targetSelectors"]), &selectors)
	how := attachesNot
	for _, t := range append(list, one) {
		switch {
		case t.Kind != l.Declared() || t.Name != l.declaration().GetName():
		case t.Section == "":
			how = max(how, attachesWhole)
		case t.Section == string(l.Name):
			how = attachesSection
		}
	}
	for _, t := range selectors {
		selects, err := metav1.LabelSelectorAsSelector(&t.LabelSelector)
		if err == nil && t.Kind == l.Declared() && selects.Matches(labels.Set(l.declaration().GetLabels())) {
			how = max(how, attachesWhole)
		}
	}
	return how
}

// declaration is the object that declares the listener.
func (l *Listener) declaration() metav1.Object {
	if l.Set != nil {
		return l.Set
	}
	return l.Gateway
}
