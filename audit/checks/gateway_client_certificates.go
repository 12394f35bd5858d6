package checks

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayClientCertificates = audit.Check{
	ID:       "GW-07",
	Title:    "A Gateway that asks for client certificates checks them",
	Expected: "each validation in spec.tls.frontend names at least 1 CA, each resolves, and its mode isn't AllowInsecureFallback",
	Doc: "Client certificates keep strangers out only where the Gateway refuses those that it can't verify. " +
		"AllowInsecureFallback lets everybody in and leaves the decision to the workload, which rarely knows of it.",
	Logic: "Each validation in spec.tls.frontend of a Gateway, the default and those per port: mode AllowInsecureFallback, no CA reference, or one that doesn't resolve: fail. " +
		"A reference doesn't resolve where the listeners' conditions say so (InvalidCACertificateRef, InvalidCACertificateKind, NoValidCACertificate), where its kind is none that is known and no condition says that it resolved, " +
		"where it leads into another namespace without a ReferenceGrant, or where files don't hold the ConfigMap or its ca.crt. " +
		"Every listener concerned has ResolvedRefs True, or the files hold it: pass. Else not assessed: CAs in ConfigMaps aren't read from a cluster. Without a validation: not applicable.",
	Fix:         "Set mode: AllowValidOnly (the default), and name in caCertificateRefs a ConfigMap with the CA in ca.crt.",
	Controls:    services("Clients that have to authenticate themselves can't get round it."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Gateways},
	Uses:        []audit.Resource{audit.ConfigMaps, audit.ReferenceGrants, audit.ListenerSets, audit.Namespaces},
	Run:         func(f *audit.Facts) []audit.Finding { return eachGateway(f, judgeClientCertificates) },
}

func judgeClientCertificates(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, own []*audit.Listener) {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		j.NotApplicable("it asks for no client certificates")
		return
	}
	frontend := g.Spec.TLS.Frontend
	own = slices.DeleteFunc(own, func(l *audit.Listener) bool {
		return l.Protocol != gatewayv1.HTTPSProtocolType || l.Unknown != ""
	})
	var byDefault []*audit.Listener
	for _, l := range own {
		if !slices.ContainsFunc(frontend.PerPort, func(p gatewayv1.TLSPortConfig) bool { return p.Port == l.Port }) {
			byDefault = append(byDefault, l)
		}
	}
	judgeValidation(f, j, g, validation{"spec.tls.frontend.default.validation", frontend.Default.Validation, byDefault})
	asked := frontend.Default.Validation != nil
	for i, p := range frontend.PerPort {
		asked = asked || p.TLS.Validation != nil
		var there []*audit.Listener
		for _, l := range own {
			if l.Port == p.Port {
				there = append(there, l)
			}
		}
		judgeValidation(f, j, g, validation{fmt.Sprintf("spec.tls.frontend.perPort[%d].tls.validation", i), p.TLS.Validation, there})
	}
	if !asked {
		j.NotApplicable("it asks for no client certificates")
	}
}

// A validation is one setting of how client certificates are checked, and the listeners
// that it concerns.
type validation struct {
	path      string
	settings  *gatewayv1.FrontendTLSValidation
	listeners []*audit.Listener
}

func judgeValidation(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, v validation) {
	if v.settings == nil {
		return
	}
	if mode := v.settings.Mode; mode == gatewayv1.AllowInsecureFallback {
		j.Evidence(v.path+".mode", string(mode), audit.Configured)
		j.Fail("%s: mode AllowInsecureFallback lets clients in without a valid certificate", v.path)
	}
	if len(v.settings.CACertificateRefs) == 0 {
		j.Fail("%s names no CA", v.path)
	}
	resolved := v.resolved(j)
	for _, ref := range v.settings.CACertificateRefs {
		judgeCARef(f, j, g, &v, &ref, resolved)
	}
}

// resolved reports whether the implementation says of every listener concerned that its
// references resolve. What it says against it fails (Gateway API,
// FrontendTLSValidation.caCertificateRefs).
func (v *validation) resolved(j *audit.Judgement) bool {
	all := len(v.listeners) > 0
	for _, l := range v.listeners {
		for _, kind := range []gatewayv1.ListenerConditionType{gatewayv1.ListenerConditionResolvedRefs, gatewayv1.ListenerConditionAccepted} {
			c := l.Condition(string(kind))
			if kind == gatewayv1.ListenerConditionResolvedRefs {
				all = all && c != nil && c.Status == metav1.ConditionTrue
			}
			if c == nil || c.Status != metav1.ConditionFalse {
				continue
			}
			switch gatewayv1.ListenerConditionReason(c.Reason) {
			case gatewayv1.ListenerReasonInvalidCACertificateRef, gatewayv1.ListenerReasonInvalidCACertificateKind, gatewayv1.ListenerReasonNoValidCACertificate:
				j.Evidence(fmt.Sprintf("%s: status.conditions[type=%s]", l.Text(), kind), "False, "+c.Reason, audit.Configured)
				j.Fail("%s: %s: %s", l.Text(), c.Reason, c.Message)
			}
		}
	}
	return all
}

func judgeCARef(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, v *validation, ref *gatewayv1.ObjectReference, resolved bool) {
	namespace := g.Namespace
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	text := fmt.Sprintf("%s %s/%s", ref.Kind, namespace, ref.Name)
	j.Evidence(v.path+".caCertificateRefs", text, audit.Configured)
	if namespace != g.Namespace && ref.Group == "" {
		if unread(f, j, audit.ReferenceGrants, namespace, text+": whether it is granted isn't known") {
			return
		}
		named, wide := f.Grants(audit.Grantee{Kind: "Gateway", Namespace: g.Namespace}, string(ref.Kind), namespace, string(ref.Name))
		if len(named)+len(wide) == 0 {
			j.Fail("%s: no ReferenceGrant there grants it to Gateways of namespace %s", text, g.Namespace)
			return
		}
	}
	switch {
	case resolved:
		j.Pass("clients need a certificate of %s, which the listeners say they resolved", text)
	case ref.Group != "" || ref.Kind != "ConfigMap" && ref.Kind != "Secret":
		j.Fail("%s of group %q holds no CA: only a core ConfigMap does everywhere", text, ref.Group)
	case ref.Kind == "ConfigMap" && f.Collection.Source == audit.FromFiles:
		judgeCAInFiles(f, j, namespace, string(ref.Name), text)
	default:
		j.NotAssessed(audit.Unknown, "whether %s holds a CA isn't known: it isn't read, and the listeners don't say that they resolved it", text)
	}
}

// judgeCAInFiles judges a ConfigMap of files, which hold the whole cluster.
func judgeCAInFiles(f *audit.Facts, j *audit.Judgement, namespace, name, text string) {
	if unread(f, j, audit.ConfigMaps, namespace, "whether "+text+" holds a CA isn't known") {
		return
	}
	defer j.By(audit.GetCommand("configmap", namespace, name, "yaml"))()
	switch m := f.ConfigMap(namespace, name); {
	case m == nil:
		j.Fail("%s doesn't exist", text)
	case m.Data[audit.CAKey] == "":
		j.Fail("%s has no %s", text, audit.CAKey)
	default:
		j.Pass("clients need a certificate of %s", text)
	}
}
