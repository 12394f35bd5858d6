package audit

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
