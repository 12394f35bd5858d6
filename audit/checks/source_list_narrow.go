package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var sourceListNarrow = audit.Check{
	ID:       "SRC-01",
	Title:    "The list of addresses that are let in is valid and narrow",
	Expected: "the list in force has valid entries only and less than half of the IPv4 and of the IPv6 addresses (one such list of several in Traefik), and no other annotation replaces it",
	Doc: "Who lists addresses means that nobody else gets in. A list that holds the whole Internet, or half of it, says so and does nothing; " +
		"one with a typing error makes ingress-nginx turn everybody away.",
	Logic: "Of Ingresses for which a list holds: the annotation that the controller goes by (ingress-nginx: allowlist-source-range before whitelist-source-range), else the list of its ConfigMap; for Traefik ipAllowList of its Middlewares. " +
		"It holds half or more of the IPv4 or IPv6 addresses (0.0.0.0/0, ::/0, 0.0.0.0/1 …), or an entry that is no address and no range, or another annotation takes its place: fail. Traefik lets in who is on each list on his way, those of the entrypoint and of the Ingress: one that is narrow passes. The widest way through its instances and the entrypoints that lead to the Ingress, and don’t redirect, counts; where one has no list, none holds: not applicable. " +
		"A list or ConfigMap that wasn’t read: not assessed.",
	Fix: "List the networks of those who are meant, in CIDR notation: kubectl annotate --overwrite ingress NAME -n NAMESPACE nginx.ingress.kubernetes.io/allowlist-source-range=203.0.113.0/24. " +
		"Where everybody is meant, take the list away, so that nobody relies on it.",
	Controls: refs(
		networks("Access to a service is restricted to networks that are known."),
		supportsSegregation("A list of addresses separates those who may reach a service from those who may not."),
	),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        listUses,
	Run: func(f *audit.Facts) []audit.Finding {
		return eachAllowlisted(f, "which addresses are let in", judgeNarrow)
	},
}

func judgeNarrow(_ *audit.Facts, j *audit.Judgement, a *allowlisted) {
	a.evidence(j)
	if a.beaten != "" {
		j.Evidence(annotationPath(a.beaten), a.Annotations[a.beaten], audit.Configured)
		j.Fail("annotation %s takes the place of the list, which counts for nothing beside it", a.beaten)
		return
	}
	var open []*audit.Allowlist
	for _, list := range a.lists {
		if len(list.Invalid) > 0 {
			j.Fail("%s: %s of %s", strings.Join(list.Invalid, ", "), invalidWords(a, list), list.Where)
		}
		if list.Open() != "" {
			open = append(open, list)
		}
	}
	if a.any && len(open) < len(a.lists) {
		open = nil // another list is narrow, and holds too
		a.gaps = nil
	}
	if a.noteGaps(j) && a.any {
		return // what isn't known may be narrow
	}
	for _, list := range open {
		j.Fail("%s lets in half or more of all %s addresses: %s", list.Where, list.Open(), list.Text)
	}
	if len(open) == 0 {
		j.Pass("%s", narrowWords(a))
	}
}

// invalidWords says what an entry that can't be read is, and what comes of it.
func invalidWords(a *allowlisted, list *audit.Allowlist) string {
	words := "no address and no range"
	if len(list.Invalid) > 1 {
		words = "no addresses and no ranges"
	}
	if a.at.Name == "ingress-nginx" && strings.HasPrefix(list.Where, "metadata.") {
		return words + ", so that ingress-nginx answers everybody with 503,"
	}
	return words
}

func narrowWords(a *allowlisted) string {
	ranges := 0
	for _, list := range a.lists {
		ranges += len(list.Ranges)
	}
	if slices.ContainsFunc(a.lists, func(l *audit.Allowlist) bool { return len(l.Ranges) == 0 && len(l.Invalid) == 0 }) {
		return "nobody is let in: a list is empty"
	}
	return counted(ranges, "range") + ", less than half of the addresses of each family"
}
