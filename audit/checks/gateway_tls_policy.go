package checks

import "github.com/kubevidence/kubevidence/audit"

var gatewayTLSPolicy = audit.Check{
	ID:       "GW-08",
	Title:    "The Gateway’s listeners speak sound versions of TLS",
	Expected: "each listener that ends TLS takes TLS 1.2 and newer only, by its implementation’s settings or, with --probe, by what servers accept",
	Doc: "TLS 1.0 and 1.1 are broken and forbidden (RFC 8996). The Gateway API has no field for the versions that a listener speaks: each implementation has settings of its own, " +
		"and some of them bring the old versions back.",
	Logic: "Each listener at which the Gateway ends TLS, by the settings of the implementation that its GatewayClass names: Envoy Gateway’s ClientTrafficPolicy (tls.minVersion; the one of the section, else of the Gateway, of several the oldest), " +
		"the listener’s tls.options for Istio, kgateway and NGINX Gateway Fabric, Contour’s tls.minimum-protocol-version, Traefik’s TLSOption called default; Cilium has none. Below 1.2: fail; 1.2 and above, or a default that is: pass. " +
		"With --probe, what the servers of its hosts accept counts too, and stands in for settings that aren’t known. Settings that weren’t read, or that only a provider’s load balancer has, and implementations that this build doesn’t know: not assessed.",
	Fix: "Envoy Gateway: kubectl patch clienttrafficpolicy NAME -n NAMESPACE --type=merge -p '{\"spec\":{\"tls\":{\"minVersion\":\"1.2\"}}}'. " +
		"NGINX Gateway Fabric: tls.options[\"nginx.org/ssl-protocols\"]: \"TLSv1.2 TLSv1.3\" on the listener; kgateway: \"kgateway.dev/min-tls-version\": \"1.2\".",
	Controls: refs(
		services("Users’ connections are encrypted as the state of the art asks."),
		cryptography("Which versions of TLS are spoken is restricted to sound ones."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Gateways},
	Uses: []audit.Resource{
		audit.GatewayClasses, audit.ListenerSets, audit.Namespaces, audit.EnvoyClientPolicies, audit.TraefikTLSOptions,
		audit.Deployments, audit.DaemonSets, audit.Pods, audit.ConfigMaps, audit.Handshakes,
	},
	Run: func(f *audit.Facts) []audit.Finding { return eachTLSListener(f, judgeListenerVersions) },
}

func judgeListenerVersions(f *audit.Facts, j *audit.Judgement, l *audit.Listener) {
	served := false
	for _, h := range f.ListenerHandshakes(l) {
		if h.Error != "" || h.Oldest == "" {
			continue
		}
		v, back := judgeVersion(j, h), j.By(versionCommand(h))
		served = true
		if v.status == audit.Fail {
			j.Fail("%s: %s: %s", l.Text(), h.Host, v.text)
		} else {
			j.Pass("%s: %s: %s", l.Text(), h.Host, v.text)
		}
		back()
	}
	switch {
	case served && (l.PassesThrough() || l.Minimum.Unknown != ""): // the server has answered
	case l.PassesThrough():
		j.NotAssessed(audit.Unknown, "%s passes TLS through: the workload says which versions are spoken", l.Text())
	default:
		judgeMinimum(j, l.Text(), &l.Minimum)
	}
}
