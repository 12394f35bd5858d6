package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var privateAddresses = audit.Check{
	ID:       "PRV-01",
	Title:    "Pods, Services and Nodes have private addresses",
	Expected: "its addresses lie in RFC 1918, RFC 4193 or network.privateRanges, or in a range that the nodes' provider keeps private; a Node states an InternalIP and no ExternalIP",
	Doc:      "The private network deserves its name where its addresses can't be reached from the Internet: RFC 1918, RFC 4193, or ranges that the organization states.",
	Logic: "Over Nodes (their InternalIP and the addresses of the Pods on them) and the networks of Services: an address outside RFC 1918, RFC 4193 and network.privateRanges: fail. " +
		"Shared address space (100.64.0.0/10) or IPv6 global unicast: warning, for whether it is reachable isn't visible to the API. A Node's ExternalIP: warning. A Node that states no InternalIP, or one that is no address: not assessed.",
	Fix:         "Move Pods, Services and Nodes to private networks. If a range is private by agreement with your provider, state it in network.privateRanges of the configuration.",
	Controls:    refs(networks("A network that can't be addressed from outside is controlled at its border.")),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Nodes, audit.Pods, audit.Services},
	Uses:        []audit.Resource{audit.ServiceCIDRs},
	Run: func(f *audit.Facts) []audit.Finding {
		onNode := map[string][]netip.Addr{}
		for i := range f.Pods {
			p := &f.Pods[i]
			if p.HostNetwork {
				continue
			}
			for _, text := range p.Addresses {
				if a, err := netip.ParseAddr(text); err == nil {
					onNode[p.Node] = append(onNode[p.Node], a)
				}
			}
		}
		var findings []audit.Finding
		for i := range f.Nodes {
			n := &f.Nodes[i]
			j := audit.Judge(nodeSubject(n))
			judgeNodeAddresses(f, j, n)
			judgeAll(f, j, "the Pods on it", "Pods of Node "+n.Name+": status.podIPs", onNode[n.Name])
			j.Pass("its address and those of its Pods are private")
			findings = append(findings, j.Finding())
			delete(onNode, n.Name)
		}
		var elsewhere, services []netip.Addr
		for _, addresses := range onNode {
			elsewhere = append(elsewhere, addresses...)
		}
		for i := range f.Services {
			for _, text := range f.Services[i].ClusterIPs {
				if a, err := netip.ParseAddr(text); err == nil {
					services = append(services, a)
				}
			}
		}
		for _, network := range []struct {
			name, field string
			addresses   []netip.Addr
		}{{"Pods", "status.podIPs", elsewhere}, {"Services", "spec.clusterIPs", services}} {
			if len(network.addresses) == 0 {
				continue
			}
			j := audit.Judge(audit.Subject{Kind: "Network", Name: strings.ToLower(network.name)})
			j.Observed("%s of %s", countedAddresses(len(network.addresses)), network.name)
			j.Command("kubectl get %s -A -o wide", strings.ToLower(network.name))
			judgeAll(f, j, "the "+network.name, network.name+": "+network.field, network.addresses)
			j.Pass("the addresses of the %s are private", network.name)
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

func countedAddresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return strings.TrimSuffix(counted(n, "address"), "s") + "es"
}

func nodeSubject(n *audit.Node) audit.Subject {
	return audit.Subject{APIVersion: "v1", Kind: "Node", Name: n.Name, UID: n.UID, ResourceVersion: n.ResourceVersion}
}

// judgeNodeAddresses judges the addresses that a Node states. Without an InternalIP, or with
// one that can't be read, it isn't known under which it is reached.
func judgeNodeAddresses(f *audit.Facts, j *audit.Judgement, n *audit.Node) {
	stated := false
	for _, address := range n.Addresses {
		if address.Type != "InternalIP" && address.Type != "ExternalIP" {
			continue // a name
		}
		stated = stated || address.Type == "InternalIP"
		switch a, err := netip.ParseAddr(address.Address); {
		case err != nil:
			j.NotAssessed(audit.Unknown, "its %s %q is no address", address.Type, address.Address)
		case address.Type == "ExternalIP":
			j.Evidence("status.addresses[type=ExternalIP]", address.Address, audit.Configured)
			j.Warn("has the external address %s: it is reached from outside unless a firewall says otherwise", a)
		default:
			j.Evidence(internalIP, a.String(), audit.Configured)
			judgeAddress(f, j, "its InternalIP", a)
		}
	}
	if !stated {
		j.NotAssessed(audit.Unknown, "it states no InternalIP")
	}
}

// judgeAll says what is true of many addresses once, by the first of them.
func judgeAll(f *audit.Facts, j *audit.Judgement, whose, path string, addresses []netip.Addr) {
	slices.SortFunc(addresses, netip.Addr.Compare)
	like := map[audit.Privacy]int{} // addresses that the first of them hasn't spoken for
	for _, a := range addresses {
		like[f.PrivacyOf(a)]++
	}
	for _, a := range addresses {
		privacy := f.PrivacyOf(a)
		n := like[privacy]
		if n == 0 {
			continue
		}
		like[privacy] = 0
		text := a.String()
		if n > 1 {
			text = fmt.Sprintf("%s and %d more", a, n-1)
		}
		j.Evidence(path, text, audit.Configured)
		judgeAddress(f, j, whose, a)
	}
}

func judgeAddress(f *audit.Facts, j *audit.Judgement, whose string, a netip.Addr) {
	switch f.PrivacyOf(a) {
	case audit.PublicAddress:
		j.Fail("%s: %s is a public address", whose, a)
	case audit.UnclearAddress:
		j.Warn("%s: %s is in a range of which the API doesn't show whether it is reachable (100.64.0.0/10, or IPv6 global unicast)", whose, a)
	}
}

// dockerBridge is the network that Docker gives its bridge on each node
// (https://docs.docker.com/engine/network/drivers/bridge/).
var dockerBridge = netip.MustParsePrefix("172.17.0.0/16")

var rangesDontOverlap = audit.Check{
	ID:       "PRV-03",
	Title:    "The address ranges of Pods, Services and Nodes don't overlap",
	Expected: "its ranges overlap no other podCIDR or ServiceCIDR (two ServiceCIDRs may) and not 172.17.0.0/16, and hold no Node's address; a Node's InternalIP is its own, outside 172.17.0.0/16",
	Doc:      "Where ranges overlap an address belongs to two, and traffic reaches the wrong one, or goes round what should stop it.",
	Logic: "Over Node podCIDRs, Node addresses and ServiceCIDRs: one overlaps another, or holds a Node's address, or two Nodes have one InternalIP: fail (but two ServiceCIDRs, which may). It overlaps 172.17.0.0/16, Docker's bridge: warning. " +
		"Without ServiceCIDR objects (before Kubernetes 1.33) the range of Services isn't known and isn't judged; without podCIDRs (as with some plugins) that of Pods isn't.",
	Fix:         "Plan ranges that don't overlap: --cluster-cidr, --service-cluster-ip-range and the plugin's pools; a range in use can't be changed without moving workloads.",
	Controls:    refs(supportsNetworks("Ranges that don't overlap keep networks apart.")),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Nodes},
	Uses:        []audit.Resource{audit.ServiceCIDRs},
	Run: func(f *audit.Facts) []audit.Finding {
		type owned struct {
			subject audit.Subject
			ranges  []netip.Prefix
		}
		var all []owned
		held, owner := nodeAddresses(f)
		for i := range f.Nodes {
			all = append(all, owned{nodeSubject(&f.Nodes[i]), prefixes(f.Nodes[i].PodCIDRs)})
		}
		for i := range f.ServiceCIDRs {
			c := &f.ServiceCIDRs[i]
			all = append(all, owned{audit.Subject{APIVersion: "networking.k8s.io/v1", Kind: "ServiceCIDR", Name: c.Name, UID: c.UID, ResourceVersion: c.ResourceVersion}, prefixes(c.CIDRs)})
		}
		var findings []audit.Finding
		for i := range all {
			j := audit.Judge(all[i].subject)
			clash, field := overlaps{Judgement: j}, rangesField[all[i].subject.Kind]
			said := false
			for _, a := range held {
				switch {
				case all[i].subject.Kind != "Node":
				case a.node == all[i].subject.Name && dockerBridge.Contains(a.Addr):
					said = true
					j.Evidence(internalIP, a.String(), audit.Configured)
					j.Warn("its address %s is in %s, which Docker gives its bridge on each node", a.Addr, dockerBridge)
				case a.node != all[i].subject.Name && owner[a.Addr][all[i].subject.Name]:
					said = true
					clash.note(internalIP, a.String(), "Node "+a.node+": "+internalIP, a.String())
					j.Fail("its address %s is also that of Node %s", a.Addr, a.node)
				}
			}
			if len(all[i].ranges) == 0 {
				if !said {
					j.NotApplicable("states no range")
				}
				findings = append(findings, j.Finding())
				continue
			}
			var words []string
			for _, p := range all[i].ranges {
				words = append(words, p.String())
				for k := range all {
					for _, q := range all[k].ranges {
						if i != k && p.Overlaps(q) && !(all[i].subject.Kind == "ServiceCIDR" && all[k].subject.Kind == "ServiceCIDR") {
							clash.note(field, p.String(), all[k].subject.String()+": "+rangesField[all[k].subject.Kind], q.String())
							j.Fail("%s overlaps %s of %s", p, q, all[k].subject)
						}
					}
				}
				for _, a := range held {
					if p.Contains(a.Addr) {
						clash.note(field, p.String(), "Node "+a.node+": "+internalIP, a.String())
						j.Fail("%s holds %s, the address of Node %s", p, a.Addr, a.node)
					}
				}
				if p.Overlaps(dockerBridge) {
					j.Evidence(field, p.String(), audit.Configured)
					j.Warn("%s overlaps %s, which Docker gives its bridge on each node", p, dockerBridge)
				}
			}
			j.Observed("%s", several(words))
			j.Evidence(field, several(words), audit.Configured)
			if gap, unread := f.Unread(audit.ServiceCIDRs, ""); unread && all[i].subject.Kind == "Node" {
				j.NotAssessed(gap.Reason, "whether it overlaps the range of Services isn't known: %s", gap.Message)
			}
			j.Pass("%s overlaps no other range", several(words))
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// internalIP is where a Node states its address within the cluster's network.
const internalIP = "status.addresses[type=InternalIP]"

// rangesField is where an object of a kind states its ranges.
var rangesField = map[string]string{"Node": "spec.podCIDRs", "ServiceCIDR": "spec.cidrs"}

// overlaps notes what is in the way of a Node or range, the first of it.
type overlaps struct {
	*audit.Judgement
	noted int
}

func (o *overlaps) note(path, value, otherPath, otherValue string) {
	if o.noted++; o.noted <= mostEvidence {
		o.Evidence(path, value, audit.Configured)
		o.Evidence(otherPath, otherValue, audit.Configured)
	}
}

// A heldAddress is an InternalIP and the Node that has it.
type heldAddress struct {
	netip.Addr
	node string
}

// nodeAddresses lists the addresses of Nodes within the cluster's network, and the Nodes
// that have each.
func nodeAddresses(f *audit.Facts) (held []heldAddress, owner map[netip.Addr]map[string]bool) {
	owner = map[netip.Addr]map[string]bool{}
	for i := range f.Nodes {
		for _, address := range f.Nodes[i].Addresses {
			a, err := netip.ParseAddr(address.Address)
			if err != nil || address.Type != "InternalIP" {
				continue
			}
			held = append(held, heldAddress{a, f.Nodes[i].Name})
			if owner[a] == nil {
				owner[a] = map[string]bool{}
			}
			owner[a][f.Nodes[i].Name] = true
		}
	}
	return held, owner
}
