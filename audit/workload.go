package audit

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit/netpol"
	corev1 "k8s.io/api/core/v1"
)

// A Workload is what Pods are counted by: a Pod's top controller that is known, or the
// Pod itself.
type Workload struct {
	Subject Subject
	Members []int // its Pods, or the stand-in for them, as indexes into PolicyView.Cluster.Pods
	Pods    int   // live Pods; 0 where the controller's template stands in for them
	Mirror  bool  // static Pods: the administrator's, whatever the namespace
}

// workloads groups the live Pods by top controller and evaluates the policies over them.
// In files a controller without Pods stands in with its template; on a live cluster
// templates only tell which policies select something.
func workloads(s *Snapshot) ([]Workload, PolicyView) {
	tops := newOwners(s)
	view := PolicyView{Cluster: policies(s)}

	groups := map[string]*Workload{}
	member := func(subject Subject, pod netpol.Pod) *Workload {
		w := groups[subject.Key()]
		if w == nil {
			w = &Workload{Subject: subject}
			groups[subject.Key()] = w
		}
		w.Members = append(w.Members, len(view.Cluster.Pods))
		view.Cluster.Pods = append(view.Cluster.Pods, pod)
		return w
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		w := member(tops.of(p), netpol.Pod{
			Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, HostNetwork: p.HostNetwork, Node: p.Node,
			Addresses: addresses(p.Addresses), Ports: netpolPorts(p.Ports),
		})
		w.Pods++
		w.Mirror = w.Mirror || p.Mirror
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Owner != nil && tops.knows(c.Owner.Kind, c.Namespace, c.Owner.Name) {
			continue
		}
		template := netpol.Pod{
			Namespace: c.Namespace, Name: c.Name, Labels: c.PodLabels, HostNetwork: c.HostNetwork, Ports: netpolPorts(c.Ports),
		}
		subject := c.Subject()
		if s.Collection.Source == FromFiles && groups[subject.Key()] == nil {
			member(subject, template)
		} else {
			view.Cluster.Templates = append(view.Cluster.Templates, template)
		}
	}
	view.Isolation = netpol.Evaluate(view.Cluster)
	view.Reach = netpol.EvaluateReachability(view.Cluster)
	view.Sweeping = view.Reach.Sweeping()
	view.Namespaces = view.Reach.Namespaces()
	view.Matrix = view.Reach.Matrix(view.Namespaces)

	list := make([]Workload, 0, len(groups))
	for _, w := range groups {
		list = append(list, *w)
	}
	slices.SortFunc(list, func(a, b Workload) int {
		return cmp.Or(
			strings.Compare(a.Subject.Namespace, b.Subject.Namespace),
			strings.Compare(a.Subject.Name, b.Subject.Name),
			strings.Compare(a.Subject.Kind, b.Subject.Kind),
		)
	})
	return list, view
}

// PodsOf returns how many live Pods have a subject as their top controller.
func (f *Facts) PodsOf(s Subject) int {
	for i := range f.Workloads {
		if f.Workloads[i].Subject.Key() == s.Key() {
			return f.Workloads[i].Pods
		}
	}
	return 0
}

// Subject returns the controller as the subject of a finding.
func (c *Controller) Subject() Subject {
	return Subject{
		APIVersion: c.APIVersion, Kind: c.Kind, Namespace: c.Namespace, Name: c.Name,
		UID: c.UID, ResourceVersion: c.ResourceVersion,
	}
}

// owners finds the top controllers of Pods.
type owners struct{ controllers map[string]*Controller }

func newOwners(s *Snapshot) owners {
	o := owners{make(map[string]*Controller, len(s.Controllers))}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		o.controllers[c.Kind+"/"+c.Namespace+"/"+c.Name] = c
	}
	return o
}

func (o owners) knows(kind, namespace, name string) bool {
	return o.controllers[kind+"/"+namespace+"/"+name] != nil
}

// of climbs from a Pod to its top controller that is known. A reference to a controller
// that wasn't read still names it; a Node, which owns static Pods, is no controller.
func (o owners) of(p *Pod) Subject {
	subject := Subject{
		APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name,
		UID: p.UID, ResourceVersion: p.ResourceVersion,
	}
	seen := map[string]bool{}
	for owner := p.Owner; owner != nil && owner.Kind != "Node"; {
		key := owner.Kind + "/" + p.Namespace + "/" + owner.Name
		c := o.controllers[key]
		if c == nil {
			if _, builtIn := WorkloadKinds[owner.Kind]; builtIn || subject.Kind == "Pod" {
				subject = Subject{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: p.Namespace, Name: owner.Name, UID: owner.UID}
			}
			break
		}
		if seen[key] { // owners in a cycle: the last one stands
			break
		}
		seen[key] = true
		subject, owner = c.Subject(), c.Owner
	}
	return subject
}

func addresses(texts []string) []netip.Addr {
	var list []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			list = append(list, a)
		}
	}
	return list
}

func netpolPorts(ports []Port) []netpol.Port {
	var list []netpol.Port
	for _, p := range ports {
		list = append(list, netpol.Port{Name: p.Name, Number: p.Number, Protocol: corev1.Protocol(p.Protocol)})
	}
	return list
}
