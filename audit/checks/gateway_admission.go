package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayAdmission = audit.Check{
	ID:       "GW-06",
	Title:    "Gateways take routes and listeners only from where they should come",
	Expected: "allowedRoutes and allowedListeners are neither from All nor from a selector that matches every namespace; a ListenerSet's Gateway admits it",
	Doc: "A listener that takes routes of all namespaces lets every user put any host on it, also one that is somebody else's. " +
		"A ListenerSet that its Gateway doesn't allow opens nothing: its owner believes to be served.",
	Logic: "Gateways: a listener whose allowedRoutes, or allowedListeners, are from All, or from a selector that matches every namespace: warning. " +
		"ListenerSets: likewise for their listeners; and the Gateway's allowedListeners don't admit it (they admit none by default): warning. " +
		"Else pass. A ListenerSet whose Gateway doesn't exist: not applicable.",
	Fix: "Set allowedRoutes.namespaces.from to Same, or to Selector with a label that only the administrator can set; " +
		"spec.allowedListeners of the Gateway likewise, so that it admits the ListenerSets that it should.",
	Controls:    segregated("Who may offer services at an entry point of the network is decided by its owner."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Gateways, audit.ListenerSets},
	Uses:        []audit.Resource{audit.Namespaces},
	Run: func(f *audit.Facts) []audit.Finding {
		findings := eachGateway(f, judgeGatewayAdmission)
		for i := range f.ListenerSets {
			set := &f.ListenerSets[i]
			j := audit.Judge(audit.ListenerSetSubject(set))
			judgeListenerSet(f, j, set)
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

func judgeGatewayAdmission(_ *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, _ []*audit.Listener) {
	from, selector := audit.AllowedSets(g)
	j.Evidence("spec.allowedListeners.namespaces.from", string(from), audit.Configured)
	if everyNamespace(from, selector) {
		j.Warn("ListenerSets of every namespace may add listeners")
	}
	for i, l := range g.Spec.Listeners {
		judgeAllowedRoutes(j, &audit.Listener{Listener: l, Gateway: g}, i < mostEvidence)
	}
	j.Pass("it takes routes and listeners only from where it says")
}

func judgeListenerSet(f *audit.Facts, j *audit.Judgement, set *gatewayv1.ListenerSet) {
	gateway := f.ParentOf(set)
	if gateway == nil {
		j.NotApplicable("Gateway %s doesn't exist, so its listeners open nothing", set.Spec.ParentRef.Name)
		return
	}
	back := j.By(audit.GatewaySubject(gateway).Command())
	from, _ := audit.AllowedSets(gateway)
	j.Evidence("Gateway "+gateway.Namespace+"/"+gateway.Name+": spec.allowedListeners.namespaces.from", string(from), audit.Configured)
	switch admitted, unknown := f.AdmitsSet(gateway, set); {
	case unknown != "":
		j.NotAssessed(audit.Unknown, "whether Gateway %s/%s admits it isn't known: %s", gateway.Namespace, gateway.Name, unknown)
	case !admitted:
		j.Warn("Gateway %s/%s doesn't admit it: its listeners serve nobody", gateway.Namespace, gateway.Name)
		return
	default:
		j.Pass("Gateway %s/%s admits it", gateway.Namespace, gateway.Name)
	}
	back()
	for i, entry := range set.Spec.Listeners {
		judgeAllowedRoutes(j, &audit.Listener{Listener: gatewayv1.Listener(entry), Gateway: gateway}, i < mostEvidence)
	}
}

// judgeAllowedRoutes judges from where a listener takes routes; one that takes them only from
// where it should is named on request.
func judgeAllowedRoutes(j *audit.Judgement, l *audit.Listener, named bool) {
	from, selector := l.AllowedRoutes()
	every := everyNamespace(from, selector)
	if every || named {
		j.Evidence(l.Text()+": allowedRoutes.namespaces.from", string(from), audit.Configured)
	}
	if every {
		j.Warn("%s takes routes of every namespace", l.Text())
	}
}

// everyNamespace reports whether all namespaces are admitted. An empty selector matches
// every one (metav1.LabelSelector), and each has the label of its name, which the API server
// sets (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name).
func everyNamespace(from gatewayv1.FromNamespaces, selector *metav1.LabelSelector) bool {
	switch from {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSelector:
		return selector != nil && len(selector.MatchLabels) == 0 && !slices.ContainsFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool {
			return r.Key != corev1.LabelMetadataName || r.Operator != metav1.LabelSelectorOpExists
		})
	}
	return false
}
