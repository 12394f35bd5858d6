package netpol

import "slices"

// An index finds the policies that select a class without trying each: most selectors ask for some label by
// its value, and are found under it.
type index struct {
	statements []*statement
	byLabel    map[place][]int32
	others     map[string][]int32 // by namespace: selectors that ask for no such label
}

// A place is a label in a namespace.
type place struct {
	namespace string
	label     label
}

func indexStatements(statements []*statement) index {
	x := index{statements, map[place][]int32{}, map[string][]int32{}}
	for i, s := range statements {
		if l, ok := s.selector.equality(); ok {
			at := place{s.ref.Namespace, l}
			x.byLabel[at] = append(x.byLabel[at], int32(i))
		} else {
			x.others[s.ref.Namespace] = append(x.others[s.ref.Namespace], int32(i))
		}
	}
	return x
}

// selecting returns the indices of the policies whose pod selector matches a class, in order; none for
// hostNetwork Pods, to which network plugins don't apply policies.
func (x *index) selecting(c *class) []int32 {
	if c.hostNetwork {
		return nil
	}
	var found []int32
	match := func(candidates []int32) {
		for _, i := range candidates {
			if x.statements[i].selector.matches(c.labels) {
				found = append(found, i)
			}
		}
	}
	match(x.others[c.namespace])
	for key, value := range c.labels {
		match(x.byLabel[place{c.namespace, label{key, value}}])
	}
	slices.Sort(found)
	return found
}
