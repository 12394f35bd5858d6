package checks

import (
	"github.com/kubevidence/kubevidence/audit"
)

var ingressTLSDeclared = audit.Check{
	ID:       "ING-01",
	Title:    "Every Ingress declares TLS",
	Expected: "spec.tls has at least 1 block, or Traefik's annotation router.tls is true, or router.tls.certresolver given",
	Doc: "An Ingress without TLS is reached in the clear: whoever is on the way reads and changes what users send. " +
		"Users are responsible for configuring their Ingresses for HTTPS.",
	Logic: "spec.tls with at least one block, or Traefik's annotation router.tls: pass. None: fail. " +
		"TLS ended by a cloud load balancer (by annotation for AWS, GKE, Azure; perhaps by the parameters of AWS's class), possibly by a Traefik entrypoint, or passed through to the workload: " +
		"not assessed, since the API doesn't hold that certificate.",
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
	Uses:        []audit.Resource{audit.IngressClasses},
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
	if n := len(e.Spec.TLS); n > 0 {
		j.Evidence("spec.tls", counted(n, "block"), audit.Configured)
		j.Pass("spec.tls declares TLS")
		return
	}
	switch {
	case e.TLSEnds != audit.AtController && e.TLSEnds != audit.AtControllerDeclared:
		j.NotAssessed(audit.Unknown, "no spec.tls, but %s", e.Why)
	case unreadClass(f, j, e):
	case e.TLSEnds == audit.AtControllerDeclared:
		j.Pass("%s", e.Why)
	default:
		j.Evidence("spec.tls", "absent", audit.Configured)
		j.Fail("no spec.tls: it is served in the clear")
	}
}

// unreadClass notes that IngressClasses weren't read, so that it isn't known who serves an
// Ingress without spec.tls, and reports whether that is so. A class by the name of a known
// controller says it all the same.
func unreadClass(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	return len(audit.IngressControllers.Valued(e.Class)) == 0 &&
		unread(f, j, audit.IngressClasses, "", "no spec.tls; which controller serves it, and whether that ends TLS by itself, isn't known")
}
