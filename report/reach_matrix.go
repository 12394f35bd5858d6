package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/report/chart"
)

// matrixMax is how many namespaces the picture of reachability shows.
const matrixMax = 40

// A reachMatrix is reachability between namespaces as a picture.
type reachMatrix struct {
	Names []string // in the picture, the outside last
	Left  int      // namespaces that it leaves out
	rank  map[[2]string]int
}

// matrixRoles are the accesses of pairs, the least first.
var matrixRoles = []chart.Role{chart.Denied, chart.Indeterminate, chart.Some, chart.All}

// newReachMatrix picks the namespaces that reach, or are reached by, most others.
func newReachMatrix(r *Record) *reachMatrix {
	open := map[string]int{}
	for i := range r.Inventory.Isolation {
		namespace, _, _ := strings.Cut(r.Inventory.Isolation[i].Workload, "/")
		open[namespace] += 0
	}
	for i := range r.Inventory.Reachability {
		row := &r.Inventory.Reachability[i]
		for _, name := range row.Sources {
			open[name] += len(row.Destinations)
		}
		for _, name := range row.Destinations {
			open[name] += len(row.Sources)
		}
	}
	delete(open, Outside)
	names := slices.SortedFunc(maps.Keys(open), func(a, b string) int {
		return cmp.Or(cmp.Compare(open[b], open[a]), strings.Compare(a, b))
	})
	m := &reachMatrix{Left: max(0, len(names)-matrixMax), rank: map[[2]string]int{}}
	m.Names = slices.Sorted(slices.Values(names[:min(len(names), matrixMax)]))
	if len(m.Names) > 0 {
		m.Names = append(m.Names, Outside)
	}
	for i := range r.Inventory.Reachability {
		m.add(&r.Inventory.Reachability[i])
	}
	return m
}

// add marks the pairs of a row. Of the outside everything is open only where every address
// of a family is.
func (m *reachMatrix) add(row *Reachability) {
	rank := map[string]int{"indeterminate": 1, "some": 2, "all": 3}[row.Access]
	whole := slices.Contains(row.Addresses, "0.0.0.0/0") || slices.Contains(row.Addresses, "::/0")
	if rank == 3 && len(row.Addresses) > 0 && !whole {
		rank = 2
	}
	shown := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !slices.Contains(m.Names, name) })
	}
	destinations := shown(row.Destinations)
	for _, from := range shown(row.Sources) {
		for _, to := range destinations {
			pair := [2]string{from, to}
			m.rank[pair] = max(m.rank[pair], rank)
		}
	}
}

// picture lays the matrix out.
func (m *reachMatrix) picture() chart.Picture {
	names := make([]string, len(m.Names))
	for i, name := range m.Names {
		names[i] = visible(name)
	}
	return chart.Matrix(names, func(from, to int) chart.Role {
		if m.Names[from] == Outside && m.Names[to] == Outside {
			return chart.Grid
		}
		return matrixRoles[m.rank[[2]string{m.Names[from], m.Names[to]}]]
	})
}

// allowedWords say what connections are: "everything", "TCP 80,443; UDP 53".
func (r *Reachability) allowedWords() string {
	if r.Access == "all" {
		return "everything"
	}
	var words []string
	for _, c := range r.Allowed {
		words = append(words, string(c.Protocol)+" "+c.Ports)
	}
	text := strings.Join(words, "; ")
	if len(r.Indeterminate) == 0 {
		return text
	}
	words = nil
	for _, c := range r.Indeterminate {
		words = append(words, string(c.Protocol)+" "+c.Ports)
	}
	return strings.TrimPrefix(text+"; perhaps "+strings.Join(words, "; "), "; ")
}

// groundWords say why: the rules that allow, and which ends no policy isolates.
func (r *Reachability) groundWords() []string {
	words := slices.Clone(r.AllowedBy)
	for _, direction := range r.Unisolated {
		switch direction {
		case "egress":
			words = append(words, "Pods of the source aren’t isolated for egress")
		case "ingress":
			words = append(words, "Pods of the destination aren’t isolated for ingress")
		}
	}
	return words
}

// reachConcern orders rows: what is open to the outside first, then what is open to most.
func reachConcern(r *Reachability) int {
	concern := len(r.Sources) * len(r.Destinations)
	if r.Sources[0] == Outside || r.Destinations[0] == Outside {
		concern += 1 << 30
	}
	return concern
}
