package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gateway = []kind{
	{
		resource: audit.Gateways, group: gatewayv1.GroupName, version: "v1", plural: "gateways", name: "Gateway", namespaced: true, custom: true,
		codec: decoding(reduceGateway),
	},
	{
		resource: audit.ListenerSets, group: gatewayv1.GroupName, version: "v1", plural: "listenersets", name: "ListenerSet", namespaced: true, custom: true,
		codec: decoding(reduceListenerSet),
	},
	{
		resource: audit.ReferenceGrants, group: gatewayv1.GroupName, version: "v1", also: []string{"v1beta1"}, plural: "referencegrants", name: "ReferenceGrant", namespaced: true, custom: true,
		codec: decoding(reduceReferenceGrant),
	},
	setting(kind{resource: audit.GatewayClasses, group: gatewayv1.GroupName, version: "v1", plural: "gatewayclasses", name: "GatewayClass", custom: true},
		"spec.controllerName"),
	routeKind(audit.HTTPRoutes, "httproutes", "HTTPRoute", "v1"),
	routeKind(audit.GRPCRoutes, "grpcroutes", "GRPCRoute", "v1"),
	routeKind(audit.TLSRoutes, "tlsroutes", "TLSRoute", "v1", "v1alpha3", "v1alpha2"),
	routeKind(audit.TCPRoutes, "tcproutes", "TCPRoute", "v1alpha2", "v1"),
	routeKind(audit.UDPRoutes, "udproutes", "UDPRoute", "v1alpha2", "v1"),
}

// routeKind is a row for routes of one protocol: what is kept of them is the same in all
// the versions named.
func routeKind(r audit.Resource, plural, name, version string, also ...string) kind {
	k := kind{resource: r, group: gatewayv1.GroupName, version: version, also: also, plural: plural, name: name, namespaced: true, custom: true}
	apiVersion := k.apiVersion()
	k.codec = decoding(func(k *kept, r *route) string {
		if r.Labels[solver] == "true" {
			return RuleSolver
		}
		k.Routes = append(k.Routes, reduceRoute(k, r, apiVersion, name))
		return ""
	})
	return k
}

func reduceGateway(k *kept, g *gatewayv1.Gateway) string {
	k.Gateways = append(k.Gateways, *g)
	return ""
}

func reduceListenerSet(k *kept, l *gatewayv1.ListenerSet) string {
	k.ListenerSets = append(k.ListenerSets, *l)
	return ""
}

func reduceReferenceGrant(k *kept, g *gatewayv1.ReferenceGrant) string {
	k.ReferenceGrants = append(k.ReferenceGrants, *g)
	return ""
}
