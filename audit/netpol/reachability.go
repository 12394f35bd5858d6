package netpol

import (
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// A Reachability is what the policies of one cluster let pass: between Pods, and between Pods and the outside. It
// is safe for concurrent reading.
type Reachability struct {
	pods        []Pod
	classes     []*class
	classOf     []int32 // by Pod
	spaces      map[string]*space
	byNamespace map[string][]*class
	gates       []*gate
	edicts      []*edict
	cilium      []*ciliumStatement
	calico      []*calicoStatement
	entities    []*entity     // that its rules mean
	ladder      []*calicoTier // in order
	problems    []Unparseable // of what Calico's policies refer to
	always      bool          // Cilium isolates every Pod
	unread      []Unread
	atoms       []netip.Addr           // sorted: where a block of any rule begins, or has ended
	narrow      map[*selector][]string // the namespaces that a selector which isn't wide matches
}

// A space is a namespace and its labels, kubernetes.io/metadata.name among them.
type space struct {
	name   string
	labels labels.Set
}

// wideFrom is how many namespaces a selector must match to be told apart from those that speak to a few. It divides
// the work and changes no answer. Tests lower it.
var wideFrom = 32

// measure tells wide selectors of namespaces from narrow ones.
func (r *Reachability) measure(namespaces *selectors) {
	byLabel := map[label][]*space{}
	var every []*space
	for _, name := range slices.Sorted(maps.Keys(r.spaces)) {
		s := r.spaces[name]
		every = append(every, s)
		for key, value := range s.labels {
			if namespaces.keys[key] {
				byLabel[label{key, value}] = append(byLabel[label{key, value}], s)
			}
		}
	}
	for _, s := range namespaces.byText {
		candidates := every
		if l, ok := s.equality(); ok {
			candidates = byLabel[l]
		}
		var matched []string
		for _, space := range candidates {
			if s.matches(space.labels) {
				matched = append(matched, space.name)
			}
		}
		if s.wide = len(matched) >= wideFrom; !s.wide {
			r.narrow[s] = matched
		}
	}
}

// EvaluateReachability reads the policies of c and decides which connections they allow.
func EvaluateReachability(c *Cluster) *Reachability {
	r := &Reachability{pods: c.Pods, unread: c.Unread, spaces: spacesOf(c), byNamespace: map[string][]*class{}, narrow: map[*selector][]string{}}
	read := reader{pods: newSelectors(), namespaces: newSelectors()}
	names := map[string]bool{}
	statements := read.policies(c.Policies, names)
	r.edicts = read.edicts(c, names)
	r.cilium = read.ciliumStatements(c.CiliumPolicies, names)
	r.always = c.Cilium.always()
	r.readCalico(c, &read, names)
	r.measure(read.namespaces)
	r.atoms = r.atomsOf(statements)
	sorter := classifier{keys: read.pods.keys, names: names, fallback: clusterFamilies(c.Pods), atoms: r.atoms}
	r.classes, r.classOf = sorter.classify(c.Pods)
	for _, class := range r.classes {
		class.space = r.spaces[class.namespace]
		r.byNamespace[class.namespace] = append(r.byNamespace[class.namespace], class)
	}
	r.open(statements)
	return r
}

func spacesOf(c *Cluster) map[string]*space {
	spaces := map[string]*space{}
	add := func(name string, set map[string]string) {
		all := make(labels.Set, len(set)+1)
		maps.Copy(all, set)
		all["kubernetes.io/metadata.name"] = name
		spaces[name] = &space{name, all}
	}
	for _, n := range c.Namespaces {
		add(n.Name, n.Labels)
	}
	for i := range c.Pods {
		if name := c.Pods[i].Namespace; spaces[name] == nil {
			add(name, nil)
		}
	}
	return spaces
}

// atomsOf returns where the blocks of any rule begin or end: between these, no rule tells addresses apart.
func (r *Reachability) atomsOf(statements []*statement) []netip.Addr {
	bounds := []netip.Addr{}
	for _, s := range statements {
		for d := range s.sides {
			for i := range s.sides[d].rules {
				bounds = s.sides[d].rules[i].appendBounds(bounds)
			}
		}
	}
	for _, e := range r.edicts {
		for d := range e.rules {
			for i := range e.rules[d] {
				bounds = e.rules[d][i].appendBounds(bounds)
			}
		}
	}
	for _, s := range r.cilium {
		for d := range s.sides {
			for i := range s.sides[d].rules {
				bounds = s.sides[d].rules[i].appendBounds(bounds)
			}
		}
	}
	for _, e := range r.entities {
		bounds = appendBounds(appendBounds(bounds, e.addresses), e.within)
	}
	slices.SortFunc(bounds, netip.Addr.Compare)
	return slices.Compact(bounds)
}

// appendBounds appends where each range begins, and where what follows it does.
func appendBounds(bounds []netip.Addr, ranges []addressRange) []netip.Addr {
	for _, r := range ranges {
		bounds = append(bounds, r.first)
		if next := r.last.Next(); next.IsValid() {
			bounds = append(bounds, next)
		}
	}
	return bounds
}
