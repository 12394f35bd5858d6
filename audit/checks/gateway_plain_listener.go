package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayPlainListener = audit.Check{
	ID:       "GW-01",
	Title:    "A plain HTTP listener only redirects to https",
	Expected: "at each listener of protocol HTTP to which it attaches, every rule of it, or the entrypoint itself, redirects to the scheme https",
	Doc: "What a route hands on from a listener of protocol HTTP travels readable and changeable to anybody on the way. " +
		"A route that names a Gateway without sectionName attaches to all its listeners, the plain one too.",
	Logic: "Each HTTPRoute and GRPCRoute: it attaches to a listener of protocol HTTP (parentRefs with sectionName and port, allowedRoutes, hostnames in common), " +
		"and a rule of it doesn't redirect to the scheme https: fail. It redirects by every rule, every Traefik that serves Gateways does at the entrypoint of that port, or it attaches to no such listener: pass. " +
		"An entrypoint that redirects with a priority of its own, which routes may win over: not assessed. It attaches to no listener at all: not applicable. A listener without routes serves nobody.",
	Fix: "Set sectionName in the route's parentRefs to the HTTPS listener, and give the HTTP listener a route of its own with " +
		"filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}].",
	Controls:    services("Users reach the service over an authenticated and encrypted channel only."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Gateways, audit.HTTPRoutes},
	Uses:        []audit.Resource{audit.GRPCRoutes, audit.ListenerSets, audit.Namespaces, audit.GatewayClasses, audit.Deployments, audit.DaemonSets, audit.Pods},
	Run:         func(f *audit.Facts) []audit.Finding { return eachRoute(f, judgePlainListeners) },
}

func judgePlainListeners(f *audit.Facts, j *audit.Judgement, r *audit.Route, attached []attachment) {
	plain := false
	defer j.By()()
	listener := func(l *audit.Listener) {
		j.Evidence("Gateway "+l.Gateway.Namespace+"/"+l.Gateway.Name+": "+l.Text(), fmt.Sprintf("protocol %s, port %d", l.Protocol, l.Port), audit.Configured)
	}
	for _, a := range attached {
		if a.listener.Protocol != gatewayv1.HTTPProtocolType {
			continue
		}
		plain = true
		j.By(j.Subject().Command(), listenerCommand(a.listener))
		listener(a.listener)
		switch {
		case r.Redirects:
			j.Pass("it redirects to https at %s", a.at())
		case a.Unknown != "":
			j.NotAssessed(audit.Unknown, "whether it attaches to %s, which speaks plain HTTP, isn't known: %s", a.at(), a.Unknown)
		case closedByEntrypoint(f, j, a.listener):
		default:
			j.Fail("it hands on plain HTTP from %s, port %d", a.at(), a.listener.Port)
		}
	}
	j.By()
	if !plain {
		for _, a := range attached[:min(len(attached), mostEvidence)] {
			listener(a.listener)
		}
		j.Pass("it attaches to no plain HTTP listener")
	}
}

// closedByEntrypoint notes that Traefik redirects at the entrypoint of a listener, before
// any route is asked, or that this isn't known, and reports whether either is so
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#http-redirections-entrypoint).
func closedByEntrypoint(f *audit.Facts, j *audit.Judgement, l *audit.Listener) bool {
	if f.GatewayController(string(l.Gateway.Spec.GatewayClassName)) == "" &&
		unread(f, j, audit.GatewayClasses, "", "whether its implementation redirects by settings of its own isn't known") {
		return true
	}
	if l.Implementation == nil || l.Implementation.Ingress != "Traefik" {
		return false
	}
	instances := f.InstancesNamed("Traefik")
	if len(instances) == 0 {
		noInstance(f, j, "Traefik", "so whether its entrypoints redirect isn't known")
		return true
	}
	return judgeGatewayEntrypoints(j, l, instances)
}

// judgeGatewayEntrypoints judges the instances of Traefik that serve a listener: those whose
// provider for Gateways is on, or where none says so each may be it. They have to agree
// (https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-gateway/).
func judgeGatewayEntrypoints(j *audit.Judgement, l *audit.Listener, instances []*audit.IngressInstance) (decided bool) {
	serving := slices.DeleteFunc(slices.Clone(instances), func(c *audit.IngressInstance) bool { return c.StaticElsewhere() == "" && !providesGateways(c) })
	known := slices.ContainsFunc(serving, providesGateways)
	if len(serving) == 0 {
		serving = instances
	}
	var open, commands []string
	for _, c := range serving {
		back := j.By(argumentsCommand(c.Subject))
		p := entrypointOn(c, int32(l.Port))
		switch {
		case c.StaticElsewhere() != "":
			j.NotAssessed(audit.Unknown, "whether %s redirects isn't known: %s", c.Subject, c.StaticElsewhere())
		case !p.Redirection.ToHTTPS():
			open, commands = append(open, c.Subject.String()), append(commands, argumentsCommand(c.Subject))
			redirectionEvidence(j, c, &p)
		case p.Redirection.First():
			redirectionEvidence(j, c, &p)
			j.Pass("the entrypoint of %s on port %d redirects to %s", c.Subject, l.Port, p.Redirection.Target)
		default:
			redirectionEvidence(j, c, &p)
			j.NotAssessed(audit.Unknown, "the entrypoint of %s on port %d redirects with a priority of its own (--%s): whether routes are asked first isn't known", c.Subject, l.Port, p.Redirection.Contested)
		}
		back()
	}
	switch {
	case len(open) == 0:
		return true
	case known || len(open) == len(serving):
		j.By(append([]string{j.Subject().Command(), listenerCommand(l)}, commands...)...)
		return false
	}
	j.NotAssessed(audit.Unknown, "%s doesn't redirect on port %d, another instance of Traefik does, and which of them serves it isn't known", several(open), l.Port)
	return true
}

// providesGateways reports whether the arguments of an instance of Traefik switch its
// provider for Gateways on.
func providesGateways(c *audit.IngressInstance) bool {
	for _, value := range c.Container.FlagsLike("providers.kubernetesgateway*") {
		if !strings.EqualFold(value, "false") {
			return true
		}
	}
	return false
}

// entrypointOn returns the entrypoint of an instance on a port, an empty one where it has none.
func entrypointOn(c *audit.IngressInstance, port int32) audit.Entrypoint {
	for _, p := range c.Entrypoints {
		if p.Port == port {
			return p
		}
	}
	return audit.Entrypoint{}
}
