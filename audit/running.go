package audit

import "slices"

// An Instance is a workload that runs a platform component.
type Instance struct {
	Subject   Subject
	Labels    map[string]string
	Container Container // the component's own, with the flags that checks rely on
}

// Running returns what runs a component of table components, sorted as read: the
// controllers' templates, or, where no controller is known, the Pods. Not to find any
// says nothing where Deployments or Pods weren't read.
func (s *Snapshot) Running(component string) []Instance {
	var instances []Instance
	note := func(subject Subject, labels map[string]string, containers []Container) {
		i := slices.IndexFunc(containers, func(c Container) bool {
			known, ok := Components.Of(c.Image)
			return ok && known.Name == component
		})
		if i >= 0 {
			instances = append(instances, Instance{subject, labels, containers[i]})
		}
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Owner != nil && WorkloadKinds[c.Owner.Kind] != "" {
			continue // a ReplicaSet, old ones among them: its Deployment says what is meant
		}
		note(c.Subject(), c.Labels, c.Containers)
	}
	if len(instances) > 0 {
		return instances
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		subject := Subject{APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID, ResourceVersion: p.ResourceVersion}
		note(subject, p.Labels, p.Containers)
	}
	return instances
}

// Version returns the release that an instance runs, as its image's tag says, or where
// that isn't like a version the label app.kubernetes.io/version; "" where neither does.
func (i *Instance) Version() string {
	for _, version := range []string{Tag(i.Container.Image), i.Labels["app.kubernetes.io/version"]} {
		if _, _, ok := MinorVersion(version); ok {
			return version
		}
	}
	return ""
}
