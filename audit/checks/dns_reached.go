package checks

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	corev1 "k8s.io/api/core/v1"
)

var dnsReached = audit.Check{
	ID:       "DNS-03",
	Title:    "Workloads that are isolated for egress may ask the cluster's DNS",
	Expected: "declared policy lets it reach the DNS in use by UDP and by TCP: its Pods at their target port, a cache on the nodes or a managed DNS at port 53",
	Doc:      "An egress policy that forgets DNS breaks every name, and is mostly mended by a rule that opens far too much.",
	Logic: "Over workloads that policies isolate for egress: the DNS in use may be reached by UDP and by TCP, each on its own target port, by declared policy; " +
		"with NodeLocal DNSCache or a managed DNS its address counts. Denied: warning. It can't be told: not assessed. Not isolated: no subject.",
	Fix: "Allow egress to the DNS in use: to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], " +
		"ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}].",
	Controls:    refs(supportsServices("Who may not ask the DNS can't use services by name.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods, audit.NetworkPolicies, audit.Services},
	Uses:        slices.Concat(podControllers, otherPolicies),
	Run: func(f *audit.Facts) []audit.Finding {
		r := newResolver(f)
		if len(r.pods)+len(f.DNS.Addresses) == 0 && len(f.Workloads) > 0 {
			j := audit.Judge(audit.ClusterSubject())
			j.NotAssessed(audit.Unknown, "no DNS that this build knows, with Pods that answer, was found")
			return []audit.Finding{j.Finding()}
		}
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			switch isolation := f.Isolation(w, netpol.Egress); isolation.Verdict {
			case netpol.Restricted:
				findings = append(findings, r.judge(w, isolation))
			case netpol.Indeterminate: // perhaps isolated; where it gets there anyhow there is nothing to say
				if finding := r.judge(w, isolation); finding.Status != audit.Pass {
					findings = append(findings, finding)
				}
			}
		}
		return findings
	},
}

// A resolver answers whether workloads reach the DNS in use.
type resolver struct {
	*audit.Facts
	view *reachView
	pods []dnsPort
}

// A dnsPort is a Pod that answers, and the port on which it does so by a protocol.
type dnsPort struct {
	pod      int
	port     int32
	protocol corev1.Protocol
}

func newResolver(f *audit.Facts) *resolver {
	r := &resolver{Facts: f, view: viewReach(f)}
	for _, d := range f.DNS.Services {
		for _, p := range d.Service.Ports {
			if p.Port != 53 {
				continue
			}
			for _, w := range f.Fronts.Behind(d.Service) {
				for _, member := range f.Workloads[w].Members {
					n, ok := targetOf(&f.Policies.Cluster.Pods[member], p)
					if to := (dnsPort{member, n, corev1.Protocol(p.Protocol)}); ok && !slices.Contains(r.pods, to) {
						r.pods = append(r.pods, to)
					}
				}
			}
		}
	}
	return r
}

// targetOf resolves a Service's target port on a Pod.
func targetOf(pod *netpol.Pod, p audit.ServicePort) (int32, bool) {
	if n, err := strconv.ParseInt(p.TargetPort, 10, 32); err == nil {
		return int32(n), true
	}
	for _, declared := range pod.Ports {
		if declared.Name == p.TargetPort && string(declared.Protocol) == p.Protocol {
			return declared.Number, true
		}
	}
	return 0, false
}

func (r *resolver) judge(w *audit.Workload, isolation audit.WorkloadIsolation) audit.Finding {
	j := audit.Judge(w.Subject)
	j.Speaks(w.Pods, nil)
	j.Command("kubevidence reach --from %s --to %s --port 53/UDP", audit.Quote(w.Subject.Namespace+"/"+w.Subject.Name), audit.Quote(r.target()))
	var denied, doubtful []string
	var way *netpol.Path
	for _, pod := range r.view.classes(w.Members) {
		for _, protocol := range []corev1.Protocol{corev1.ProtocolUDP, corev1.ProtocolTCP} {
			allowed, doubt := r.reaches(pod, protocol)
			switch {
			case allowed != nil:
				way = allowed
			case doubt:
				doubtful = append(doubtful, string(protocol))
			default:
				denied = append(denied, string(protocol))
			}
		}
	}
	slices.Sort(denied)
	slices.Sort(doubtful)
	denied, doubtful = slices.Compact(denied), slices.Compact(doubtful)
	gap, unread := firstGap(r.Facts, "", audit.DaemonSets)
	switch {
	case unread && len(r.DNS.Addresses) == 0:
		j.NotAssessed(gap.Reason, "which DNS is in use, a cache on the nodes or its Pods, isn't known: %s", gap.Message)
	case len(denied) > 0:
		policiesEvidence(j, isolation.SelectedBy, "spec.egress", "no rule allows the DNS ("+r.target()+") by "+several(denied))
		if len(isolation.SelectedBy) == 0 {
			isolatesAll(j)
		}
		j.Warn("may not ask the DNS (%s) by %s: no rule of %s allows it", r.target(), several(denied), isolators(r.Facts, isolation))
	case len(doubtful) > 0:
		j.NotAssessed(audit.Unknown, "whether it may ask the DNS (%s) by %s hangs on a policy that can't be understood or wasn't read", r.target(), several(doubtful))
	default:
		if way == nil || !rulesEvidence(j, way.Egress, "lets it connect to the DNS ("+r.target()+")") {
			selecting(r.Facts, j, isolation.SelectedBy, netpol.Egress)
		}
		j.Pass("isolated for egress, and may ask the DNS (%s)", r.target())
	}
	return j.Finding()
}

// target names the DNS in use.
func (r *resolver) target() string {
	if len(r.DNS.Addresses) > 0 {
		return r.DNS.Addresses[0].Address.String()
	}
	p := &r.Policies.Cluster.Pods[r.pods[0].pod]
	return p.Namespace + "/" + p.Name
}

// reaches returns a way on which a Pod may ask the DNS by a protocol, nil for none, and
// whether there may be one: to an address of NodeLocal DNSCache or of a managed DNS, else to
// any of the Pods that answer.
func (r *resolver) reaches(pod int, protocol corev1.Protocol) (allowed *netpol.Path, doubtful bool) {
	note := func(path *netpol.Path, port int32) {
		if allowed == nil && path.Allowed.Allows(protocol, port) {
			allowed = path
		}
		doubtful = doubtful || path.Indeterminate.Allows(protocol, port)
	}
	if len(r.DNS.Addresses) > 0 {
		a := r.DNS.Addresses[0].Address
		for _, path := range r.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.OutsideEndpoint(netip.PrefixFrom(a, a.BitLen()))) {
			note(&path, 53)
		}
		return allowed, doubtful
	}
	seen := map[dnsPort]bool{}
	for _, to := range r.answering(protocol) {
		class := dnsPort{r.Policies.Reach.Class(to.pod), to.port, protocol}
		if seen[class] {
			continue
		}
		seen[class] = true
		note(&r.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.PodEndpoint(to.pod))[0], to.port)
	}
	return allowed, doubtful
}

// answering are the Pods that answer by a protocol; where the Service has no port for it
// those of the other one.
func (r *resolver) answering(protocol corev1.Protocol) []dnsPort {
	var list []dnsPort
	for _, to := range r.pods {
		if to.protocol == protocol {
			list = append(list, to)
		}
	}
	if len(list) == 0 {
		return r.pods
	}
	return list
}
