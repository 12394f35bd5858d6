package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
	networkingv1 "k8s.io/api/networking/v1"
)

var ingressHostsInTLS = audit.Check{
	ID:       "ING-02",
	Title:    "Every host of an Ingress's rules is among its TLS hosts",
	Expected: "each host of spec.rules is in spec.tls[].hosts itself, not only under a wildcard or a block without hosts",
	Doc: "cert-manager asks for a certificate for the hosts in spec.tls, controllers choose a certificate by them. A rule's host that isn't there " +
		"is served with the controller's default certificate: users get \"Your connection is not private\".",
	Logic: "Each host of spec.rules in spec.tls[].hosts, whatever the case: pass. Only under a wildcard there, or only under a block without hosts " +
		"(which stands for the controller's wildcard): warning, as controllers differ. Nowhere: fail. " +
		"Rules without a host aren't judged here. Without spec.tls it follows ING-01.",
	Fix: "Add the host of the rule to spec.tls[].hosts, spelt the same.",
	Controls: refs(
		cryptography("Encryption covers every name under which the service is offered."),
		services("Users of each host reach the service over an authenticated channel."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.Services},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeHostsInTLS) },
}

func judgeHostsInTLS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	if inherits(f, j, e) {
		return
	}
	hosts := ruleHosts(e.Ingress)
	if len(hosts) == 0 {
		j.NotApplicable("its rules name no host")
		return
	}
	if len(e.Spec.TLS) == 0 {
		judgeHostsWithoutTLS(f, j, e)
		return
	}
	for _, host := range hosts {
		j.Evidence("spec.rules[].host", host, audit.Configured)
	}
	for _, block := range e.Spec.TLS {
		for _, host := range block.Hosts {
			j.Evidence("spec.tls[].hosts", host, audit.Configured)
		}
	}
	var seen byHost
	for _, host := range hosts {
		switch how, by := heldBy(e.Ingress, host); how {
		case byName:
			seen.add(host, hostVerdict{status: audit.Pass, text: "among its TLS hosts"})
		case byWildcard:
			seen.add(host, hostVerdict{status: audit.Warning, text: "only under the TLS host " + by + "; not every controller chooses its certificate for it"})
		case byDefault:
			seen.add(host, hostVerdict{status: audit.Warning, text: "only under a TLS block without hosts, which means what the controller makes of it"})
		default:
			seen.add(host, hostVerdict{status: audit.Fail, text: "not among its TLS hosts"})
		}
	}
	seen.note(j)
}

func judgeHostsWithoutTLS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	switch {
	case e.TLSEnds != audit.AtController && e.TLSEnds != audit.AtControllerDeclared:
		j.NotAssessed(audit.Unknown, "no spec.tls, but %s", e.Why)
	case unreadClass(f, j, e):
	case e.TLSEnds == audit.AtControllerDeclared:
		declaredEvidence(j, e)
		j.Evidence("spec.rules[].host", several(ruleHosts(e.Ingress)), audit.Configured)
		j.Pass("%s, for every host of its rules", e.Why)
	case mayEndBefore(f, j, e):
	default:
		j.Cause("ING-01", e.Subject)
		j.Evidence("spec.rules[].host", several(ruleHosts(e.Ingress)), audit.Configured)
		j.Evidence("spec.tls", "absent", audit.Configured)
		j.Fail("it has no TLS hosts at all")
	}
}

// ruleHosts are the hosts that an Ingress's rules name, each once, in their order.
func ruleHosts(i *networkingv1.Ingress) []string {
	var hosts []string
	for _, rule := range i.Spec.Rules {
		hosts = append(hosts, rule.Host)
	}
	return named(hosts)
}

// tlsHosts are the hosts that an Ingress's TLS blocks name, each once, in their order.
func tlsHosts(i *networkingv1.Ingress) []string {
	var hosts []string
	for _, block := range i.Spec.TLS {
		hosts = append(hosts, block.Hosts...)
	}
	return named(hosts)
}

// named leaves out empty hosts and repetitions.
func named(hosts []string) []string {
	var list []string
	for _, host := range hosts {
		if host != "" && !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	return list
}

// A holding is how a TLS block speaks of a host.
type holding int

const (
	notAtAll   holding = iota
	byDefault          // the block names no host: what the controller makes of it (API, IngressTLS.hosts)
	byWildcard         // one label more than a wildcard of the block
	byName             // the block names the host, or the same wildcard
)

// blockHolds says how a block speaks of a host, and by which of its own hosts.
func blockHolds(block *networkingv1.IngressTLS, host string) (holding, string) {
	best, by := notAtAll, ""
	for _, held := range block.Hosts {
		switch {
		case strings.EqualFold(held, host):
			return byName, held
		case pki.HostMatches(held, host):
			best, by = byWildcard, held
		}
	}
	if len(block.Hosts) == 0 {
		return byDefault, ""
	}
	return best, by
}

// heldBy says how the best of an Ingress's TLS blocks speaks of a host.
func heldBy(i *networkingv1.Ingress, host string) (holding, string) {
	best, by := notAtAll, ""
	for b := range i.Spec.TLS {
		if how, held := blockHolds(&i.Spec.TLS[b], host); how > best {
			best, by = how, held
		}
	}
	return best, by
}
