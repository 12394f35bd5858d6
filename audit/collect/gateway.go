package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gateway = []kind{{
	resource: audit.Gateways, group: gatewayv1.GroupName, version: "v1", plural: "gateways", name: "Gateway", namespaced: true, custom: true,
	codec: decoding(reduceGateway),
}}

func reduceGateway(k *kept, g *gatewayv1.Gateway) string {
	k.Gateways = append(k.Gateways, *g)
	return ""
}
