package netpol

import (
	"maps"
	"slices"
)

// A Group is Pods that a [Matrix] takes together: a namespace's, or a workload's.
type Group struct {
	Name string
	Pods []int // indices of Cluster.Pods; no Pod is in two groups
}

// Namespaces returns the Pods of the cluster by namespace, sorted; one without Pods is a group without Pods.
func (r *Reachability) Namespaces() []Group {
	pods := map[string][]int{}
	for i := range r.pods {
		pods[r.pods[i].Namespace] = append(pods[r.pods[i].Namespace], i)
	}
	var groups []Group
	for _, name := range slices.Sorted(maps.Keys(r.spaces)) {
		groups = append(groups, Group{name, pods[name]})
	}
	return groups
}

// A Matrix is what policies allow between groups of Pods, and between each and the outside. HostNetwork Pods are
// left out: policies see the addresses of nodes there, not of the group's Pods. It holds far less than a cell for
// each two groups, and is safe for concurrent reading.
type Matrix struct {
	r       *Reachability
	members [][]member
	outer   [2][]int32         // by Direction, of each group: its shape
	common  map[[2]int32]int32 // cells of two groups by their shapes: egress of the source, ingress of the destination
	special map[[2]int32]int32 // cells of two groups of which a policy of one names the other's namespace
	cells   []Cell
	outside [2][]int32 // by Direction, of each group
	borders []Border
}

// A member is the Pods of one class in a group.
type member struct {
	class *class
	pods  int
}

// Matrix sums up what policies allow between groups. What it costs follows the number of groups, of classes of Pods, and
// of what their policies tell apart; pairs of classes, within groups and between those that name each other, cost next to
// nothing each.
func (r *Reachability) Matrix(groups []Group) *Matrix {
	m := &Matrix{r: r, members: make([][]member, len(groups)), common: map[[2]int32]int32{}, special: map[[2]int32]int32{}}
	for i, g := range groups {
		counts := map[*class]int{}
		for _, pod := range g.Pods {
			if class := r.class(pod); !class.hostNetwork {
				if counts[class]++; counts[class] == 1 {
					m.members[i] = append(m.members[i], member{class, 0})
				}
			}
		}
		for j := range m.members[i] {
			m.members[i][j].pods = counts[m.members[i][j].class]
		}
	}
	b := &builder{Matrix: m, ids: map[string]int32{}, cellIDs: map[string]int32{}}
	b.fillCommon()
	b.fillSpecial()
	b.fillOutside()
	return m
}

// Size returns how many groups there are.
func (m *Matrix) Size() int { return len(m.members) }

// Cell returns what is allowed from the group at one index to the group at another.
func (m *Matrix) Cell(from, to int) Cell {
	id, ok := m.special[[2]int32{int32(from), int32(to)}]
	if !ok {
		id = m.common[[2]int32{m.outer[Egress][from], m.outer[Ingress][to]}]
	}
	return m.cells[id]
}

// Grounds are the reasons why something is allowed between two groups.
type Grounds struct {
	// Rules that allow it, by a policy of the source or of the destination, sorted.
	Rules []Rule `json:"rules,omitempty"`

	// OpenEgress and OpenIngress: some Pods of the source, or of the destination, aren't isolated, and something is
	// allowed for that.
	OpenEgress  bool `json:"openEgress,omitempty"`
	OpenIngress bool `json:"openIngress,omitempty"`
}

// Grounds returns why something is allowed from the group at one index to the group at another. It costs what the cell
// did: ask it for the cells that are shown.
func (m *Matrix) Grounds(from, to int) Grounds {
	var g Grounds
	(&meeting{from: m.members[from], to: m.members[to], same: from == to, atoms: m.r.atoms}).grounds(&g)
	slices.SortFunc(g.Rules, Rule.Compare)
	g.Rules = slices.Compact(g.Rules)
	return g
}

// add adds the rules of a gate that allow some of the connections. It reports whether some are allowed by no rule.
func (g *Grounds) add(gate *gate, p *peer, allowed Connections) (open bool) {
	gate.toward(p, podsByAddress, func(f *filter, on Connections) {
		if f.action == allow && !on.intersection(allowed).Empty() && f.matches(p, podsByAddress) == yes {
			g.Rules = append(g.Rules, Rule{f.policy, f.path})
			allowed = allowed.minus(on)
		}
	})
	return !allowed.Empty()
}

// Outside returns what is allowed between the group at an index and the outside: to it for egress, from it for
// ingress.
func (m *Matrix) Outside(group int, d Direction) Border { return m.borders[m.outside[d][group]] }

// A Border is what policies allow between the Pods of a group, taken together, and addresses outside the cluster.
type Border struct {
	Access Access        `json:"access"`
	Ranges []BorderRange `json:"ranges,omitempty"` // sorted, IPv4 first; what is denied to all of the Pods is left out
}

// A BorderRange is what is allowed with some addresses.
type BorderRange struct {
	Addresses     AddressRange `json:"addresses"`
	Allowed       Connections  `json:"allowed"`
	Indeterminate Connections  `json:"indeterminate"`
}
