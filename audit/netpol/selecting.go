package netpol

import (
	"maps"
	"slices"
)

// A Selection says whether a policy of another engine than networking.k8s.io selects anything. [Isolation.Policies]
// tells of the others.
type Selection struct {
	PolicyRef
	Pods      bool // a live Pod that policies cover
	Templates bool // the template of a controller
	Unsure    bool // whom it selects can't be told
}

// Selections returns those of all such policies, sorted.
func (r *Reachability) Selections(templates []Pod) []Selection {
	found := map[PolicyRef]*Selection{}
	stand := map[string][]*class{}
	for i := range templates {
		if t := &templates[i]; !t.HostNetwork {
			c := &class{namespace: t.Namespace, labels: t.Labels, space: r.spaces[t.Namespace]}
			if c.space == nil {
				c.space = &space{t.Namespace, nil}
			}
			stand[t.Namespace] = append(stand[t.Namespace], c)
		}
	}
	note := func(ref PolicyRef, unsure bool, selects func(*class) match) {
		s := found[ref]
		if s == nil {
			s = &Selection{PolicyRef: ref}
			found[ref] = s
		}
		s.Unsure = s.Unsure || unsure
		s.Pods = s.Pods || someClass(r.byNamespace, ref.Namespace, selects) == yes
		s.Templates = s.Templates || someClass(stand, ref.Namespace, selects) == yes
		s.Unsure = s.Unsure || someClass(r.byNamespace, ref.Namespace, selects) == maybe
	}
	for _, e := range r.edicts {
		note(e.ref, e.unsure, func(c *class) match {
			return sure((e.namespaces == nil || e.namespaces.matches(c.space.labels)) && (e.subjects == nil || e.subjects.matches(c.labels)))
		})
	}
	for _, s := range r.cilium {
		note(s.ref, s.unsure, func(c *class) match { return sure(s.subjects.matches(&peer{class: c})) })
	}
	for _, s := range r.calico {
		if s.sides[Ingress].applies || s.sides[Egress].applies {
			note(s.ref, s.unsure, s.selects)
		}
	}
	list := make([]Selection, 0, len(found))
	for _, ref := range slices.SortedFunc(maps.Keys(found), PolicyRef.Compare) {
		list = append(list, *found[ref])
	}
	return list
}

func sure(selects bool) match {
	if selects {
		return yes
	}
	return no
}

// someClass returns whether any class of a namespace, or of all, is selected.
func someClass(classes map[string][]*class, namespace string, selects func(*class) match) match {
	best := no
	look := func(list []*class) bool {
		for _, c := range list {
			if !c.hostNetwork {
				best = max(best, selects(c))
			}
			if best == yes {
				return true
			}
		}
		return false
	}
	if namespace != "" {
		look(classes[namespace])
		return best
	}
	for _, list := range classes {
		if look(list) {
			break
		}
	}
	return best
}
