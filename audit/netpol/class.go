package netpol

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// A class is the Pods of a namespace that no policy can tell apart.
type class struct {
	namespace      string
	labels         labels.Set // only the keys that some selector mentions
	ports          []Port     // only those named as some rule names them
	families       family     // of their addresses
	hostNetwork    bool
	serviceAccount string       // where some selector mentions it and it is known
	pods           int          // how many
	addresses      []netip.Addr // of one of them; where atoms are told apart, the others' are in the same
	columns        [2]*decision // by Direction; of an [Isolation]

	space *space // of a [Reachability]
	gates [2]*gate
}

// A classifier sorts Pods into classes.
type classifier struct {
	keys     map[string]bool // label keys that matter
	names    map[string]bool // port names that matter
	fallback family          // of Pods without addresses
	atoms    []netip.Addr    // sorted: where some address block begins or ends; nil where addresses don't matter

	byKey   map[string]int32
	classes []*class

	// Scratch space, reused from Pod to Pod.
	key       []byte
	labels    []label
	ports     []Port
	addresses []netip.Addr
}

// classify returns the classes of pods and, for each Pod, the index of its class.
func (c *classifier) classify(pods []Pod) (classes []*class, of []int32) {
	c.byKey, c.classes = map[string]int32{}, nil
	of = make([]int32, len(pods))
	for i := range pods {
		of[i] = c.class(&pods[i])
		c.classes[of[i]].pods++
	}
	return c.classes, of
}

func (c *classifier) class(p *Pod) int32 {
	families := familiesOf(p)
	if families == 0 {
		families = c.fallback
	}
	c.collect(p)
	c.key = append(c.key[:0], byte(families), 0)
	if p.HostNetwork {
		c.key[1] = 1
	}
	serviceAccount := ""
	if c.keys[calicoServiceAccount] || c.keys[serviceAccountPrefix+calicoName] {
		serviceAccount = p.ServiceAccount
	}
	c.key = appendString(appendString(c.key, p.Namespace), serviceAccount)
	c.key = binary.AppendUvarint(c.key, uint64(len(c.labels)))
	for _, l := range c.labels {
		c.key = appendString(appendString(c.key, l.key), l.value)
	}
	c.key = appendPorts(c.key, c.ports)
	for _, a := range c.addresses {
		c.key = binary.AppendUvarint(c.key, uint64(atomOf(c.atoms, a))+1)
	}
	if known, ok := c.byKey[string(c.key)]; ok {
		return known
	}
	set := make(labels.Set, len(c.labels))
	for _, l := range c.labels {
		set[l.key] = l.value
	}
	next := int32(len(c.classes))
	c.byKey[string(c.key)] = next
	c.classes = append(c.classes, &class{
		namespace:      p.Namespace,
		labels:         set,
		ports:          slices.Clone(c.ports),
		families:       families,
		hostNetwork:    p.HostNetwork,
		serviceAccount: serviceAccount,
		addresses:      slices.Clone(c.addresses),
	})
	return next
}

// collect leaves the labels and ports of p that matter in the scratch space, in order.
func (c *classifier) collect(p *Pod) {
	c.labels, c.ports, c.addresses = c.labels[:0], c.ports[:0], c.addresses[:0]
	if c.atoms != nil {
		for _, a := range p.Addresses {
			if a.IsValid() {
				c.addresses = append(c.addresses, a.Unmap().WithZone(""))
			}
		}
	}
	for key, value := range p.Labels {
		if c.keys[key] {
			c.labels = append(c.labels, label{key, value})
		}
	}
	slices.SortFunc(c.labels, func(a, b label) int { return strings.Compare(a.key, b.key) })
	for _, port := range p.Ports {
		if c.names[port.Name] {
			port.Protocol = port.protocol()
			c.ports = append(c.ports, port)
		}
	}
	slices.SortFunc(c.ports, func(a, b Port) int {
		if a.Name != b.Name {
			return strings.Compare(a.Name, b.Name)
		}
		if a.Protocol != b.Protocol {
			return strings.Compare(string(a.Protocol), string(b.Protocol))
		}
		return int(a.Number) - int(b.Number)
	})
}

// atomOf returns which of the stretches between sorted bounds holds an address.
func atomOf(bounds []netip.Addr, a netip.Addr) int {
	i, found := slices.BinarySearchFunc(bounds, a, netip.Addr.Compare)
	if found {
		i++
	}
	return i
}

// appendString appends s so that no two sequences of strings make the same key.
func appendString(key []byte, s string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(s))), s...)
}

func appendPorts(key []byte, ports []Port) []byte {
	for _, p := range ports {
		key = appendString(appendString(key, p.Name), string(p.Protocol))
		key = binary.AppendVarint(key, int64(p.Number))
	}
	return key
}

func familiesOf(p *Pod) family {
	var f family
	for _, a := range p.Addresses {
		if a.IsValid() {
			f |= familyOf(a.Unmap())
		}
	}
	return f
}

// clusterFamilies returns the families of the Pods that have addresses of their own, IPv4 if none has.
func clusterFamilies(pods []Pod) family {
	var f family
	for i := range pods {
		if !pods[i].HostNetwork {
			f |= familiesOf(&pods[i])
		}
	}
	if f == 0 {
		return ipv4
	}
	return f
}
