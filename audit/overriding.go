package audit

import "slices"

// settingsOf returns an instance with the settings that hold for a class: where the controller
// reads the ConfigMap that the parameters of the class name before its own, that isn't read here.
func (c *IngressInstance) settingsOf(s *Snapshot, class string) *IngressInstance {
	if !c.Is.ClassSettings || !s.ParametersMatter(class) {
		return c
	}
	other := *c
	other.Settings = nil
	if object := s.IngressClass(class); object != nil {
		other.ConfigMap = c.Subject.Namespace + "/" + object.Spec.Parameters.Name
		other.Unread = &Gap{Reason: Unknown, Message: "the parameters of IngressClass " + class + " name it, and this build doesn't ask for it"}
	} else {
		gap, _ := s.Reading(IngressClasses).Gap("")
		other.Unread = &Gap{Reason: gap.Reason, Message: "whether IngressClass " + class + " names another one isn't known: " + gap.Message}
	}
	return &other
}

// A ServiceAnnotation is one of a Service that counts before that of the Ingresses which lead
// there.
type ServiceAnnotation struct {
	Service *Service
	Key     string
}

// OverriddenBy returns the first of some annotations that a Service has to which an Ingress
// leads, where its controller reads them there; nil for none.
func (f *Facts) OverriddenBy(e *Exposure, c *IngressController, keys []string) *ServiceAnnotation {
	if !c.OnServices {
		return nil
	}
	for _, name := range backendServices(e.Ingress) {
		s := f.Service(e.Namespace, name)
		if s == nil {
			continue
		}
		i := slices.IndexFunc(keys, func(key string) bool { return s.Annotations[key] != "" })
		if i >= 0 {
			return &ServiceAnnotation{s, keys[i]}
		}
	}
	return nil
}
