package checks

import (
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
	Logic: "Over workloads that policies isolate: every address of a family outside the cluster may connect, and no Ingress, Gateway or LoadBalancer leads to it: warning. " +
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
		open, doubtful := v.openTo(w)
		gap, unread := firstGap(v.Facts, w.Subject.Namespace, audit.Services, audit.Ingresses, audit.HTTPRoutes, audit.GRPCRoutes, audit.TLSRoutes, audit.TCPRoutes, audit.UDPRoutes)
		switch {
		case len(open) == 0 && doubtful:
			j.NotAssessed(audit.Unknown, "whether every outside address may connect to it hangs on a policy that can't be understood or wasn't read")
		case len(open) == 0:
			j.Pass("not every outside address may connect to it")
		case isController:
			j.Pass("every address may connect to it, a controller of Ingresses or Gateways")
		case len(fronted) > 0:
			j.Pass("every address may connect to it; %s leads there", several(fronted))
		case unread:
			j.NotAssessed(gap.Reason, "every address of %s may connect to it; whether anything leads there isn't known: %s", several(open), gap.Message)
		default:
			j.Warn("every address of %s may connect to it, and no Ingress, Gateway or load balancer leads there (%s)", several(open), policyList(in.SelectedBy))
		}
	}
	if out.Verdict == netpol.Restricted || out.Verdict == netpol.Open {
		judged = true
		switch asked, doubtful := v.metadata(w); {
		case len(asked) > 0:
			j.Warn("may ask a cloud's metadata service at %s on TCP 80 (%s)", several(asked), policyList(out.SelectedBy))
		case doubtful:
			j.NotAssessed(audit.Unknown, "whether it may ask a cloud's metadata service hangs on a policy that can't be understood or wasn't read")
		default:
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

// openTo returns the families of which every outside address may connect to a workload on
// some port.
func (v *reachView) openTo(w *audit.Workload) (open []string, doubtful bool) {
	for _, pod := range v.classes(w.Members) {
		closed, seen := map[string]bool{}, map[string]bool{}
		for _, path := range v.Policies.Reach.Outside(pod, netpol.Ingress) {
			family := "IPv6"
			if path.Outside.First.Is4() {
				family = "IPv4"
			}
			seen[family] = true
			doubtful = doubtful || !path.Indeterminate.Empty()
			// What blocks hold of the Pods' own networks is cut out of most rules.
			if path.Allowed.Empty() && !v.private(path.Outside) {
				closed[family] = true
			}
		}
		for _, family := range []string{"IPv4", "IPv6"} {
			if seen[family] && !closed[family] && !slices.Contains(open, family) {
				open = append(open, family)
			}
		}
	}
	return open, doubtful
}

// private reports whether a range of addresses is inside one private network.
func (v *reachView) private(r netpol.AddressRange) bool {
	return v.PrivacyOf(r.First) == audit.PrivateAddress && v.PrivacyOf(r.Last) == audit.PrivateAddress && len(r.Prefixes()) < 16
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

// hasFamily reports whether a Pod has an address of another's family; a Pod without any is
// taken to have IPv4.
func (v *reachView) hasFamily(pod int, a netip.Addr) bool {
	addresses := v.Policies.Cluster.Pods[pod].Addresses
	if len(addresses) == 0 {
		return a.Is4()
	}
	return slices.ContainsFunc(addresses, func(b netip.Addr) bool { return a.Is4() == b.Is4() })
}
