package checks

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressNoCatchAll = audit.Check{
	ID:       "ING-07",
	Title:    "An Ingress with TLS serves named hosts only",
	Expected: "each rule has a host, and spec.defaultBackend isn't set",
	Doc: "A rule without a host, or a default backend, takes requests for every name that leads to the controller. No certificate covers every name, so users meet one " +
		"that isn't for the host they asked for, and the application answers under names that nobody gave it.",
	Logic: "Over Ingresses with TLS: a rule without a host, or spec.defaultBackend: warning. Without either: pass. " +
		"A catch-all without TLS is ING-01's: not applicable; where a controller's entrypoint may end TLS by its own settings: not assessed.",
	Fix:         "Give every rule its host and take spec.defaultBackend out; the controller's own default backend answers the rest.",
	Controls:    supportsServices("A service that answers only to its own names is reached as its users mean it."),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.IngressClasses},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeCatchAll) },
}

func judgeCatchAll(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	var catches []string
	for _, rule := range e.Spec.Rules {
		if rule.Host == "" {
			catches = []string{"a rule without a host"}
			j.Evidence("spec.rules[].host", "", audit.Configured)
		}
	}
	if e.Spec.DefaultBackend != nil {
		catches = append(catches, "a default backend")
		j.Evidence("spec.defaultBackend", "set", audit.Configured)
	}
	switch {
	case len(catches) == 0:
		j.Evidence("spec.rules[].host", several(ruleHosts(e.Ingress)), audit.Configured)
		j.Evidence("spec.defaultBackend", "absent", audit.Configured)
		j.Pass("every rule names its host")
	case len(e.Spec.TLS) > 0:
		j.Warn("it has TLS and %s, which takes every name; no certificate covers them all", strings.Join(catches, " and "))
	case unreadClass(f, j, e):
	case e.TLSEnds == audit.AtEntrypoint:
		j.NotAssessed(audit.Unknown, "it has %s; whether with TLS isn't known: %s", strings.Join(catches, " and "), e.Why)
	case e.TLSEnds == audit.AtController:
		j.NotApplicable("it has %s, but no TLS (ING-01)", strings.Join(catches, " and "))
	default:
		j.Warn("it has %s, which takes every name, and %s; no certificate covers them all", strings.Join(catches, " and "), e.Why)
	}
}
