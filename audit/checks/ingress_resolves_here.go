package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressResolvesHere = audit.Check{
	ID:       "ING-11",
	Title:    "The hosts of an Ingress resolve to its address",
	Expected: "each of its hosts with TLS resolves to at least 1 of the addresses in its status",
	Doc: "What the cluster enforces protects those who reach it. A name that leads elsewhere leads its users past all of it, or to what somebody left behind; " +
		"a name that leads nowhere can often be taken over.",
	Logic: "With --probe, each host with TLS of an Ingress is looked up by the resolver of the machine that scans, or by --resolver: one of its addresses is one of those in the Ingress's status: pass; " +
		"it has others only, or doesn't exist: warning. A name in front of which a proxy or a content delivery network stands, or that is split between networks, warns too: say so by a waiver. " +
		"Wildcards, a failed lookup and an Ingress without an address: not assessed. Not asked: not requested.",
	Fix:         "Correct the host's DNS record, or take the host out of the Ingress. kubectl get ingress NAME -n NAMESPACE shows the address.",
	Controls:    supportsServices("Users reach the service that was set up for them."),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.Handshakes, audit.IngressClasses},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachIngress(f, func(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) { eachServedHost(f, j, e, judgeResolution) })
	},
}

// eachServedHost judges each host with TLS of an Ingress by what its servers presented. Why
// there is nothing to judge a host by it notes itself.
func eachServedHost(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, judge func(*audit.Facts, *audit.Judgement, *audit.Exposure, string, []*audit.Handshake) []hostVerdict) {
	hosts := e.TLSHosts()
	switch {
	case !e.HasTLS():
		if len(e.Spec.TLS) == 0 && unreadClass(f, j, e) {
			return
		}
		j.NotApplicable("it has no TLS by which its hosts could be asked for (ING-01)")
		return
	case len(hosts) == 0:
		j.NotApplicable("it names no host that could be asked for")
		return
	}
	if reading := f.Reading(audit.Handshakes); reading.State != audit.Read {
		gap, _ := reading.Gap("")
		j.NotAssessed(gap.Reason, "%s", gap.Message)
		return
	}
	var seen byHost
	for _, host := range hosts {
		handshakes := f.HandshakesOf(e.Subject, host)
		switch {
		case strings.Contains(host, "*"):
			seen.add(host, hostVerdict{reason: audit.Unknown, text: "a wildcard: which names are under it isn't known"})
		case len(e.Addresses()) == 0:
			seen.add(host, hostVerdict{reason: audit.Unknown, text: "the Ingress's status has no address"})
		case len(handshakes) == 0:
			seen.add(host, hostVerdict{reason: audit.Unknown, text: "nobody asked for it"})
		}
		for _, v := range judge(f, j, e, host, handshakes) {
			seen.add(host, v)
		}
	}
	seen.note(j)
}

func judgeResolution(_ *audit.Facts, j *audit.Judgement, e *audit.Exposure, host string, handshakes []*audit.Handshake) []hostVerdict {
	if len(handshakes) == 0 {
		return nil
	}
	resolve := "dig +short -q " + audit.Quote(host)
	first := handshakes[0] // each has what the host resolves to
	if first.ResolveError != "" {
		return []hostVerdict{{reason: audit.Failed, text: "what it resolves to isn't known: " + first.ResolveError}}
	}
	var own []string
	for _, h := range handshakes {
		if h.Address != "" && !slices.Contains(own, h.Address) {
			own = append(own, h.Address)
		}
	}
	j.Evidence("status.loadBalancer.ingress", strings.Join(e.Addresses(), ", "), audit.Configured)
	j.Evidence("DNS, "+host, strings.Join(first.Resolved, ", "), audit.Served)
	switch {
	case len(first.Resolved) == 0:
		return []hostVerdict{{command: resolve, status: audit.Warning, text: "there is no such name in the DNS"}}
	case len(own) == 0:
		return []hostVerdict{{reason: audit.Failed, text: "the Ingress's address isn't known: " + first.Error}}
	case slices.ContainsFunc(first.Resolved, func(a string) bool { return slices.Contains(own, a) }):
		return []hostVerdict{{command: resolve, compared: e.Subject.Command(), status: audit.Pass, text: "resolves to the Ingress's address"}}
	}
	return []hostVerdict{{command: resolve, compared: e.Subject.Command(), status: audit.Warning, text: fmt.Sprintf("resolves to %s, not to the Ingress's %s", several(first.Resolved), several(own))}}
}
