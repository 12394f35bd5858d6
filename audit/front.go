package audit

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A FrontView is what lets the outside in: which workloads are controllers of Ingresses
// and Gateways, which Services lead to which workloads, and which Services an Ingress or a
// route refers to.
type FrontView struct {
	controllers map[string]string   // by Subject.Key of a workload: which controller it is
	workloads   map[[2]string][]int // by namespace and name of a Service: indexes into Facts.Workloads
	ingresses   map[[2]string][]string
	routes      map[[2]string][]string
}

// gatewayName is the label of what an implementation deploys for a Gateway
// (https://gateway-api.sigs.k8s.io/geps/gep-1762/).
const gatewayName = "gateway.networking.k8s.io/gateway-name"

func frontView(s *Snapshot, workloads []Workload, view PolicyView) FrontView {
	f := FrontView{map[string]string{}, map[[2]string][]int{}, map[[2]string][]string{}, map[[2]string][]string{}}
	components := map[string]string{} // by Kind/ns/name of a controller or Pod
	note := func(kind string, o *Object, component string, podLabels map[string]string) {
		if known, ok := Components.Named(component); ok && (known.Role == "ingress" || known.Role == "gateway") {
			components[kind+"/"+o.Namespace+"/"+o.Name] = component
		}
		if name := podLabels[gatewayName]; name != "" {
			components[kind+"/"+o.Namespace+"/"+o.Name] = "Gateway " + name
		}
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		note(c.Kind, &c.Object, c.Component, c.PodLabels)
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		note("Pod", &p.Object, p.Component, p.Labels)
	}
	byNamespace := map[string][]int{}
	for i := range workloads {
		w := &workloads[i]
		byNamespace[w.Subject.Namespace] = append(byNamespace[w.Subject.Namespace], i)
		if c := components[w.Subject.Key()]; c != "" {
			f.controllers[w.Subject.Key()] = c
		}
		for _, member := range w.Members {
			pod := &view.Cluster.Pods[member]
			if c := components["Pod/"+pod.Namespace+"/"+pod.Name]; c != "" {
				f.controllers[w.Subject.Key()] = c
			}
			if name := pod.Labels[gatewayName]; name != "" {
				f.controllers[w.Subject.Key()] = "Gateway " + name
			}
			if pod.Labels["svccontroller.k3s.cattle.io/svcname"] != "" { // k3s's ServiceLB, which stands before a LoadBalancer Service
				f.controllers[w.Subject.Key()] = "k3s ServiceLB"
			}
		}
	}
	for i := range s.Services {
		service := &s.Services[i]
		if len(service.Selector) == 0 {
			continue
		}
		selector := labels.SelectorFromSet(service.Selector)
		for _, w := range byNamespace[service.Namespace] {
			if slices.ContainsFunc(workloads[w].Members, func(member int) bool { return selector.Matches(labels.Set(view.Cluster.Pods[member].Labels)) }) {
				key := [2]string{service.Namespace, service.Name}
				f.workloads[key] = append(f.workloads[key], w)
			}
		}
	}
	for i := range s.Ingresses {
		ingress := &s.Ingresses[i]
		for _, name := range backendServices(ingress) {
			key := [2]string{ingress.Namespace, name}
			f.ingresses[key] = append(f.ingresses[key], ingress.Name)
		}
	}
	for i := range s.Routes {
		r := &s.Routes[i]
		for _, b := range r.Backends {
			if b.Kind == "Service" && b.Group == "" {
				key := [2]string{b.Namespace, b.Name}
				f.routes[key] = append(f.routes[key], r.Kind+" "+r.Namespace+"/"+r.Name)
			}
		}
	}
	return f
}

// backendServices names the Services that an Ingress leads to.
func backendServices(i *networkingv1.Ingress) []string {
	var names []string
	add := func(b *networkingv1.IngressBackend) {
		if b != nil && b.Service != nil && !slices.Contains(names, b.Service.Name) {
			names = append(names, b.Service.Name)
		}
	}
	add(i.Spec.DefaultBackend)
	for _, rule := range i.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for j := range rule.HTTP.Paths {
			add(&rule.HTTP.Paths[j].Backend)
		}
	}
	return names
}

// Controller says which controller of Ingresses or Gateways a workload is, and whether it
// is one.
func (v *FrontView) Controller(w Subject) (string, bool) {
	c, ok := v.controllers[w.Key()]
	return c, ok
}

// Behind returns the indexes of the workloads that a Service leads to.
func (v *FrontView) Behind(s *Service) []int { return v.workloads[[2]string{s.Namespace, s.Name}] }

// IngressesTo names the Ingresses, of its namespace, that lead to a Service.
func (v *FrontView) IngressesTo(s *Service) []string {
	return v.ingresses[[2]string{s.Namespace, s.Name}]
}

// RoutesTo names the routes of Gateways that lead to a Service.
func (v *FrontView) RoutesTo(s *Service) []string { return v.routes[[2]string{s.Namespace, s.Name}] }

// LeadsToController says which controller a Service leads to, and whether each workload
// behind it is one. The Service of a Gateway says so by its label.
func (f *Facts) LeadsToController(s *Service) (string, bool) {
	if name := s.Labels[gatewayName]; name != "" {
		return "Gateway " + name, true
	}
	behind := f.Fronts.Behind(s)
	for i, w := range behind {
		c, ok := f.Fronts.Controller(f.Workloads[w].Subject)
		if !ok {
			return "", false
		}
		if i == len(behind)-1 {
			return c, true
		}
	}
	return "", false
}

// Fronted returns what lets the outside in to each workload, by its index: Ingresses,
// routes and LoadBalancer Services, as words.
func (f *Facts) Fronted() map[int][]string {
	fronted := map[int][]string{}
	for i := range f.Services {
		s := &f.Services[i]
		var by []string
		for _, name := range f.Fronts.IngressesTo(s) {
			by = append(by, "Ingress "+name)
		}
		by = append(by, f.Fronts.RoutesTo(s)...)
		if s.Type == "LoadBalancer" {
			by = append(by, s.Type+" Service "+s.Name)
		}
		for _, w := range f.Fronts.Behind(s) {
			fronted[w] = append(fronted[w], by...)
		}
	}
	return fronted
}
