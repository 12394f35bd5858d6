package collect

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

// RuleNotNamed is the exclusion of ConfigMaps in files that no check asks for by name.
const RuleNotNamed = "not named: ConfigMaps that no check asks for"

func reduceConfigMap(k *kept, c *corev1.ConfigMap) string {
	keys, named := audit.NamedConfigMaps.Keys(c.Namespace, c.Name)
	if !named && !k.named {
		return RuleNotNamed
	}
	reduced := audit.ConfigMap{Object: k.meta(&c.ObjectMeta)}
	for key, value := range c.Data {
		if keys == nil || slices.Contains(keys, key) {
			if reduced.Data == nil {
				reduced.Data = map[string]string{}
			}
			reduced.Data[key] = value
		}
	}
	k.ConfigMaps = append(k.ConfigMaps, reduced)
	return ""
}
