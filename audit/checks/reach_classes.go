package checks

import (
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// A classMatrix says from which namespaces single Pods are reached. Asked pair by pair that
// would take as long as there are Pods times namespaces.
type classMatrix struct {
	*netpol.Matrix
	namespaces map[string]int // index of each in the matrix
	classes    map[int]int    // by class of the Pod
}

// classesFrom makes the matrix from every namespace to a Pod of each class among some.
func (v *reachView) classesFrom(pods []int) *classMatrix {
	m := &classMatrix{namespaces: map[string]int{}, classes: map[int]int{}}
	var groups []netpol.Group
	for _, g := range v.Policies.Namespaces {
		m.namespaces[g.Name] = len(groups)
		groups = append(groups, netpol.Group{Name: g.Name, Pods: v.classes(g.Pods)})
	}
	for _, pod := range v.classes(pods) {
		m.classes[v.Policies.Reach.Class(pod)] = len(groups)
		groups = append(groups, netpol.Group{Name: v.Policies.Cluster.Pods[pod].Name, Pods: []int{pod}})
	}
	m.Matrix = v.Policies.Reach.Matrix(groups)
	return m
}

// from returns whether any Pod of a namespace may connect to Pods of a class, for certain
// or possibly.
func (m *classMatrix) from(namespace string, class int) (allowed, doubtful bool) {
	cell := m.Cell(m.namespaces[namespace], m.classes[class])
	if cell.Access == netpol.NoAccess || cell.Access == netpol.NotApplicableAccess {
		return false, false
	}
	return !cell.Allowed.Empty(), cell.Allowed.Empty() || !cell.Indeterminate.Empty()
}
