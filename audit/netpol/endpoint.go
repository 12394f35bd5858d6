package netpol

import "net/netip"

// An Endpoint is one end of a connection: a Pod, or addresses outside the cluster.
type Endpoint struct {
	pod    int
	prefix netip.Prefix
}

// PodEndpoint is the Pod at an index of [Cluster.Pods].
func PodEndpoint(pod int) Endpoint { return Endpoint{pod: pod} }

// OutsideEndpoint is the addresses of a network outside the cluster. Addresses of Pods in it are not looked at as
// Pods. What they are by the time that policies see them, behind NAT or a load balancer, is undefined
// (https://kubernetes.io/docs/concepts/services-networking/network-policies).
func OutsideEndpoint(network netip.Prefix) Endpoint { return Endpoint{prefix: network.Masked()} }

func (e Endpoint) outside() bool { return e.prefix.IsValid() }

// An AddressRange is a range of addresses of one family, both ends included. The zero value stands for no addresses.
type AddressRange struct {
	First netip.Addr `json:"first"`
	Last  netip.Addr `json:"last"`
}

// String returns "first-last", or the network where the range is one: "10.0.0.0/8".
func (r AddressRange) String() string {
	if networks := r.Prefixes(); len(networks) == 1 {
		return networks[0].String()
	}
	return r.First.String() + "-" + r.Last.String()
}

// Prefixes returns the fewest networks that make up the range, in order.
func (r AddressRange) Prefixes() []netip.Prefix {
	var networks []netip.Prefix
	for next := r.First; next.IsValid() && !r.Last.Less(next); {
		bits := next.BitLen()
		for bits > 0 {
			wider := netip.PrefixFrom(next, bits-1)
			if wider.Masked().Addr() != next || r.Last.Less(rangeOf(wider).last) {
				break
			}
			bits--
		}
		network := netip.PrefixFrom(next, bits)
		networks = append(networks, network)
		next = rangeOf(network).last.Next()
	}
	return networks
}
