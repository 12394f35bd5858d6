package audit

import (
	"cmp"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
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
	Namespace string   `yaml:"namespace"` // "" for any, in files; on a cluster that where a component that has it runs
	Name      string   `yaml:"name"`      // with a flag the name that is usual: what a role grants
	Flag      string   `yaml:"flag"`      // of the component, that names it; "" where the name is fixed
	Keys      []string `yaml:"keys"`      // nil for all
	Of        []string `yaml:"of"`        // the components (table components) that read it: it is asked for where one runs
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

// A WantedConfigMap is one that is asked for, and the keys that are kept of it.
type WantedConfigMap struct {
	Namespace, Name string
	Keys            []string // nil for all
}

// WantedConfigMaps returns the ConfigMaps that components which run in the cluster read,
// sorted: those of the table that stand in a namespace of their own or in the component's,
// and those that a component's flag names.
func WantedConfigMaps(s *Snapshot) []WantedConfigMap {
	wanted := map[[2]string]WantedConfigMap{}
	want := func(namespace, name string, keys []string) {
		if key := [2]string{namespace, name}; namespace != "" && name != "" {
			if _, known := wanted[key]; !known {
				wanted[key] = WantedConfigMap{namespace, name, keys}
			}
		}
	}
	for i := range NamedConfigMaps.ConfigMaps {
		c := &NamedConfigMaps.ConfigMaps[i]
		for _, component := range c.Of {
			for _, instance := range s.Running(component) {
				switch namespace, name, named := instance.NamedConfigMap(c.Flag); {
				case c.Flag != "" && named:
					want(namespace, name, c.Keys)
				case c.Flag == "":
					want(cmp.Or(c.Namespace, instance.Subject.Namespace), c.Name, c.Keys)
				}
			}
		}
	}
	list := make([]WantedConfigMap, 0, len(wanted))
	for _, w := range wanted {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b WantedConfigMap) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return list
}

// CAKey is the key of a ConfigMap under which Gateways look for a CA (Gateway API,
// FrontendTLSValidation.caCertificateRefs).
const CAKey = "ca.crt"

// CAConfigMaps returns the ConfigMaps that Gateways name as CAs of their clients. They are
// kept of files only: on a cluster a role can't name them beforehand, and the listeners'
// conditions say whether they resolve.
func CAConfigMaps(s *Snapshot) []WantedConfigMap {
	var list []WantedConfigMap
	for i := range s.Gateways {
		g := &s.Gateways[i]
		if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
			continue
		}
		settings := []*gatewayv1.FrontendTLSValidation{g.Spec.TLS.Frontend.Default.Validation}
		for _, p := range g.Spec.TLS.Frontend.PerPort {
			settings = append(settings, p.TLS.Validation)
		}
		for _, v := range settings {
			if v == nil {
				continue
			}
			for _, ref := range v.CACertificateRefs {
				namespace := g.Namespace
				if ref.Namespace != nil {
					namespace = string(*ref.Namespace)
				}
				if ref.Group == "" && ref.Kind == "ConfigMap" {
					list = append(list, WantedConfigMap{namespace, string(ref.Name), []string{CAKey}})
				}
			}
		}
	}
	return list
}

// NamedConfigMap returns the ConfigMap that an instance names in a flag.
// $(POD_NAMESPACE), or no namespace at all, is the instance's own.
func (i *Instance) NamedConfigMap(flag string) (namespace, name string, ok bool) {
	value, given := i.Container.Flag(flag)
	if flag == "" || !given || value == "" {
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

// ConfigMap returns what was read of a ConfigMap, nil where nobody asked for it or it
// couldn't be read.
func (s *Snapshot) ConfigMap(namespace, name string) *ConfigMap {
	for i := range s.ConfigMaps {
		if c := &s.ConfigMaps[i]; c.Namespace == namespace && c.Name == name {
			return c
		}
	}
	return nil
}
