package netpol

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Connections is a set of ports of TCP, UDP and SCTP. The zero value is empty. Other protocols, such as ICMP, are
// never spoken of: what policies mean for them is undefined.
type Connections struct{ ranges [len(protocols)][]portRange }

// A portRange is a range of ports, both ends included. Those of a set are sorted and don't touch.
type portRange struct{ first, last int32 }

// everyConnection is every port of every protocol.
var everyConnection = Connections{[len(protocols)][]portRange{{{firstPort, lastPort}}, {{firstPort, lastPort}}, {{firstPort, lastPort}}}}

// Empty reports whether nothing is in the set.
func (c Connections) Empty() bool {
	return len(c.ranges[0]) == 0 && len(c.ranges[1]) == 0 && len(c.ranges[2]) == 0
}

// Everything reports whether every port of every protocol is in the set.
func (c Connections) Everything() bool { return c.Equal(everyConnection) }

// Equal reports whether both sets hold the same ports.
func (c Connections) Equal(other Connections) bool {
	for i := range c.ranges {
		if !slices.Equal(c.ranges[i], other.ranges[i]) {
			return false
		}
	}
	return true
}

// Allows reports whether a port of a protocol is in the set.
func (c Connections) Allows(protocol corev1.Protocol, port int32) bool {
	i := slices.Index(protocols[:], protocol)
	return i >= 0 && slices.ContainsFunc(c.ranges[i], func(r portRange) bool { return r.first <= port && port <= r.last })
}

// A Connection is the ports of one protocol.
type Connection struct {
	Protocol corev1.Protocol `json:"protocol"` // TCP, UDP or SCTP
	Ports    string          `json:"ports"`    // sorted: "80,443,8000-8010"; every port is "1-65535"
}

// List returns the protocols of the set that have any port, in the order TCP, UDP, SCTP.
func (c Connections) List() []Connection {
	list := []Connection{}
	for i, ranges := range c.ranges {
		if len(ranges) == 0 {
			continue
		}
		texts := make([]string, len(ranges))
		for j, r := range ranges {
			texts[j] = fmt.Sprint(r.first)
			if r.last > r.first {
				texts[j] = fmt.Sprintf("%d-%d", r.first, r.last)
			}
		}
		list = append(list, Connection{protocols[i], strings.Join(texts, ",")})
	}
	return list
}

// MarshalJSON writes the set as [Connections.List] has it.
func (c Connections) MarshalJSON() ([]byte, error) { return json.Marshal(c.List()) }

// String returns the set for people: "all", "none", or "TCP 80,443 and UDP 53".
func (c Connections) String() string {
	switch {
	case c.Empty():
		return "none"
	case c.Everything():
		return "all"
	}
	var parts []string
	for _, p := range c.List() {
		if p.Ports == "1-65535" {
			p.Ports = "all"
		}
		parts = append(parts, string(p.Protocol)+" "+p.Ports)
	}
	return strings.Join(parts, " and ")
}

// connectionsOf returns the set that spans of any order make up.
func connectionsOf(spans []span) Connections {
	var c Connections
	for _, s := range spans {
		if i := slices.Index(protocols[:], s.protocol); i >= 0 && s.first <= s.last {
			c.ranges[i] = append(c.ranges[i], portRange{s.first, s.last})
		}
	}
	for i := range c.ranges {
		c.ranges[i] = merge(c.ranges[i])
	}
	return c
}

// every reports whether ranges are every port.
func every(ranges []portRange) bool {
	return len(ranges) == 1 && ranges[0] == (portRange{firstPort, lastPort})
}

func (c Connections) union(other Connections) Connections {
	switch {
	case c.Empty():
		return other
	case other.Empty():
		return c
	}
	for i := range c.ranges {
		switch {
		case len(other.ranges[i]) == 0 || every(c.ranges[i]):
			continue
		case len(c.ranges[i]) == 0 || every(other.ranges[i]):
			c.ranges[i] = other.ranges[i]
			continue
		}
		c.ranges[i] = merge(slices.Concat(c.ranges[i], other.ranges[i]))
	}
	return c
}

func (c Connections) intersection(other Connections) Connections {
	for i := range c.ranges {
		switch {
		case every(other.ranges[i]):
			continue
		case every(c.ranges[i]):
			c.ranges[i] = other.ranges[i]
			continue
		}
		var both []portRange
		for _, a := range c.ranges[i] {
			for _, b := range other.ranges[i] {
				if first, last := max(a.first, b.first), min(a.last, b.last); first <= last {
					both = append(both, portRange{first, last})
				}
			}
		}
		c.ranges[i] = both
	}
	return c
}

func (c Connections) minus(other Connections) Connections {
	for i := range c.ranges {
		switch {
		case len(other.ranges[i]) == 0:
			continue
		case every(other.ranges[i]):
			c.ranges[i] = nil
			continue
		}
		var rest []portRange
		for _, a := range c.ranges[i] {
			for _, b := range other.ranges[i] {
				if b.last < a.first || b.first > a.last {
					continue
				}
				if a.first < b.first {
					rest = append(rest, portRange{a.first, b.first - 1})
				}
				a.first = b.last + 1
			}
			if a.first <= a.last {
				rest = append(rest, a)
			}
		}
		c.ranges[i] = rest
	}
	return c
}

// difference returns what is in one of the sets and not in the other.
func (c Connections) difference(other Connections) Connections {
	return c.minus(other).union(other.minus(c))
}

// merge sorts ranges, in place, and joins those that overlap or touch.
func merge(ranges []portRange) []portRange {
	slices.SortFunc(ranges, func(a, b portRange) int { return int(a.first) - int(b.first) })
	merged := ranges[:0]
	for _, r := range ranges {
		if n := len(merged); n > 0 && r.first <= merged[n-1].last+1 {
			merged[n-1].last = max(merged[n-1].last, r.last)
			continue
		}
		merged = append(merged, r)
	}
	if len(merged) == 0 {
		return nil
	}
	return merged
}

// spans returns the set as ranges of ports by protocol.
func (c Connections) spans() []span {
	var spans []span
	for i, ranges := range c.ranges {
		for _, r := range ranges {
			spans = append(spans, span{protocols[i], r.first, r.last})
		}
	}
	return spans
}
