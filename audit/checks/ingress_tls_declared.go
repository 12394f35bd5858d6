package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressTLSDeclared = audit.Check{
	ID:       "ING-01",
	Title:    "Every Ingress declares TLS",
	Expected: "spec.tls has at least 1 block, or Traefik's annotation router.tls is true, or router.tls.certresolver given",
	Doc: "An Ingress without TLS is reached in the clear: whoever is on the way reads and changes what users send. " +
		"Users are responsible for configuring their Ingresses for HTTPS.",
	Logic: "spec.tls with at least one block, or Traefik's annotation router.tls: pass. None: fail. Traefik's entrypoints on which it stands are known, and neither they nor its router are for TLS (http.tls, router.tls), so that spec.tls activates none: fail, not assessed where a load balancer may end TLS, or where they aren’t known. " +
		"TLS ended by a cloud load balancer (by annotation for AWS, GKE, Azure; perhaps by the parameters of AWS's class; perhaps by the one of the controller's Service, where that has a certificate), possibly by a Traefik entrypoint, or passed through to the workload: " +
		"not assessed, since the API doesn't hold that certificate. A canary of ingress-nginx inherits from its main Ingress, a minion of F5 NGINX from its master: not applicable.",
	Fix: "Add spec.tls with the hosts of the rules and a secretName, and the annotation cert-manager.io/cluster-issuer: NAME " +
		"(kubectl get clusterissuers lists them). TLS that is ended elsewhere can be attested.",
	Controls: refs(
		cryptography("Information in transit to the service is encrypted."),
		networks("Traffic from outside enters the network through an encrypted channel."),
		services("The service is offered with encryption."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.Services},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeTLSDeclared) },
}

// eachIngress judges every Ingress.
func eachIngress(f *audit.Facts, judge func(*audit.Facts, *audit.Judgement, *audit.Exposure)) []audit.Finding {
	findings := make([]audit.Finding, 0, len(f.Exposures))
	for i := range f.Exposures {
		j := audit.Judge(f.Exposures[i].Subject)
		judge(f, j, &f.Exposures[i])
		findings = append(findings, j.Finding())
	}
	return findings
}

func judgeTLSDeclared(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	if inherits(f, j, e) {
		return
	}
	if n := len(e.Spec.TLS); n > 0 {
		j.Evidence("spec.tls", counted(n, "block"), audit.Configured)
		if !judgeSpokenAtTraefik(f, j, e) {
			j.Pass("spec.tls declares TLS")
		}
		return
	}
	switch {
	case e.TLSEnds != audit.AtController && e.TLSEnds != audit.AtControllerDeclared:
		j.NotAssessed(audit.Unknown, "no spec.tls, but %s", e.Why)
	case unreadClass(f, j, e):
	case e.TLSEnds == audit.AtControllerDeclared:
		declaredEvidence(j, e)
		j.Pass("%s", e.Why)
	case mayEndBefore(f, j, e):
	default:
		j.Evidence("spec.tls", "absent", audit.Configured)
		j.Fail("no spec.tls: it is served in the clear")
	}
}

// declaredEvidence notes the annotation that declares TLS to a controller.
func declaredEvidence(j *audit.Judgement, e *audit.Exposure) {
	key, _, _ := strings.Cut(strings.TrimPrefix(e.Why, "annotation "), " ")
	annotationsEvidence(j, e, key)
}

// judgeSpokenAtTraefik judges Ingresses with spec.tls that instances of Traefik serve in the
// clear all the same: since 2.2 that names certificates, and activates TLS on no router
// (https://doc.traefik.io/traefik/migrate/v2/#v21-to-v22). It reports whether that decides.
func judgeSpokenAtTraefik(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	clear, all, ended := inTheClear(f, e)
	if len(clear) == 0 {
		return unknownAtTraefik(f, j, e)
	}
	defer j.By(argumentsCommand(clear[0].Subject), e.Subject.Command())()
	who := clear[0].Subject
	switch flag := contested(clear[0].RoutingEntrypointsOf(e)); {
	case unread(f, j, audit.Services, who.Namespace, "spec.tls activates no TLS at "+who.String()+", and whether a load balancer before it ends TLS isn't known"):
	case ended:
		j.NotAssessed(audit.Unknown, "spec.tls activates no TLS at %s, none of whose entrypoints on which it stands is for TLS; what stands before it may end TLS", who)
	case !all:
		j.NotAssessed(audit.Unknown, "spec.tls activates no TLS at %s, none of whose entrypoints on which it stands is for TLS; others may serve it too", who)
	case flag != "":
		j.NotAssessed(audit.Unknown, "spec.tls activates no TLS at %s, none of whose entrypoints on which it stands is for TLS; whether they redirect before they ask its router isn't known, for that has a priority of its own (--%s)", who, flag)
	default:
		j.Fail("it is served in the clear: spec.tls activates no TLS at %s, none of whose entrypoints on which it stands is for TLS (http.tls), nor is its router", who)
	}
	return true
}

// unknownAtTraefik notes that Traefik serves an Ingress with spec.tls, and that it isn't known
// what its entrypoints speak. It reports whether that is so.
func unknownAtTraefik(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	if len(e.Controllers) != 1 || e.Controllers[0].Name != "Traefik" || e.RouterTLS() != "" {
		return false
	}
	instances := f.InstancesOf(e)
	if len(instances) == 0 {
		noInstance(f, j, "Traefik", "so whether its entrypoints are for TLS isn't known, and spec.tls activates none")
		return true
	}
	return slices.ContainsFunc(instances, func(c *audit.IngressInstance) bool { return !standsSomewhere(j, e, c) })
}

// contested returns the flag by which it isn't known whether one of some entrypoints asks
// routers, "" where one surely does.
func contested(entrypoints []audit.Entrypoint) (flag string) {
	for _, p := range entrypoints {
		if flag = p.Redirection.Contested; flag == "" {
			return ""
		}
	}
	return flag
}

// inTheClear returns the instances of Traefik that serve an Ingress and don't speak TLS for
// it, whether all that may serve it are such, and whether something before one may end TLS.
func inTheClear(f *audit.Facts, e *audit.Exposure) (clear []*audit.IngressInstance, all, ended bool) {
	all = true
	for _, server := range ingressServers(f, e) {
		all = all && server.Name == "Traefik" && len(server.instances) > 0
		for _, c := range server.instances {
			entrypoints := c.RoutingEntrypointsOf(e)
			if server.Name != "Traefik" || len(entrypoints) == 0 || len(c.TLSEntrypointsOf(e)) > 0 {
				all = false
				continue
			}
			clear = append(clear, c)
			ended = ended || len(c.Services) == 0 || slices.ContainsFunc(entrypoints, c.EndedBefore)
		}
	}
	return clear, all, ended
}

// unreadClass notes that IngressClasses weren't read, so that it isn't known who serves an
// Ingress without spec.tls, and reports whether that is so. A class by the name of a known
// controller says it all the same.
func unreadClass(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	return len(audit.IngressControllers.Valued(e.Class)) == 0 &&
		unread(f, j, audit.IngressClasses, "", "no spec.tls; which controller serves it, and whether that ends TLS by itself, isn't known")
}
