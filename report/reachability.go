package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// groundsMax is for how many pairs of namespaces, and how many networks outside, the
// policies that allow something are looked up, which costs more than what is allowed.
const groundsMax = 20_000

// reachability lists what policies allow between the namespaces in scope, and with the
// outside. Destinations of which the same is true share a row, and then sources do.
func reachability(f *audit.Facts) []Reachability {
	var rows []Reachability
	matrix, groups := f.Policies.Matrix, f.Policies.Namespaces
	looked := 0
	merged := newMerger()
	for from := range groups {
		if !f.InScope(groups[from].Name) {
			continue
		}
		bySame := map[string]*Reachability{}
		for to := range groups {
			cell := matrix.Cell(from, to)
			if !f.InScope(groups[to].Name) || cell.Access == netpol.NoAccess || cell.Access == netpol.NotApplicableAccess {
				continue
			}
			row := Reachability{Access: cell.Access.String(), Allowed: connections(cell.Allowed), Indeterminate: connections(cell.Indeterminate)}
			if looked < groundsMax {
				looked++
				row.restOn(matrix.Grounds(from, to))
			}
			key := row.key()
			if bySame[key] == nil {
				bySame[key] = &row
			}
			bySame[key].Destinations = append(bySame[key].Destinations, groups[to].Name)
		}
		for _, key := range slices.Sorted(maps.Keys(bySame)) {
			merged.add(groups[from].Name, bySame[key])
		}
	}
	looked = 0
	for i, group := range groups {
		if !f.InScope(group.Name) {
			continue
		}
		for _, d := range netpol.Directions {
			for _, r := range matrix.Outside(i, d).Ranges {
				if r.Allowed.Empty() && r.Indeterminate.Empty() {
					continue
				}
				row := &Reachability{Allowed: connections(r.Allowed), Indeterminate: connections(r.Indeterminate)}
				if looked < groundsMax {
					looked++
					row.restOn(matrix.OutsideGrounds(i, d, r.Addresses))
				}
				merged.addOutside(group.Name, d, r, row)
			}
		}
	}
	rows = merged.rows()
	slices.SortFunc(rows, func(a, b Reachability) int {
		return strings.Compare(a.Sources[0]+"\x00"+a.Destinations[0]+"\x00"+a.key(), b.Sources[0]+"\x00"+b.Destinations[0]+"\x00"+b.key())
	})
	return rows
}

func connections(c netpol.Connections) []netpol.Connection {
	if list := c.List(); list != nil {
		return list
	}
	return []netpol.Connection{}
}

// restOn says why what the row allows is allowed.
func (r *Reachability) restOn(on netpol.Grounds) {
	for _, rule := range on.Rules {
		r.AllowedBy = append(r.AllowedBy, rule.Policy.String()+" "+rule.Path)
	}
	if on.OpenEgress {
		r.Unisolated = append(r.Unisolated, netpol.Egress.String())
	}
	if on.OpenIngress {
		r.Unisolated = append(r.Unisolated, netpol.Ingress.String())
	}
}

// key is what rows that can be merged have in common.
func (r *Reachability) key() string {
	var b strings.Builder
	b.WriteString(r.Access)
	for _, list := range [][]netpol.Connection{r.Allowed, r.Indeterminate} {
		b.WriteString("|")
		for _, c := range list {
			b.WriteString(string(c.Protocol) + c.Ports + ";")
		}
	}
	for _, list := range [][]string{r.Addresses, r.AllowedBy, r.Unisolated} {
		b.WriteString("|" + strings.Join(list, ";"))
	}
	return b.String()
}

// A merger joins rows that differ in their sources, or their destinations, alone.
type merger struct{ known map[string]*Reachability }

func newMerger() *merger { return &merger{map[string]*Reachability{}} }

func (m *merger) add(source string, row *Reachability) {
	key := row.key() + "→" + strings.Join(row.Destinations, ";")
	if m.known[key] == nil {
		m.known[key] = row
	}
	m.known[key].Sources = append(m.known[key].Sources, source)
}

// addOutside joins the ranges of the outside of which the same is true.
func (m *merger) addOutside(namespace string, d netpol.Direction, r netpol.BorderRange, row *Reachability) {
	row.Access = "some"
	switch {
	case r.Allowed.Everything():
		row.Access = "all"
	case r.Allowed.Empty():
		row.Access = "indeterminate"
	}
	sources, destinations := []string{namespace}, []string{Outside}
	if d == netpol.Ingress {
		sources, destinations = destinations, sources
	}
	key := "outside " + d.String() + " " + namespace + " " + row.key()
	if m.known[key] == nil {
		row.Sources, row.Destinations = sources, destinations
		m.known[key] = row
	}
	for _, network := range r.Addresses.Prefixes() {
		m.known[key].Addresses = append(m.known[key].Addresses, network.String())
	}
}

// rows returns what was joined; namespaces of which the same is true of the outside share
// a row.
func (m *merger) rows() []Reachability {
	shared := map[string]*Reachability{}
	for _, key := range slices.Sorted(maps.Keys(m.known)) {
		row := m.known[key]
		same := key
		switch {
		case row.Destinations[0] == Outside:
			same = "egress " + row.key()
		case row.Sources[0] == Outside:
			same = "ingress " + row.key()
		}
		known := shared[same]
		if known == nil {
			shared[same] = row
			continue
		}
		if row.Destinations[0] == Outside {
			known.Sources = append(known.Sources, row.Sources...)
		} else {
			known.Destinations = append(known.Destinations, row.Destinations...)
		}
	}
	rows := make([]Reachability, 0, len(shared))
	for _, row := range shared {
		slices.Sort(row.Sources)
		slices.Sort(row.Destinations)
		rows = append(rows, *row)
	}
	return rows
}

// network says what enforces policies and encrypts, as the facts have it.
func network(f *audit.Facts) NetworkState {
	return NetworkState{Plugins: f.Plugin.Plugins, Enforcement: protection(&f.Plugin.Enforcement), Encryption: protection(&f.Plugin.Encryption)}
}

func protection(p *audit.Protection) Protection {
	return Protection{Status: p.Status, Statement: p.Statement, Evidence: p.Evidence}
}
