package checks

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var gatewayRoutesCovered = audit.Check{
	ID:       "GW-05",
	Title:    "The certificates of a Gateway cover every host of a route",
	Expected: "each host by which an HTTPS listener takes it has a SAN that matches in a certificate of the listener, for a wildcard the identical one",
	Doc: "A listener for *.example.com takes a route for a.b.example.com, but a certificate's wildcard stands for one label only: " +
		"clients of that host refuse the certificate.",
	Logic: "Each HTTPRoute and GRPCRoute, and each host by which a TLS listener of protocol HTTPS hands requests to it (what the hostnames of both have in common; the listener with the most specific one presents its certificates): " +
		"a SAN of one of the listener's certificates matches: pass; none does: fail. A host that is a wildcard needs the identical SAN. " +
		"Where the Secret wasn't read: the CertificateRequest in force, else the names in the spec of a Ready Certificate. " +
		"No host is named, or no such listener takes the route: not applicable.",
	Fix: "Have the certificate of the listener name the host (kubectl edit certificate NAME -n NAMESPACE: spec.dnsNames), " +
		"or give the host a listener of its own with a certificate (spec.listeners[].hostname and tls.certificateRefs of the Gateway).",
	Controls: refs(
		cryptography("A certificate authenticates the service only for the hosts that it names."),
		services("Users of each host can tell the service from an impostor."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Gateways, audit.HTTPRoutes},
	Uses: []audit.Resource{
		audit.Secrets, audit.Certificates, audit.CertificateRequests, audit.GRPCRoutes, audit.ListenerSets, audit.Namespaces,
	},
	Run: func(f *audit.Facts) []audit.Finding { return eachRoute(f, judgeRouteHosts) },
}

func judgeRouteHosts(f *audit.Facts, j *audit.Judgement, _ *audit.Route, attached []attachment) {
	var coverage byHost
	judged := false
	for _, a := range attached {
		if !a.listener.SpeaksTLS() {
			continue
		}
		for _, host := range a.Hosts {
			judged = true
			if a.Unknown != "" {
				coverage.add(host, hostVerdict{reason: audit.Unknown, text: "whether " + a.at() + " takes it isn't known: " + a.Unknown})
				continue
			}
			coverage.add(host, coverageAt(f, j, f.Choosing(a.listener, host), host))
		}
	}
	if !judged {
		j.NotApplicable("no host of it is served with TLS")
	}
	coverage.note(j)
}

// coverageAt judges a host by the certificates of a listener, of which one suffices:
// implementations choose by SAN.
func coverageAt(f *audit.Facts, j *audit.Judgement, l *audit.Listener, host string) hostVerdict {
	var seen []hostVerdict
	for _, ref := range l.CertificateRefs() {
		if audit.RefersToSecret(&ref) {
			seen = append(seen, coverageBySecret(f, j, l, f.TLS.Secret(l.SecretOf(&ref)), host))
		} else {
			seen = append(seen, hostVerdict{command: listenerCommand(l), reason: audit.Unknown, text: fmt.Sprintf("%s names %s as its certificate, which isn't a Secret", l.Text(), ref.Name)})
		}
	}
	if len(seen) == 0 {
		return hostVerdict{command: listenerCommand(l), reason: audit.Unknown, text: l.Text() + " names no certificate"}
	}
	slices.SortStableFunc(seen, func(a, b hostVerdict) int { return bestFirst[a.status] - bestFirst[b.status] })
	return seen[0]
}

func coverageBySecret(f *audit.Facts, j *audit.Judgement, l *audit.Listener, t *audit.TLSSecret, host string) hostVerdict {
	switch leaf := t.Leaf(); {
	case leaf != nil:
		return coverageByLeaf(j, t, leaf, host)
	case t.Malformed != "":
		j.Cause("GW-03", audit.GatewaySubject(l.Gateway))
		return hostVerdict{command: certificateCommand(t), reason: audit.Unknown, text: fmt.Sprintf("the certificate in %s can't be understood: %s", secretText(t), t.Malformed)}
	case t.Presence == audit.Absent:
		j.Cause("GW-02", audit.GatewaySubject(l.Gateway))
		return hostVerdict{command: secretCommand(t), reason: audit.Unknown, text: secretText(t) + " doesn't exist, so there is no certificate to judge"}
	}
	return coverageBySpec(f, j, t, host)
}
