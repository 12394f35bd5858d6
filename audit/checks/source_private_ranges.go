package checks

import (
	"net/netip"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var sourcePrivateRanges = audit.Check{
	ID:       "SRC-04",
	Title:    "Private ranges in a list of addresses are meant",
	Expected: "no range of the list is private (RFC 1918 or 4193, network.privateRanges, the provider’s), but behind internal load balancers alone that keep clients’ addresses; none is of the cluster’s own networks",
	Doc: "Whoever comes from the Internet has no private address. A private range in a list lets in the cluster’s own Pods and nodes, " +
		"and everybody where a node’s address takes the place of the client’s on the way.",
	Logic: "Of Ingresses for which a list holds: a range of it holds private addresses (RFC 1918, RFC 4193, network.privateRanges, or a range that the nodes’ provider keeps private), or some of the networks of Pods, Services and Nodes. Of a list that SRC-01 fails as open only what is such a range itself counts. " +
		"Clients’ addresses are lost on the way (SRC-02): fail, for the list admits everybody; kept: warning; internal load balancers alone lead to it, and no range is the cluster's: pass; not known: not assessed. No such range: pass.",
	Fix: "Take the private ranges out of the list, or say in a waiver who is meant by them. Where the address of clients is lost, SRC-02 says how to keep it; until then the list restricts nobody.",
	Controls: refs(
		networks("A list of addresses lets in those who are meant."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        slices.Concat(sourceUses, []audit.Resource{audit.ServiceCIDRs}),
	Run: func(f *audit.Facts) []audit.Finding {
		cluster := clusterRanges(f)
		return eachAllowlisted(f, "whether private ranges of its list are meant", func(f *audit.Facts, j *audit.Judgement, a *allowlisted) {
			judgePrivateRanges(f, j, a, cluster)
		})
	},
}

// clusterRanges are the networks of Pods and Services, and the addresses of Nodes.
func clusterRanges(f *audit.Facts) []netip.Prefix {
	var ranges []netip.Prefix
	for i := range f.Nodes {
		ranges = append(ranges, prefixes(f.Nodes[i].PodCIDRs)...)
		for _, address := range f.Nodes[i].Addresses {
			if a, err := netip.ParseAddr(address.Address); err == nil {
				ranges = append(ranges, netip.PrefixFrom(a, a.BitLen()))
			}
		}
	}
	for i := range f.ServiceCIDRs {
		ranges = append(ranges, prefixes(f.ServiceCIDRs[i].CIDRs)...)
	}
	return ranges
}

func judgePrivateRanges(f *audit.Facts, j *audit.Judgement, a *allowlisted, cluster []netip.Prefix) {
	a.evidence(j)
	found, own := privateRanges(f, a, cluster)
	if len(found) == 0 {
		if !(a.any && len(a.lists) > 0) && a.noteGaps(j) { // one list that is known may do
			return
		}
		for _, r := range []audit.Resource{audit.Nodes, audit.ServiceCIDRs} {
			if unread(f, j, r, "", "whether its ranges are the cluster's isn't known") {
				return
			}
		}
		if a.any && len(a.lists) > 1 {
			j.Pass("of the lists, each of which has to let a client in, one has no private range")
		} else {
			j.Pass("no range of the list is private")
		}
		return
	}
	if a.any && a.noteGaps(j) {
		return // a list that isn't known may be narrow
	}
	way := audit.Judge(a.Subject)
	judgeSource(f, way, a)
	arrives := way.Finding()
	switch {
	case arrives.Status == audit.Fail:
		j.Cause("SRC-02", a.Subject)
		j.Fail("%s of the list: clients’ addresses are lost on the way (%s), so that the list may admit everybody", several(found), arrives.Message)
	case arrives.Status != audit.Pass:
		j.NotAssessed(audit.Unknown, "%s of the list: whether clients’ addresses arrive isn't known (%s)", several(found), arrives.Message)
	case internalAlone(f, a) && len(own) == 0:
		j.Pass("%s of the list: internal load balancers alone lead to it", several(found))
	case internalAlone(f, a):
		j.Warn("%s of the list: internal load balancers alone lead to it, but these are the cluster’s own Pods, Services or nodes", several(own))
	default:
		j.Warn("%s of the list: nobody on the Internet has a private address or the cluster’s; its own Pods and nodes may", several(found))
	}
}

// privateRanges are the ranges of the lists that hold private addresses, or the cluster's own;
// own are the latter. Where several lists hold together, each has to have such a range.
func privateRanges(f *audit.Facts, a *allowlisted, cluster []netip.Prefix) (found, own []string) {
	for _, list := range a.lists {
		before := len(found)
		for _, p := range list.Ranges {
			ours := slices.ContainsFunc(cluster, p.Overlaps)
			within := func(network netip.Prefix) bool { return audit.Within(p, network) }
			if (ours || f.OverlapsPrivate(p)) && (!failsAsOpen(a, list) || slices.ContainsFunc(cluster, within) || f.IsPrivate(p)) {
				found = append(found, p.String())
				if ours {
					own = append(own, p.String())
				}
			}
		}
		if a.any && len(found) == before {
			return nil, nil
		}
	}
	return found, own
}

// failsAsOpen reports whether SRC-01 fails a list because it holds everybody, private
// addresses among them.
func failsAsOpen(a *allowlisted, list *audit.Allowlist) bool {
	open := func(l *audit.Allowlist) bool { return l.Open() != "" }
	return open(list) && (!a.any || !slices.ContainsFunc(a.lists, func(l *audit.Allowlist) bool { return !open(l) }))
}

// internalAlone reports whether all that leads to an Ingress from outside the cluster are
// internal load balancers.
func internalAlone(f *audit.Facts, a *allowlisted) bool {
	services := 0
	for _, instance := range a.at.instances {
		for _, s := range instance.Services {
			services++
			if balancing, _ := f.BalancingOf(s); s.Type != "LoadBalancer" || balancing != audit.InternalBalancer {
				return false
			}
		}
	}
	return services > 0
}
