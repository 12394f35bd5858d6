package audit

import (
	"cmp"
	"slices"
	"strings"
)

// NamedConfigMaps is the dated table of the ConfigMaps that checks ask for. They are got
// by name, never listed: what else stands in ConfigMaps is nobody's business here.
var NamedConfigMaps = table[ConfigMapTable]("configmaps")

// A ConfigMapTable names ConfigMaps and the keys that are kept of them.
type ConfigMapTable struct {
	Date       Date             `yaml:"date"`
	Source     string           `yaml:"source"`
	ConfigMaps []NamedConfigMap `yaml:"configMaps"`
}

// A NamedConfigMap is one row of the table.
type NamedConfigMap struct {
	Namespace string   `yaml:"namespace"` // "" for any, in files; on a cluster those where a component that has it runs
	Name      string   `yaml:"name"`
	Keys      []string `yaml:"keys"` // nil for all
	Of        []string `yaml:"of"`   // the components (table components) that read it: it is asked for where one runs
}

// Keys returns the keys that are kept of a ConfigMap, nil for all, and whether the table
// names it at all.
func (t *ConfigMapTable) Keys(namespace, name string) ([]string, bool) {
	for i := range t.ConfigMaps {
		if c := &t.ConfigMaps[i]; c.Name == name && (c.Namespace == "" || c.Namespace == namespace) {
			return c.Keys, true
		}
	}
	return nil, false
}

// Names returns the names of all rows, sorted: what a role grants get on.
func (t *ConfigMapTable) Names() []string {
	var names []string
	for i := range t.ConfigMaps {
		names = append(names, t.ConfigMaps[i].Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// PortConfigMapFlags are the flags by which ingress-nginx names the ConfigMaps of its TCP
// and UDP services (https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/).
var PortConfigMapFlags = []string{"tcp-services-configmap", "udp-services-configmap"}

// WantedConfigMaps returns the namespaces and names of the ConfigMaps that components
// which run in the cluster read: those of the table that stand in a namespace of their
// own, and those that ingress-nginx names in its flags; sorted.
func WantedConfigMaps(s *Snapshot) []Object {
	wanted := map[[2]string]bool{}
	for i := range NamedConfigMaps.ConfigMaps {
		c := &NamedConfigMaps.ConfigMaps[i]
		for _, component := range c.Of {
			if c.Namespace != "" && len(s.Running(component)) > 0 {
				wanted[[2]string{c.Namespace, c.Name}] = true
			}
		}
	}
	for _, instance := range s.Running("ingress-nginx") {
		for _, flag := range PortConfigMapFlags {
			if namespace, name, ok := instance.PortConfigMap(flag); ok {
				wanted[[2]string{namespace, name}] = true
			}
		}
	}
	list := make([]Object, 0, len(wanted))
	for name := range wanted {
		list = append(list, Object{Namespace: name[0], Name: name[1]})
	}
	slices.SortFunc(list, func(a, b Object) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return list
}

// PortConfigMap returns the ConfigMap that an instance of ingress-nginx names in a flag.
// $(POD_NAMESPACE), or no namespace at all, is the instance's own.
func (i *Instance) PortConfigMap(flag string) (namespace, name string, ok bool) {
	value, given := i.Container.Flag(flag)
	if !given || value == "" {
		return "", "", false
	}
	namespace, name, joined := strings.Cut(value, "/")
	if !joined {
		namespace, name = "", value
	}
	if namespace == "" || strings.HasPrefix(namespace, "$(") {
		namespace = i.Subject.Namespace
	}
	return namespace, name, name != ""
}
