package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// felixSettings are what FelixConfigurations say of WireGuard, of IPv4 and of IPv6, by their
// names: "true", "false", or "" where they don't say.
type felixSettings map[string][2]string

func (p *pluginSurvey) felixSettings() felixSettings {
	settings := felixSettings{}
	for i := range p.Settings {
		if s := &p.Settings[i]; s.Resource == FelixConfigurations || s.Resource == CRDFelixConfigurations {
			settings[s.Name] = [2]string{s.Values["spec.wireguardEnabled"], s.Values["spec.wireguardEnabledV6"]}
		}
	}
	return settings
}

// encrypts reports whether WireGuard is on for a node: of each value the node's own comes
// before the one of default (https://docs.tigera.io/calico/latest/reference/felix/configuration).
func (f felixSettings) encrypts(node string) bool {
	for family, value := range f["node."+node] {
		if value == "" {
			value = f["default"][family]
		}
		if value == "true" {
			return true
		}
	}
	return false
}

// mostNodes is how many nodes evidence names.
const mostNodes = 3

// evidence is what the settings say for nodes that don't encrypt, the first of them.
func (f felixSettings) evidence(off []string) []Evidence {
	var list []Evidence
	for _, name := range append([]string{"default"}, off[:min(len(off), mostNodes)]...) {
		if name != "default" {
			name = "node." + name
		}
		value := cmp.Or(f[name][0], "absent")
		if f[name][1] != "" {
			value += ", of IPv6 " + f[name][1]
		}
		list = append(list, Evidence{Path: "FelixConfiguration " + name + ": spec.wireguardEnabled", Value: value, Level: Configured})
	}
	return list
}

// keylessEvidence names nodes that published no key, the first of them.
func keylessEvidence(nodes []string) []Evidence {
	var list []Evidence
	for _, name := range nodes[:min(len(nodes), mostNodes)] {
		list = append(list, Evidence{Path: "Node " + name + ": metadata.annotations[projectcalico.org/WireguardPublicKey]", Value: "absent", Level: Configured})
	}
	return list
}

// nodes are those that have to encrypt: those that should run an agent, and those that
// have settings of their own. Where no Nodes are among what was read, settings name them.
func (f felixSettings) nodes(p *pluginSurvey) (names []string) {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if own := f["node."+n.Name]; p.wantsAgent(n) || own != [2]string{} {
			names = append(names, n.Name)
		}
	}
	if len(p.Nodes) == 0 {
		for name, own := range f {
			if node, is := strings.CutPrefix(name, "node."); is && own != [2]string{} {
				names = append(names, node)
			}
		}
	}
	slices.Sort(names)
	return names
}

// calicoEncryption: https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic.
func (p *pluginSurvey) calicoEncryption() Protection {
	for _, r := range []Resource{FelixConfigurations, CRDFelixConfigurations} {
		if gap, unread := p.Reading(r).Gap(""); unread {
			return Protection{Reason: gap.Reason, Statement: fmt.Sprintf("%s could not be read: %s", r, gap.Message)}
		}
	}
	settings := p.felixSettings()
	nodes := settings.nodes(p)
	var off []string
	for _, node := range nodes {
		if !settings.encrypts(node) {
			off = append(off, node)
		}
	}
	byDefault := settings["default"][0] == "true" || settings["default"][1] == "true"
	switch {
	case !byDefault && len(off) == len(nodes):
		return Protection{Status: Fail, Statement: "No encryption between Pods is configured: FelixConfiguration default doesn't enable WireGuard.",
			Command:  GetCommand("felixconfigurations", "", "default", "yaml"),
			Evidence: []Evidence{{Path: "FelixConfiguration default: spec.wireguardEnabled", Value: "not true", Level: Configured}}}
	case !byDefault && len(p.Nodes) == 0:
		return Protection{Reason: Unknown, Command: felixCommand,
			Statement: "Calico is set to encrypt with WireGuard on some nodes only (FelixConfiguration node.<name>), but no Node is among what was read."}
	case len(off) > 0 && len(off) == len(nodes) && len(p.Nodes) > 0:
		return Protection{Status: Fail, Lacking: off, Command: felixCommand, Evidence: settings.evidence(off),
			Statement: fmt.Sprintf("No encryption between Pods is configured: FelixConfiguration default enables WireGuard, but node.<name> switches it off on each node (%s).", listOf(off))}
	}
	keyless := slices.DeleteFunc(p.withoutCalicoKey(), func(node string) bool { return slices.Contains(off, node) })
	noKey := fmt.Sprintf("%s published no key (annotation projectcalico.org/WireguardPublicKey)", listOf(keyless))
	switch {
	case len(off) > 0:
		where := "FelixConfiguration node.<name>"
		if !byDefault {
			where = "neither FelixConfiguration default nor node.<name> enables it"
		}
		result := Protection{Status: Warning, Lacking: append(slices.Clone(off), keyless...), Command: felixCommand, Evidence: append(settings.evidence(off), keylessEvidence(keyless)...),
			Statement: fmt.Sprintf("Calico encrypts with WireGuard, but not on %s (%s).", listOf(off), where)}
		if len(keyless) > 0 {
			result.Statement = fmt.Sprintf("Calico is set to encrypt with WireGuard, but not on %s (%s), and of the others %s.", listOf(off), where, noKey)
		}
		slices.Sort(result.Lacking)
		return result
	case len(keyless) > 0:
		return Protection{Status: Warning, Lacking: keyless, Evidence: keylessEvidence(keyless), Statement: "Calico is set to encrypt with WireGuard, but " + noKey + "."}
	}
	where := "default"
	if !byDefault {
		where = "node.<name> of each node"
	}
	return Protection{Status: Pass, Statement: "Configured: Calico encrypts with WireGuard between nodes." + uncovered,
		Evidence: []Evidence{{Path: "FelixConfiguration " + where + ": spec.wireguardEnabled", Value: "true", Level: Configured}}}
}

var felixCommand = GetCommand("felixconfigurations", "", "", "yaml")

// withoutCalicoKey returns the nodes that should run an agent and published no key.
func (p *pluginSurvey) withoutCalicoKey() (names []string) {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if p.wantsAgent(n) && n.Annotations["projectcalico.org/WireguardPublicKey"] == "" && n.Annotations["projectcalico.org/WireguardPublicKeyV6"] == "" {
			names = append(names, n.Name)
		}
	}
	return names
}
