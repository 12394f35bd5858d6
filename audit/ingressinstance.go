package audit

import (
	"slices"
	"strings"
)

// An IngressInstance is an instance of an ingress controller that runs in the cluster, and what
// is known of its settings.
type IngressInstance struct {
	Instance
	Is        *IngressController
	Serves    string            // spec.controller of the IngressClasses that it serves
	Settings  map[string]string // of its ConfigMap, the keys that are kept; empty where it has none or that isn't there
	ConfigMap string            // "namespace/name", "" where it has none
	Unread    *Gap              // why its ConfigMap isn't known; nil where it is, or where it has none
	Services  []*Service        // that lead to it from outside the cluster, by their type

	Entrypoints []Entrypoint // of Traefik, that its arguments name

	inner []*Service // that lead to it from inside the cluster alone
}

// Setting returns a setting of the ConfigMap, and whether it is there.
func (c *IngressInstance) Setting(key string) (string, bool) {
	value, ok := c.Settings[key]
	return strings.TrimSpace(value), ok && key != ""
}

// ingressInstances describes every instance of an ingress controller of the table.
func ingressInstances(f *Facts) []IngressInstance {
	var list []IngressInstance
	for i := range IngressControllers.Controllers {
		is := &IngressControllers.Controllers[i]
		if is.Component == "" {
			continue
		}
		for _, instance := range f.Running(is.Component) {
			c := IngressInstance{Instance: instance, Is: is}
			c.Services, c.inner = f.servicesTo(instance.Subject)
			if len(is.Implements) > 0 {
				c.Serves = is.Serves(&instance)
			}
			c.readSettings(f.Snapshot)
			c.readStatic()
			list = append(list, c)
		}
	}
	return list
}

// readSettings finds the ConfigMap that the controller's flag names, or the one it is usually
// given.
func (c *IngressInstance) readSettings(s *Snapshot) {
	namespace, name, named := c.NamedConfigMap(NamedConfigMaps.flagOf(c.Is.Component))
	if usual := NamedConfigMaps.usualOf(c.Is.Component); !named && usual != "" {
		namespace, name, named = c.Subject.Namespace, usual, true
	}
	if !named {
		return
	}
	c.ConfigMap = namespace + "/" + name
	if read := s.ConfigMap(namespace, name); read != nil {
		c.Settings = read.Data // empty where the server said that it isn't there
		return
	}
	reading := s.Reading(ConfigMaps)
	for _, gap := range reading.Gaps {
		if (gap.Namespace == "" || gap.Namespace == namespace) && (gap.Name == "" || gap.Name == name) {
			c.Unread = &gap
			return
		}
	}
	if s.Collection.Source != FromFiles || reading.State != Read {
		c.Unread = &Gap{Reason: Failed, Verb: "get", Namespace: namespace, Name: name, Message: "it was not asked for"}
	}
}

// flagOf returns the flag by which a component names the ConfigMap of its settings, ""
// where it has none.
func (t *ConfigMapTable) flagOf(component string) string {
	for i := range t.ConfigMaps {
		if c := &t.ConfigMaps[i]; slices.Contains(c.Of, component) && !slices.Contains(PortConfigMapFlags, c.Flag) {
			return c.Flag
		}
	}
	return ""
}

// usualOf returns the name of the ConfigMap that a component is given as a file, which no flag
// names, "" where it has none.
func (t *ConfigMapTable) usualOf(component string) string {
	for i := range t.ConfigMaps {
		if c := &t.ConfigMaps[i]; slices.Contains(c.Of, component) && c.Flag == "" {
			return c.Name
		}
	}
	return ""
}

// servicesTo returns the Services that lead to a workload: those of type LoadBalancer and
// NodePort, and the others.
func (f *Facts) servicesTo(workload Subject) (outer, inner []*Service) {
	for i := range f.Services {
		s := &f.Services[i]
		switch {
		case !f.leadsTo(s, workload):
		case s.Type == "LoadBalancer" || s.Type == "NodePort":
			outer = append(outer, s)
		default:
			inner = append(inner, s)
		}
	}
	return outer, inner
}

// leadsTo reports whether a Service leads to a workload.
func (f *Facts) leadsTo(s *Service, workload Subject) bool {
	return slices.ContainsFunc(f.Fronts.workloads[[2]string{s.Namespace, s.Name}], func(w int) bool {
		subject := f.Workloads[w].Subject
		return subject.Namespace == workload.Namespace && (subject.Name == workload.Name && subject.Kind == workload.Kind || f.isMember(w, workload))
	})
}

// isMember reports whether a Pod is one of a workload's.
func (f *Facts) isMember(workload int, pod Subject) bool {
	return pod.Kind == "Pod" && slices.ContainsFunc(f.Workloads[workload].Members, func(member int) bool {
		return f.Policies.Cluster.Pods[member].Name == pod.Name
	})
}

// InstancesOf returns the running instances that serve an Ingress, empty where none of its
// kind is known to run. Of several of one kind those count that serve its class.
func (f *Facts) InstancesOf(e *Exposure) []*IngressInstance {
	var of []*IngressInstance
	for i := range f.IngressInstances {
		c := &f.IngressInstances[i]
		if slices.ContainsFunc(e.Controllers, func(may IngressController) bool { return may.Name == c.Is.Name }) && f.serves(c.Is, &c.Instance, e) {
			of = append(of, c.settingsOf(f.Snapshot, e.Class))
		}
	}
	return of
}

// serves reports whether an instance of a controller that may serve an Ingress serves its
// class, as far as its arguments tell.
func (s *Snapshot) serves(is *IngressController, i *Instance, e *Exposure) bool {
	if name, _ := i.Container.Flag(is.ClassName); name != "" {
		return name == e.Class
	}
	class := s.IngressClass(e.Class)
	return class == nil || is.ControllerClass == "" || is.Serves(i) == class.Spec.Controller
}

// CertifiedService returns a Service that leads to the instance by a load balancer with a
// certificate, nil for none.
func (c *IngressInstance) CertifiedService() *Service {
	if i := slices.IndexFunc(c.Services, (*Service).hasCertificate); i >= 0 {
		return c.Services[i]
	}
	return nil
}

// UnknownInstances says why the controllers that serve Ingresses aren't known, where what
// runs wasn't read.
func (f *Facts) UnknownInstances() (Resource, Gap, bool) {
	for _, r := range []Resource{Deployments, DaemonSets, Pods} {
		if gap, missing := f.Unread(r, ""); missing {
			return r, gap, true
		}
	}
	return "", Gap{}, false
}
