package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// An AmbiguousError is a name that several workloads have.
type AmbiguousError struct{ Names []string }

func (e *AmbiguousError) Error() string { return "ambiguous: " + strings.Join(e.Names, ", ") }

// FindEnd returns the workload or the Pod of a name: "ns/name[Kind]" or "ns/name". A name
// that several workloads have is an [AmbiguousError]; one that nothing has is an error
// that names what is like it.
func FindEnd(f *audit.Facts, name string) (*End, error) {
	var found []End
	for _, e := range WorkloadEnds(f) {
		plain, _, _ := strings.Cut(e.Name, "[")
		if e.Name == name {
			return &e, nil
		}
		if plain == name {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		return findPod(f, name)
	}
	ambiguous := &AmbiguousError{}
	for i := range found {
		ambiguous.Names = append(ambiguous.Names, found[i].Name)
	}
	return nil, ambiguous
}

// findPod returns a Pod that a controller owns, by its own name.
func findPod(f *audit.Facts, name string) (*End, error) {
	wanted := strings.TrimSuffix(name, "[Pod]")
	for i := range f.Policies.Cluster.Pods {
		p := &f.Policies.Cluster.Pods[i]
		if p.Namespace+"/"+p.Name == wanted {
			return &End{Name: wanted + "[Pod]", Members: []int{i}}, nil
		}
	}
	namespace, _, _ := strings.Cut(name, "/")
	var there []string
	for _, e := range WorkloadEnds(f) {
		if strings.HasPrefix(e.Name, namespace+"/") {
			there = append(there, e.Name)
		}
	}
	const shown = 5
	switch {
	case len(there) == 0:
		return nil, fmt.Errorf("%s: there is no workload in namespace %s", name, namespace)
	case len(there) > shown:
		return nil, fmt.Errorf("%s: there is no such workload or Pod; in namespace %s there are %s and %d more", name, namespace, strings.Join(there[:shown], ", "), len(there)-shown)
	}
	return nil, fmt.Errorf("%s: there is no such workload or Pod; in namespace %s there are %s", name, namespace, strings.Join(there, ", "))
}

// On reports whether a row says anything about a port.
func (c *Connectivity) On(port *Port) bool {
	return c.Indeterminate != "" || slices.ContainsFunc(c.Connections, func(on netpol.Connection) bool {
		return on.Protocol == port.Protocol && holdsPort(on.Ports, port.Number)
	})
}

// holdsPort reports whether "80,443,8000-8010" holds a port.
func holdsPort(ports string, number int32) bool {
	for part := range strings.SplitSeq(ports, ",") {
		var first, last int32
		if n, _ := fmt.Sscanf(part, "%d-%d", &first, &last); n == 1 {
			last = first
		}
		if first <= number && number <= last {
			return true
		}
	}
	return false
}
