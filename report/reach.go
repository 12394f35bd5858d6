package report

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// A Connectivity is what declared policy allows from one end to another: a workload,
// "ns/name[Kind]", or a network outside the cluster, "a.b.c.d/n". A pair that has none is
// denied.
type Connectivity struct {
	Source        string              `json:"source"`
	Destination   string              `json:"destination"`
	Connections   []netpol.Connection `json:"connections"`             // allowed; empty where only Indeterminate says something
	Indeterminate string              `json:"indeterminate,omitempty"` // what may be allowed, and why that can't be told
}

// An End is one end of a question about reachability: Pods of a workload, or a network
// outside the cluster.
type End struct {
	Name    string
	Members []int        // indexes into PolicyView.Cluster.Pods
	Network netip.Prefix // valid for an end outside
}

// Outside reports whether the end is outside the cluster.
func (e *End) Outside() bool { return e.Network.IsValid() }

// WorkloadEnds returns every workload as an end, sorted by name.
func WorkloadEnds(f *audit.Facts) []End {
	ends := make([]End, 0, len(f.Workloads))
	for i := range f.Workloads {
		w := &f.Workloads[i]
		ends = append(ends, End{Name: WorkloadName(w), Members: w.Members})
	}
	slices.SortFunc(ends, func(a, b End) int { return strings.Compare(a.Name, b.Name) })
	return ends
}

// WorkloadName is how reachability names a workload: "ns/name[Kind]".
func WorkloadName(w *audit.Workload) string {
	return w.Subject.Namespace + "/" + w.Subject.Name + "[" + w.Subject.Kind + "]"
}

// Connectivities calls yield for every pair of a source and a destination between which
// declared policy allows something or may, sorted by source and destination; it stops
// where yield returns false. A nil list stands for all workloads and for the outside. The
// Pods of a workload are taken together: what is allowed to any two of them.
func Connectivities(f *audit.Facts, from, to []End, yield func(Connectivity) bool) {
	all := WorkloadEnds(f)
	sources, destinations := from, to
	if sources == nil {
		sources = all
	}
	if destinations == nil {
		destinations = all
	}
	r := newReacher(f, sources, destinations)
	var before []Connectivity // from networks, which stand among the sources by name
	if from == nil {
		before = r.outsideSources(destinations)
	}
	for i := range sources {
		n := 0
		for n < len(before) && before[n].Source < sources[i].Name {
			n++
		}
		rows := slices.Clone(before[:n])
		before = before[n:]
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
		rows = rows[:0]
		for j := range destinations {
			rows = append(rows, r.pair(&sources[i], &destinations[j])...)
		}
		if to == nil {
			rows = append(rows, r.outside(&sources[i], netpol.Egress)...)
		}
		slices.SortFunc(rows, func(a, b Connectivity) int { return strings.Compare(a.Destination, b.Destination) })
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}
	for _, row := range before {
		if !yield(row) {
			return
		}
	}
}

// A reacher answers for pairs of ends. Two Pods of the classes of two others have the same
// answer.
type reacher struct {
	*audit.Facts
	matrix *netpol.Matrix
	groups map[string]int // by the end's name
	known  map[[2]int]netpol.Path
}

func newReacher(f *audit.Facts, ends ...[]End) *reacher {
	r := &reacher{Facts: f, groups: map[string]int{}, known: map[[2]int]netpol.Path{}}
	var groups []netpol.Group
	for _, list := range ends {
		for i := range list {
			e := &list[i]
			if _, ok := r.groups[e.Name]; !ok && !e.Outside() {
				r.groups[e.Name] = len(groups)
				groups = append(groups, netpol.Group{Name: e.Name, Pods: e.Members})
			}
		}
	}
	r.matrix = f.Policies.Reach.Matrix(groups)
	return r
}

// pair is what is allowed between two ends, if anything: a row, but for a network of which
// not the same is true everywhere.
func (r *reacher) pair(from, to *End) []Connectivity {
	var allowed, doubtful netpol.Connections
	switch {
	case from.Outside() && to.Outside(), from.Name == to.Name:
		return nil
	case from.Outside() || to.Outside():
		return r.across(from, to)
	default:
		cell := r.matrix.Cell(r.groups[from.Name], r.groups[to.Name])
		allowed, doubtful = cell.Allowed, cell.Indeterminate
		if r.hostNetwork(from) || r.hostNetwork(to) {
			for _, p := range r.hostPaths(from, to) {
				allowed, doubtful = allowed.Union(p.Allowed), doubtful.Union(p.Indeterminate)
			}
		}
	}
	if row, ok := connectivity(from.Name, to.Name, allowed, doubtful); ok {
		return []Connectivity{row}
	}
	return nil
}

