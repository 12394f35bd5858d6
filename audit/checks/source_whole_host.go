package checks

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var sourceWholeHost = audit.Check{
	ID:       "SRC-05",
	Title:    "A list of addresses covers its whole host",
	Expected: "a list of addresses holds for every other Ingress of its class that has one of its hosts",
	Doc: "Controllers merge the Ingresses of a host, but hold each to its own list. A path that another Ingress serves is open to everybody, " +
		"and with it whatever a request to that path can do.",
	Logic: "Of Ingresses for which a list holds: another Ingress of the same class has one of its hosts, and no list holds for it: warning, whatever its namespace. Whether one holds there isn’t known: not assessed. " +
		"Ingresses that cert-manager makes for the time of a challenge don’t count.",
	Fix: "Give each Ingress of the host the same list, or one for all in the controller’s ConfigMap. A path that is meant for everybody deserves a host of its own.",
	Controls: refs(
		networks("Access to a service is restricted as a whole."),
		supportsSegregation("What is kept from others can’t be reached by another path."),
	),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        listUses,
	Run: func(f *audit.Facts) []audit.Finding {
		siblings := map[string][]*audit.Exposure{}
		for i := range f.Exposures {
			for _, host := range ruleHosts(f.Exposures[i].Ingress) {
				siblings[strings.ToLower(host)] = append(siblings[strings.ToLower(host)], &f.Exposures[i])
			}
		}
		return eachAllowlisted(f, "which Ingresses share its list", func(f *audit.Facts, j *audit.Judgement, a *allowlisted) {
			judgeWholeHost(f, j, a, siblings)
		})
	},
}

func judgeWholeHost(f *audit.Facts, j *audit.Judgement, a *allowlisted, siblings map[string][]*audit.Exposure) {
	if len(a.lists) == 0 {
		a.noteGaps(j)
		return
	}
	if unread(f, j, audit.Ingresses, "", "which Ingresses share its hosts isn't known") {
		return
	}
	a.evidence(j)
	var seen byHost
	for _, host := range ruleHosts(a.Ingress) {
		for _, sibling := range siblings[strings.ToLower(host)] {
			if m, sure := mergeOf(f, sibling); m != nil && sure || sibling.Subject == a.Subject || sibling.Class != a.Class {
				continue
			}
			if v := siblingVerdict(f, a, sibling); v.status != audit.Pass {
				if v.status == audit.Warning {
					j.Evidence(sibling.Subject.String()+": spec.rules[].host", host+", no list of addresses", audit.Configured)
				}
				seen.add(host, v)
			}
		}
	}
	seen.note(j)
	j.Pass("no other Ingress of its class has its hosts without a list")
}

// siblingVerdict judges another Ingress of a host: it passes where a list holds for it, or they
// share theirs.
func siblingVerdict(f *audit.Facts, a *allowlisted, sibling *audit.Exposure) hostVerdict {
	if rule := a.at.Allowlist; rule.Shares(a.Exposure, sibling) {
		if a.Annotations[rule.Listeners] != sibling.Annotations[rule.Listeners] {
			return hostVerdict{reason: audit.Unknown, text: sibling.Subject.String() + " of the same group has it too, with another " + rule.Listeners + ": whether the list holds there isn't known"}
		}
		return hostVerdict{status: audit.Pass}
	}
	servers := ingressServers(f, sibling)
	for i := range servers {
		ways := allowlistedAt(f, sibling, &servers[i])
		if unlisted(ways) != nil {
			return hostVerdict{command: sibling.Subject.Command(), status: audit.Warning, text: sibling.Subject.String() + " has it too, and no list of addresses"}
		}
		for _, at := range ways {
			if len(at.lists) == 0 {
				return hostVerdict{reason: at.gaps[0].reason, text: sibling.Subject.String() + " has it too: " + at.gaps[0].words}
			}
		}
	}
	return hostVerdict{status: audit.Pass}
}
