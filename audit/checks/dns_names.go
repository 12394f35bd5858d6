package checks

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var dnsNamesUsed = audit.Check{
	ID:       "DNS-02",
	Title:    "Workloads use names, not the addresses of Pods",
	Expected: "its containers' env, command and args hold no address of a Pod, of a Service or of their networks, as a bare IP; those of nodes don't count",
	Doc:      "A Pod's address is another Pod's tomorrow: who connects to it by number reaches whoever has it then. A name follows the workload.",
	Logic: "IP addresses that stand bare in a container's environment, command or arguments (networks, loopback, unspecified and listen addresses aside): " +
		"the address of a Pod that runs now: fail. A Service's ClusterIP, or another address in the ranges of Pods or Services: warning. Addresses of nodes, and of Pods in their network, don't count. Values are never kept.",
	Fix:         "Use the Service's name (name.namespace.svc) instead of the address.",
	Controls:    refs(supportsServices("Names keep a connection with the service that was meant.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        slices.Concat(podControllers, []audit.Resource{audit.Services, audit.Nodes, audit.ServiceCIDRs}),
	Run: func(f *audit.Facts) []audit.Finding {
		book := newAddressBook(f)
		templates := templatesOf(f)
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			j := audit.Judge(w.Subject)
			j.Speaks(w.Pods, nil)
			said, deviates := map[audit.Literal]bool{}, false
			needed := book.platform(f, w)
			for _, t := range templates[w.Subject.Key()] {
				for _, l := range t.Literals {
					if !said[l] {
						said[l] = true
						deviates = book.judge(j, l, needed) || deviates
					}
				}
			}
			j.Pass("no address of a Pod or a Service stands in its environment or arguments")
			if gap, unread := firstGap(f, "", audit.Services, audit.Nodes, audit.ServiceCIDRs); unread && len(said) > 0 {
				j.NotAssessed(gap.Reason, "whether its addresses are those of Services, or in their or the Pods' network, isn't known: %s", gap.Message)
			} else if !deviates {
				value := "no address of a Pod or a Service"
				if _, admin := f.Administrators[w.Subject.Namespace]; admin || w.Mirror {
					value += " but what the platform needs as numbers"
				}
				j.Evidence(podField(w.Subject, "containers[]: env, command, args"), value, audit.Configured)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// An addressBook knows whose addresses there are.
type addressBook struct {
	nodes    map[netip.Addr]bool
	pods     map[netip.Addr]string
	services map[netip.Addr]string
	dns      map[netip.Addr]bool // which can't be asked for by a name
	ranges   []netip.Prefix
}

func newAddressBook(f *audit.Facts) *addressBook {
	b := &addressBook{map[netip.Addr]bool{}, map[netip.Addr]string{}, map[netip.Addr]string{}, map[netip.Addr]bool{}, nil}
	for i := range f.Nodes {
		for _, a := range f.Nodes[i].Addresses {
			if parsed, err := netip.ParseAddr(a.Address); err == nil {
				b.nodes[parsed.Unmap()] = true
			}
		}
		b.ranges = append(b.ranges, prefixes(f.Nodes[i].PodCIDRs)...)
	}
	for i := range f.Policies.Cluster.Pods {
		p := &f.Policies.Cluster.Pods[i]
		for _, a := range p.Addresses {
			if p.HostNetwork {
				b.nodes[a.Unmap()] = true
			} else {
				b.pods[a.Unmap()] = p.Namespace + "/" + p.Name
			}
		}
	}
	for i := range f.Services {
		for _, text := range f.Services[i].ClusterIPs {
			if a, err := netip.ParseAddr(text); err == nil {
				b.services[a.Unmap()] = f.Services[i].Namespace + "/" + f.Services[i].Name
			}
		}
	}
	for _, d := range f.DNS.Services {
		for _, text := range d.Service.ClusterIPs {
			if a, err := netip.ParseAddr(text); err == nil {
				b.dns[a.Unmap()] = true
			}
		}
	}
	for i := range f.ServiceCIDRs {
		b.ranges = append(b.ranges, prefixes(f.ServiceCIDRs[i].CIDRs)...)
	}
	return b
}

func prefixes(texts []string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil {
			list = append(list, p.Masked())
		}
	}
	return list
}

// platform returns which addresses a workload needs as numbers, because it is the
// platform's: all of them for static Pods, which are told where the API server's Service
// starts, and for k3s's ServiceLB, which forwards to a ClusterIP; the DNS' own in an
// administrator's namespace.
func (b *addressBook) platform(f *audit.Facts, w *audit.Workload) func(netip.Addr) bool {
	_, admin := f.Administrators[w.Subject.Namespace]
	c, _ := f.Fronts.Controller(w.Subject)
	all := w.Mirror || admin && c == "k3s ServiceLB"
	return func(a netip.Addr) bool { return all || admin && b.dns[a] }
}

// judge says what a literal is the address of, and reports whether that deviates.
func (b *addressBook) judge(j *audit.Judgement, l audit.Literal, needed func(netip.Addr) bool) bool {
	a, err := netip.ParseAddr(l.Address)
	if err != nil || needed(a) || b.nodes[a] {
		return false
	}
	place := "container " + l.Container + ": " + l.Field + " " + l.Name
	switch {
	case b.pods[a] != "":
		j.Evidence(place, l.Address, audit.Configured)
		j.Fail("%s holds %s, the address of Pod %s", place, l.Address, b.pods[a])
	case b.services[a] != "":
		j.Evidence(place, l.Address, audit.Configured)
		j.Warn("%s holds %s, the ClusterIP of Service %s", place, l.Address, b.services[a])
	case slices.ContainsFunc(b.ranges, func(p netip.Prefix) bool { return p.Contains(a) }):
		j.Evidence(place, l.Address, audit.Configured)
		j.Warn("%s holds %s, an address of the Pods' or Services' network that nothing has now", place, l.Address)
	default:
		return false
	}
	return true
}

var dnsResolversOwn = audit.Check{
	ID:          "DNS-04",
	Title:       "Workloads ask the cluster's resolvers",
	Expected:    "dnsPolicy is not None, nor Default outside the node's network, and dnsConfig names no public nameserver; the cluster's DNS itself may",
	Doc:         "A workload that asks another resolver tells it which services it looks for, and may be answered anything.",
	Logic:       "dnsPolicy None, or Default outside the host's network (the cluster's DNS itself aside), or a public nameserver in dnsConfig: warning.",
	Fix:         "Remove dnsPolicy and dnsConfig from the Pod template; names outside the cluster are the DNS' to forward.",
	Controls:    refs(supportsServices("Resolvers of one's own choice go round the network service that is controlled.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        slices.Concat(podControllers, []audit.Resource{audit.Services}),
	Run: func(f *audit.Facts) []audit.Finding {
		templates := templatesOf(f)
		own := map[string]bool{} // workloads of the cluster's DNS, and of what keeps it
		for i := range f.Controllers {
			if c, ok := audit.Components.Named(f.Controllers[i].Component); ok && c.Role == "dns" {
				own[f.Controllers[i].Subject().Key()] = true
			}
		}
		for _, d := range f.DNS.Services {
			for _, w := range f.Fronts.Behind(d.Service) {
				own[f.Workloads[w].Subject.Key()] = true
			}
		}
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			j := audit.Judge(w.Subject)
			j.Speaks(w.Pods, nil)
			for _, t := range templates[w.Subject.Key()] {
				j.Evidence(podField(w.Subject, "dnsPolicy"), cmp.Or(t.DNSPolicy, "ClusterFirst"), audit.Configured)
				if t.HostNetwork && t.DNSPolicy == "Default" {
					j.Evidence(podField(w.Subject, "hostNetwork"), "true", audit.Configured)
				}
				if len(t.Nameservers) > 0 {
					j.Evidence(podField(w.Subject, "dnsConfig.nameservers"), several(t.Nameservers), audit.Configured)
				}
				if own[w.Subject.Key()] || w.Mirror {
					break
				}
				if t.DNSPolicy == "None" {
					j.Warn("dnsPolicy is None: it asks %s instead of the cluster's DNS", several(t.Nameservers))
				}
				if t.DNSPolicy == "Default" && !t.HostNetwork {
					if gap, unread := f.Unread(audit.Services, ""); unread {
						j.NotAssessed(gap.Reason, "dnsPolicy is Default; whether it is the cluster's DNS itself isn't known: %s", gap.Message)
					} else {
						j.Warn("dnsPolicy is Default: it asks the node's resolver, which knows no Service")
					}
				}
				for _, text := range t.Nameservers {
					if a, err := netip.ParseAddr(text); err == nil && publicResolver(f, a) {
						j.Warn("dnsConfig names %s, a public resolver", text)
					}
				}
			}
			j.Pass("asks the cluster's DNS")
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// publicResolver reports whether an address is one that the Internet asks. Of global IPv6
// addresses nobody can tell, but no cluster's resolver has one.
func publicResolver(f *audit.Facts, a netip.Addr) bool {
	privacy := f.PrivacyOf(a)
	return privacy == audit.PublicAddress || privacy == audit.UnclearAddress && a.Is6() && !a.Is4In6()
}
