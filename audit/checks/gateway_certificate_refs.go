package checks

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayCertificateRefs = audit.Check{
	ID:       "GW-02",
	Title:    "The certificates that a Gateway's listeners name are there",
	Expected: "each listener that ends TLS has certificateRefs, to core Secrets that exist (not read: their Certificate is Ready), and its ResolvedRefs isn't False",
	Doc:      "A listener whose certificateRefs don't resolve serves nothing, or with a certificate that no client trusts.",
	Logic: "Each listener at which the Gateway ends TLS, those of ListenerSets that it admits too: no certificateRefs, a reference to something other than a core Secret, " +
		"a Secret that isn't there, or the condition ResolvedRefs False of the listener (but for route kinds and client certificates, see GW-07): fail. The Secret is there: pass. Where it wasn't read, the Certificate that names it: " +
		"Ready: pass, not Ready: fail, none: not assessed. Without certificateRefs, but with TLS options, a certificate map of Google's or AWS's controller, or with a reference that the implementation " +
		"says it resolved though this build doesn't know its kind: not assessed. What passes TLS through names no certificate.",
	Fix: "kubectl get gateway NAME -n NAMESPACE -o yaml shows status.listeners; name a Secret of type kubernetes.io/tls, or annotate the Gateway with " +
		"cert-manager.io/cluster-issuer and let cert-manager make it.",
	Controls:    keyManagement("The key that protects the listener has been distributed to where it is used."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Gateways},
	Uses:        []audit.Resource{audit.Secrets, audit.Certificates, audit.GatewayClasses, audit.ListenerSets, audit.Namespaces},
	Run:         func(f *audit.Facts) []audit.Finding { return eachTLSListener(f, judgeCertificateRefs) },
}

func judgeCertificateRefs(f *audit.Facts, j *audit.Judgement, l *audit.Listener) {
	if l.PassesThrough() {
		j.NotApplicable("%s passes TLS through and presents no certificate", l.Text())
		return
	}
	resolved := l.Condition(string(gatewayv1.ListenerConditionResolvedRefs))
	judgeResolved(j, l, resolved)
	works := resolved != nil && resolved.Status == metav1.ConditionTrue
	if len(l.CertificateRefs()) == 0 {
		judgeNoCertificateRef(f, j, l, works)
	}
	for i, ref := range l.CertificateRefs() {
		if audit.RefersToSecret(&ref) {
			judgeGatewaySecret(f, j, l, f.TLS.Secret(l.SecretOf(&ref)))
			continue
		}
		group, kind := gatewayv1.Group(""), gatewayv1.Kind("Secret")
		if ref.Group != nil {
			group = *ref.Group
		}
		if ref.Kind != nil {
			kind = *ref.Kind
		}
		j.Evidence(fmt.Sprintf("%s: tls.certificateRefs[%d]", l.Text(), i), fmt.Sprintf("group %q, kind %q", group, kind), audit.Configured)
		if works {
			j.NotAssessed(audit.Unknown, "%s: its implementation resolved %s %s of group %q, which this build doesn't know", l.Text(), kind, ref.Name, group)
		} else {
			j.Fail("%s: %s of group %q is no kind of certificate, only core Secrets are", l.Text(), kind, group)
		}
	}
}

// judgeResolved notes what the implementation says of the listener's references. Some of
// its reasons are about other references than those to certificates.
func judgeResolved(j *audit.Judgement, l *audit.Listener, c *metav1.Condition) {
	if c == nil || c.Status != metav1.ConditionFalse {
		return
	}
	switch gatewayv1.ListenerConditionReason(c.Reason) {
	case gatewayv1.ListenerReasonInvalidRouteKinds, gatewayv1.ListenerReasonInvalidCACertificateRef, gatewayv1.ListenerReasonInvalidCACertificateKind:
		return
	case gatewayv1.ListenerReasonRefNotPermitted:
		j.Cause("GW-04", audit.GatewaySubject(l.Gateway))
	}
	j.Evidence(l.Text()+": status.conditions[type=ResolvedRefs]", "False, "+c.Reason, audit.Configured)
	j.Fail("%s: its implementation couldn't resolve a reference: %s: %s", l.Text(), c.Reason, c.Message)
}

// judgeNoCertificateRef judges a listener that ends TLS and names no certificate. Options
// may name one in the implementation's own way, and so may an annotation of GKE's
// (https://cloud.google.com/kubernetes-engine/docs/how-to/secure-gateway); AWS's controller
// looks for one by hostname (https://kubernetes-sigs.github.io/aws-load-balancer-controller/).
func judgeNoCertificateRef(f *audit.Facts, j *audit.Judgement, l *audit.Listener, works bool) {
	switch {
	case l.TLS != nil && len(l.TLS.Options) > 0:
		j.NotAssessed(audit.Unknown, "%s names no certificate, but its TLS options may", l.Text())
	case l.Gateway.Annotations["networking.gke.io/certmap"] != "":
		j.NotAssessed(audit.Unknown, "%s names no certificate, but the Gateway has a certificate map of Google's", l.Text())
	case works:
		j.NotAssessed(audit.Unknown, "%s names no certificate, and its implementation says that nothing is missing", l.Text())
	case strings.HasPrefix(f.GatewayController(string(l.Gateway.Spec.GatewayClassName)), "gateway.k8s.aws/"):
		j.NotAssessed(audit.Unknown, "%s names no certificate, but AWS's controller looks for one by the hostname", l.Text())
	case unread(f, j, audit.GatewayClasses, "", l.Text()+" names no certificate, and whether its controller finds one isn't known"):
	default:
		j.Evidence(l.Text()+": tls.certificateRefs", "absent", audit.Configured)
		j.Fail("%s names no certificate", l.Text())
	}
}

func judgeGatewaySecret(f *audit.Facts, j *audit.Judgement, l *audit.Listener, t *audit.TLSSecret) {
	owner := t.Owner()
	defer j.By(secretCommand(t))()
	switch {
	case t.Presence == audit.Present:
		j.Evidence(secretText(t), "present", audit.Stored)
		j.Pass("%s: %s is there", l.Text(), secretText(t))
	case t.Presence == audit.Absent && owner != nil && readyOwner(t) == nil:
		j.Evidence(secretText(t), "absent", audit.Stored)
		j.Evidence("Certificate "+owner.Namespace+"/"+owner.Name+": status.conditions[type=Ready]", "not True", audit.Issued)
		j.Cause("CRT-01", audit.CertificateSubject(owner))
		j.Fail("%s: %s doesn't exist: Certificate %s/%s, which makes it, isn't Ready", l.Text(), secretText(t), owner.Namespace, owner.Name)
	case t.Presence == audit.Absent:
		j.Evidence(secretText(t), "absent", audit.Stored)
		j.Fail("%s: %s doesn't exist", l.Text(), secretText(t))
	default:
		judgeSecretByOwner(f, j, t)
	}
}
