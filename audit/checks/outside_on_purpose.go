package checks

import (
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	corev1 "k8s.io/api/core/v1"
)

// metadataServices are where clouds hand out credentials to whoever asks from a node
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
var metadataServices = []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}

var outsideOnPurpose = audit.Check{
	ID:       "NET-05",
	Title:    "The outside is let in, and reached, on purpose",
	Expected: "not every outside address may connect to it, unless an Ingress, Gateway or LoadBalancer leads there or it is a controller; it may not reach 169.254.169.254 or fd00:ec2::254 on 80/TCP",
	Doc: "Ingress from every address makes sense for what an Ingress, a Gateway or a load balancer leads to, and for nothing else. " +
		"The metadata service of a cloud hands the node's credentials to every Pod that may ask it.",
	Logic: "Over workloads that policies isolate: every address of a family outside the cluster, or half or more of its public ones (private ranges count neither way), may connect, and no Ingress, Gateway or LoadBalancer leads to it: warning. " +
		"Egress to 169.254.169.254 or fd00:ec2::254 on 80/TCP is allowed: warning. A direction in which nothing isolates the workload is NET-01's or NET-02's.",
	Fix:         "Let in only the addresses or Pods that have to connect; except 169.254.169.254/32 from the ipBlock that allows egress.",
	Controls:    refs(networks("The border to the outside is opened on purpose only.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies},
	Uses:        slices.Concat(podControllers, otherPolicies, []audit.Resource{audit.Services, audit.Ingresses, audit.HTTPRoutes, audit.GRPCRoutes, audit.TLSRoutes, audit.TCPRoutes, audit.UDPRoutes}),
	Run: func(f *audit.Facts) []audit.Finding {
		view := viewReach(f)
		fronted := f.Fronted()
		findings := make([]audit.Finding, 0, len(f.Workloads))
		for i := range f.Workloads {
			findings = append(findings, view.judgeBorder(&f.Workloads[i], fronted[i]))
		}
		return findings
	},
}

func (v *reachView) judgeBorder(w *audit.Workload, fronted []string) audit.Finding {
	j := audit.Judge(w.Subject)
	j.Speaks(w.Pods, nil)
	in, out := v.Isolation(w, netpol.Ingress), v.Isolation(w, netpol.Egress)
	_, isController := v.Fronts.Controller(w.Subject)
	judged := false
	if in.Verdict == netpol.Restricted || in.Verdict == netpol.Open {
		judged = true
		open, who, doubtful := v.openTo(w)
		gap, unread := firstGap(v.Facts, w.Subject.Namespace, audit.Services, audit.Ingresses, audit.HTTPRoutes, audit.GRPCRoutes, audit.TLSRoutes, audit.TCPRoutes, audit.UDPRoutes)
		switch {
		case len(open) == 0 && doubtful:
			j.NotAssessed(audit.Unknown, "whether every outside address may connect to it hangs on a policy that can't be understood or wasn't read")
		case len(open) == 0:
			selecting(v.Facts, j, in.SelectedBy, netpol.Ingress)
			j.Pass("not every outside address may connect to it")
		case isController:
			v.openEvidence(j, w, in.SelectedBy)
			j.Pass("%s may connect to it, a controller of Ingresses or Gateways", who)
		case len(fronted) > 0:
			v.openEvidence(j, w, in.SelectedBy)
			j.Evidence("Ingresses, routes and Services that lead to it", several(fronted), audit.Configured)
			j.Pass("%s may connect to it; %s leads there", who, several(fronted))
		case unread:
			j.NotAssessed(gap.Reason, "%s of %s may connect to it; whether anything leads there isn't known: %s", who, several(open), gap.Message)
		default:
			v.openEvidence(j, w, in.SelectedBy)
			j.Warn("%s of %s may connect to it, and no Ingress, Gateway or load balancer leads there (%s)", who, several(open), policyList(in.SelectedBy))
		}
	}
	if out.Verdict == netpol.Restricted || out.Verdict == netpol.Open {
		judged = true
		switch asked, doubtful := v.metadata(w); {
		case len(asked) > 0:
			v.metadataEvidence(j, w, out.SelectedBy)
			j.Warn("may ask a cloud's metadata service at %s on TCP 80 (%s)", several(asked), policyList(out.SelectedBy))
		case doubtful:
			j.NotAssessed(audit.Unknown, "whether it may ask a cloud's metadata service hangs on a policy that can't be understood or wasn't read")
		default:
			selecting(v.Facts, j, out.SelectedBy, netpol.Egress)
			j.Pass("may not ask a cloud's metadata service")
		}
	}
	for _, isolation := range []audit.WorkloadIsolation{in, out} {
		if isolation.Verdict == netpol.Indeterminate {
			judged = true
			j.NotAssessed(audit.Unknown, "what the outside may do hangs on a policy that can't be understood or wasn't read")
		}
	}
	if !judged {
		j.NotApplicable("no policy isolates it (see NET-01, NET-02)")
	}
	return j.Finding()
}

// A publicFamily is the public addresses of a family. Of IPv6 those are the global unicast
// ones (https://www.iana.org/assignments/ipv6-address-space/): ::/0 without them is nobody.
type publicFamily struct {
	name  string
	space netip.Prefix
}

var publicFamilies = []publicFamily{{"IPv4", netip.MustParsePrefix("0.0.0.0/0")}, {"IPv6", netip.MustParsePrefix("2000::/3")}}

// openTo returns the families of which every outside address, or half or more of the
// public ones, may connect to a workload on some port, and in words which of both it is;
// doubtful, whether one more may be such.
func (v *reachView) openTo(w *audit.Workload) (open []string, who string, doubtful bool) {
	who = "every address"
	for _, pod := range v.classes(w.Members) {
		paths := v.Policies.Reach.Outside(pod, netpol.Ingress)
		for _, family := range publicFamilies {
			seen, closed, shut := v.closedTo(paths, family)
			switch {
			case !seen:
			case closed <= 0.5: // as SRC-01 has it of lists
				if closed > 0 {
					who = "half or more of all public addresses"
				}
				if !slices.Contains(open, family.name) {
					open = append(open, family.name)
				}
			case shut <= 0.5:
				doubtful = true
			}
		}
	}
	slices.Sort(open)
	return open, who, doubtful
}

// closedTo returns which share of a family's public addresses may not connect, by what is
// known (closed) and whatever is true of what isn't (shut). Private ranges count as
// neither: what blocks hold of the Pods' own networks is cut out of most rules.
func (v *reachView) closedTo(paths []netpol.Path, family publicFamily) (seen bool, closed, shut float64) {
	for i := range paths {
		path := &paths[i]
		if path.Outside.First.BitLen() != family.space.Addr().BitLen() {
			continue
		}
		seen = true
		if !path.Allowed.Empty() {
			continue
		}
		for _, p := range path.Outside.Prefixes() {
			if v.IsPrivate(p) {
				continue
			}
			closed += family.share(p)
			if path.Indeterminate.Empty() {
				shut += family.share(p)
			}
		}
	}
	return seen, closed, shut
}

// share returns which share of a family's public addresses a network holds.
func (f *publicFamily) share(p netip.Prefix) float64 {
	switch {
	case !p.Overlaps(f.space):
		return 0
	case p.Bits() <= f.space.Bits():
		return 1
	}
	return math.Ldexp(1, f.space.Bits()-p.Bits())
}

// metadata returns the metadata services that a workload may ask.
func (v *reachView) metadata(w *audit.Workload) (asked []string, doubtful bool) {
	for _, pod := range v.classes(w.Members) {
		for _, a := range metadataServices {
			for _, path := range v.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.OutsideEndpoint(netip.PrefixFrom(a, a.BitLen()))) {
				if path.Allowed.Allows(corev1.ProtocolTCP, 80) && v.hasFamily(pod, a) && !slices.Contains(asked, a.String()) {
					asked = append(asked, a.String())
				}
				doubtful = doubtful || path.Indeterminate.Allows(corev1.ProtocolTCP, 80)
			}
		}
	}
	slices.SortFunc(asked, strings.Compare)
	return asked, doubtful
}

// openEvidence notes the rules that let outside addresses connect to a workload; where none
// does, policies that select it and keep nobody out.
func (v *reachView) openEvidence(j *audit.Judgement, w *audit.Workload, by []netpol.PolicyRef) {
	ruled := false
	for _, pod := range v.classes(w.Members) {
		for _, path := range v.Policies.Reach.Outside(pod, netpol.Ingress) {
			if len(path.Outside.Prefixes()) > 0 && !v.IsPrivate(path.Outside.Prefixes()[0]) {
				ruled = rulesEvidence(j, path.Ingress, "lets addresses outside the cluster in") || ruled
			}
		}
	}
	if !ruled {
		selecting(v.Facts, j, by, netpol.Ingress)
	}
}

// metadataEvidence notes the rules that let a workload ask a metadata service; where none does,
// policies that select it and don't keep it from that.
func (v *reachView) metadataEvidence(j *audit.Judgement, w *audit.Workload, by []netpol.PolicyRef) {
	ruled := false
	for _, pod := range v.classes(w.Members) {
		for _, a := range metadataServices {
			if !v.hasFamily(pod, a) {
				continue
			}
			for _, path := range v.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.OutsideEndpoint(netip.PrefixFrom(a, a.BitLen()))) {
				if path.Allowed.Allows(corev1.ProtocolTCP, 80) {
					ruled = rulesEvidence(j, path.Egress, "allows connections to "+a.String()) || ruled
				}
			}
		}
	}
	if !ruled {
		selecting(v.Facts, j, by, netpol.Egress)
	}
}

// hasFamily reports whether a Pod has an address of another's family; a Pod without any is
// taken to have IPv4.
func (v *reachView) hasFamily(pod int, a netip.Addr) bool {
	addresses := v.Policies.Cluster.Pods[pod].Addresses
	if len(addresses) == 0 {
		return a.Is4()
	}
	return slices.ContainsFunc(addresses, func(b netip.Addr) bool { return a.Is4() == b.Is4() })
}
