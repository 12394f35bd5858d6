package checks

import (
	"fmt"

	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayPlainListener = audit.Check{
	ID:    "GW-01",
	Title: "A plain HTTP listener only redirects to https",
	Doc: "What a route hands on from a listener of protocol HTTP travels readable and changeable to anybody on the way. " +
		"A route that names a Gateway without sectionName attaches to all its listeners, the plain one too.",
	Logic: "Each HTTPRoute and GRPCRoute: it attaches to a listener of protocol HTTP (parentRefs with sectionName and port, allowedRoutes, hostnames in common), " +
		"and a rule of it doesn't redirect to the scheme https: fail. It redirects by every rule, or attaches to no such listener: pass. " +
		"It attaches to no listener at all: not applicable. A listener without routes serves nobody.",
	Fix: "Set sectionName in the route's parentRefs to the HTTPS listener, and give the HTTP listener a route of its own with " +
		"filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}].",
	Controls:    services("Users reach the service over an authenticated and encrypted channel only."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Gateways, audit.HTTPRoutes},
	Uses:        []audit.Resource{audit.GRPCRoutes, audit.ListenerSets, audit.Namespaces},
	Run:         func(f *audit.Facts) []audit.Finding { return eachRoute(f, judgePlainListeners) },
}

func judgePlainListeners(_ *audit.Facts, j *audit.Judgement, r *audit.Route, attached []attachment) {
	plain := false
	for _, a := range attached {
		if a.listener.Protocol != gatewayv1.HTTPProtocolType {
			continue
		}
		plain = true
		j.Evidence("Gateway "+a.listener.Gateway.Namespace+"/"+a.listener.Gateway.Name+": "+a.listener.Text(),
			fmt.Sprintf("protocol HTTP, port %d", a.listener.Port), audit.Configured)
		switch {
		case r.Redirects:
			j.Pass("it redirects to https at %s", a.at())
		case a.Unknown != "":
			j.NotAssessed(audit.Unknown, "whether it attaches to %s, which speaks plain HTTP, isn't known: %s", a.at(), a.Unknown)
		default:
			j.Fail("it hands on plain HTTP from %s, port %d", a.at(), a.listener.Port)
		}
	}
	if !plain {
		j.Pass("it attaches to no plain HTTP listener")
	}
}
