package collect

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

// RuleNotNamed is the exclusion of ConfigMaps in files that no check asks for by name.
const RuleNotNamed = "not named: ConfigMaps that no check asks for"

// reduceConfigMap keeps a ConfigMap that was asked for by name. One that stands in files
// waits until everything was read: a component that runs there may name it.
func reduceConfigMap(k *kept, c *corev1.ConfigMap) string {
	if !k.named {
		k.unnamed = append(k.unnamed, *c)
		return ""
	}
	k.configMap(c, k.keys)
	return ""
}

// configMap keeps some keys of a ConfigMap, all where keys is nil. Of a CA's only
// CERTIFICATE blocks are kept: people have put keys there.
func (k *kept) configMap(c *corev1.ConfigMap, keys []string) {
	reduced := audit.ConfigMap{Object: k.meta(&c.ObjectMeta)}
	for key, value := range c.Data {
		if keys == nil || slices.Contains(keys, key) {
			if key == audit.CAKey {
				value, _ = certificates([]byte(value))
			}
			if reduced.Data == nil {
				reduced.Data = map[string]string{}
			}
			reduced.Data[key] = value
		}
	}
	k.ConfigMaps = append(k.ConfigMaps, reduced)
}

// settleConfigMaps keeps those ConfigMaps of files that the table names, a component that
// runs there or a Gateway, and counts the others.
func (k *kept) settleConfigMaps() (excluded int) {
	wanted := map[[2]string][]string{}
	for _, w := range slices.Concat(audit.WantedConfigMaps(&k.Snapshot), audit.CAConfigMaps(&k.Snapshot)) {
		wanted[[2]string{w.Namespace, w.Name}] = w.Keys
	}
	for i := range k.unnamed {
		c := &k.unnamed[i]
		keys, named := wanted[[2]string{c.Namespace, c.Name}]
		if !named {
			keys, named = audit.NamedConfigMaps.Keys(c.Namespace, c.Name)
		}
		if !named {
			excluded++
			continue
		}
		k.configMap(c, keys)
	}
	k.unnamed = nil
	return excluded
}