// across is what is allowed between a workload and a network outside: a row where the same
// is true of all of it, else a row a part.
func (r *reacher) across(from, to *End) []Connectivity {
	paths := r.paths(from, to)
	network, same := cmp.Or(from.Network, to.Network), true
	for i := range paths {
		same = same && paths[i].Allowed.String() == paths[0].Allowed.String() && paths[i].Indeterminate.String() == paths[0].Indeterminate.String()
	}
	type sum struct{ allowed, doubtful netpol.Connections }
	sums := map[netip.Prefix]sum{}
	for _, p := range paths {
		parts := []netip.Prefix{network}
		if !same {
			parts = p.Outside.Prefixes()
		}
		for _, part := range parts {
			sums[part] = sum{sums[part].allowed.Union(p.Allowed), sums[part].doubtful.Union(p.Indeterminate)}
		}
	}
	var rows []Connectivity
	for part, s := range sums {
		source, destination := from.Name, part.String()
		if from.Outside() {
			source, destination = part.String(), to.Name
		}
		if row, ok := connectivity(source, destination, s.allowed, s.doubtful); ok {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b Connectivity) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Destination, b.Destination))
	})
	return rows
}

// connectivity makes a row, where there is something to say.
func connectivity(from, to string, allowed, doubtful netpol.Connections) (Connectivity, bool) {
	row := Connectivity{Source: from, Destination: to, Connections: allowed.List()}
	if !doubtful.Empty() {
		row.Indeterminate = fmt.Sprintf("%s may be allowed: a policy that can't be understood, evaluated or read decides", doubtful)
	}
	if row.Connections == nil {
		row.Connections = []netpol.Connection{}
	}
	return row, !allowed.Empty() || !doubtful.Empty()
}

func (r *reacher) hostNetwork(e *End) bool {
	return slices.ContainsFunc(e.Members, func(pod int) bool { return r.Policies.Cluster.Pods[pod].HostNetwork })
}

// hostPaths are the paths that a matrix leaves out: from or to Pods in the host's network.
func (r *reacher) hostPaths(from, to *End) []netpol.Path {
	var paths []netpol.Path
	for _, a := range r.alike(from.Members) {
		for _, b := range r.alike(to.Members) {
			if r.Policies.Cluster.Pods[a].HostNetwork || r.Policies.Cluster.Pods[b].HostNetwork {
				paths = append(paths, r.between(a, b))
			}
		}
	}
	return paths
}

// between is the path of two Pods, of their classes in fact. That a node reaches its own
// Pods is left to an explanation: a class is on many nodes.
func (r *reacher) between(from, to int) netpol.Path {
	reach := r.Policies.Reach
	key := [2]int{reach.Class(from), reach.Class(to)}
	known, ok := r.known[key]
	if !ok {
		known = reach.Reach(netpol.PodEndpoint(from), netpol.PodEndpoint(to))[0]
		r.known[key] = known
	}
	return known
}

// alike returns one Pod of each class.
func (r *reacher) alike(pods []int) []int {
	seen := map[int]bool{}
	var list []int
	for _, pod := range pods {
		if class := r.Policies.Reach.Class(pod); !seen[class] {
			seen[class] = true
			list = append(list, pod)
		}
	}
	return list
}

// paths are those between a workload and a network outside, of each class of its Pods.
func (r *reacher) paths(from, to *End) []netpol.Path {
	var paths []netpol.Path
	if from.Outside() {
		for _, pod := range r.alike(to.Members) {
			paths = append(paths, r.Policies.Reach.Reach(netpol.OutsideEndpoint(from.Network), netpol.PodEndpoint(pod))...)
		}
		return paths
	}
	for _, pod := range r.alike(from.Members) {
		paths = append(paths, r.Policies.Reach.Reach(netpol.PodEndpoint(pod), netpol.OutsideEndpoint(to.Network))...)
	}
	return paths
}

// outside lists what is allowed between a workload and the outside, a row a network.
// Policies cover no Pod in the host's network: whatever its node may is open to it.
func (r *reacher) outside(e *End, d netpol.Direction) []Connectivity {
	var rows []Connectivity
	add := func(addresses netpol.AddressRange, allowed, doubtful netpol.Connections) {
		for _, network := range addresses.Prefixes() {
			from, to := e.Name, network.String()
			if d == netpol.Ingress {
				from, to = to, from
			}
			if row, ok := connectivity(from, to, allowed, doubtful); ok {
				rows = append(rows, row)
			}
		}
	}
	if i := slices.IndexFunc(e.Members, func(pod int) bool { return r.Policies.Cluster.Pods[pod].HostNetwork }); i >= 0 {
		for _, p := range r.Policies.Reach.Outside(e.Members[i], d) {
			add(p.Outside, p.Allowed, p.Indeterminate)
		}
		return rows
	}
	for _, b := range r.matrix.Outside(r.groups[e.Name], d).Ranges {
		add(b.Addresses, b.Allowed, b.Indeterminate)
	}
	return rows
}

// outsideSources lists what the outside may reach, sorted.
func (r *reacher) outsideSources(destinations []End) []Connectivity {
	var rows []Connectivity
	for i := range destinations {
		if !destinations[i].Outside() {
			rows = append(rows, r.outside(&destinations[i], netpol.Ingress)...)
		}
	}
	slices.SortFunc(rows, func(a, b Connectivity) int {
		if c := strings.Compare(a.Source, b.Source); c != 0 {
			return c
		}
		return strings.Compare(a.Destination, b.Destination)
	})
	return rows
}
