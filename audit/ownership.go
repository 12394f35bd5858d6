package audit

import "fmt"

// administrators returns the namespaces that are the administrator's, each with how that
// is known: by name, by label owner=operator, by configuration, or because a platform
// component (see [Components]) runs there.
func administrators(s *Snapshot, c *Config) map[string]string {
	known := map[string]string{}
	note := func(namespace, why string) {
		if _, ok := known[namespace]; !ok && namespace != "" {
			known[namespace] = why
		}
	}
	for _, name := range mentioned(s) {
		for _, glb := range Platforms.Namespaces {
			if glob(glb, name) {
				note(name, "a system namespace")
			}
		}
		for _, glb := range c.Administrator.Namespaces {
			if glob(glb, name) {
				note(name, fmt.Sprintf("configured: administrator.namespaces %q", glb))
			}
		}
	}
	for i := range s.Namespaces {
		if n := &s.Namespaces[i]; n.Labels["owner"] == "operator" {
			note(n.Name, "labelled owner=operator")
		}
	}
	for i := range s.Controllers {
		if s.Controllers[i].Component != "" {
			note(s.Controllers[i].Namespace, s.Controllers[i].Component+" runs there")
		}
	}
	for i := range s.Pods {
		if s.Pods[i].Component != "" {
			note(s.Pods[i].Namespace, s.Pods[i].Component+" runs there")
		}
	}
	return known
}

// mentioned returns the names of the namespaces that were read, and of those that other
// objects are in: whose they are is mostly told by name, where Namespaces may not be read
// too.
func mentioned(s *Snapshot) []string {
	names := map[string]bool{}
	for i := range s.Namespaces {
		names[s.Namespaces[i].Name] = true
	}
	for _, reading := range s.Collection.Readings {
		s.Objects(reading.Resource, func(namespace, _ string) { names[namespace] = true })
	}
	return sortedKeys(names)
}
