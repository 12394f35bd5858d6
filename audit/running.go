package audit

import "slices"

// An Instance is a workload that runs a platform component.
type Instance struct {
	Subject   Subject
	Labels    map[string]string
	Container Container // the component's own, with the flags that checks rely on

	ports       []Port
	hostNetwork bool
}

// Running returns what runs a component of table components, sorted as read: the
// controllers' templates, or, where no controller is known, the Pods. Not to find any
// says nothing where Deployments or Pods weren't read.
func (s *Snapshot) Running(component string) []Instance {
	var instances []Instance
	note := func(subject Subject, labels map[string]string, t *Template) {
		if c := t.runs(component); c != nil {
			instances = append(instances, Instance{subject, labels, *c, t.Ports, t.HostNetwork})
		}
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Owner != nil && WorkloadKinds[c.Owner.Kind] != "" {
			continue // a ReplicaSet, old ones among them: its Deployment says what is meant
		}
		note(c.Subject(), c.Labels, &c.Template)
	}
	if len(instances) > 0 {
		return instances
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		subject := Subject{APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID, ResourceVersion: p.ResourceVersion}
		note(subject, p.Labels, &p.Template)
	}
	return instances
}

// rememberRunning returns [Snapshot.Running], each component gone through once.
func (s *Snapshot) rememberRunning() func(component string) []Instance {
	found := map[string][]Instance{}
	return func(component string) []Instance {
		list, known := found[component]
		if !known {
			list = s.Running(component)
			found[component] = list
		}
		return list
	}
}

// runs returns the container that runs a component: by its image, or the first one where
// the component was recognized by its place or its labels; nil for none.
func (t *Template) runs(component string) *Container {
	i := slices.IndexFunc(t.Containers, func(c Container) bool {
		known, ok := Components.Of(c.Image)
		return ok && known.Name == component
	})
	switch {
	case i >= 0:
		return &t.Containers[i]
	case t.Component == component && len(t.Containers) > 0:
		return &t.Containers[0]
	}
	return nil
}

// Version returns the release that an instance runs, as its image's tag says, or where
// that isn't like a version the label app.kubernetes.io/version; "" where neither does.
// The tag of an image that no table names may count something else: where the label is of
// another minor, neither counts.
func (i *Instance) Version() string {
	tag, label := Tag(i.Container.Image), i.Labels["app.kubernetes.io/version"]
	tagMajor, tagMinor, tagged := MinorVersion(tag)
	major, minor, labelled := MinorVersion(label)
	_, known := Components.Of(i.Container.Image)
	switch {
	case tagged && labelled && !known && (tagMajor != major || tagMinor != minor):
		return ""
	case tagged:
		return tag
	case labelled:
		return label
	}
	return ""
}
