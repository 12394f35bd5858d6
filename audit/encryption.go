package audit

import (
	"fmt"
	"strings"
)

// uncovered is what no encryption between nodes covers.
const uncovered = " Traffic within a node and of Pods in the host's network isn't covered."

// encryption decides whether traffic between Pods of different nodes is encrypted.
func (p *pluginSurvey) encryption(plugins []string) Protection {
	var lacking, open *Protection
	for _, name := range plugins {
		var result Protection
		switch name {
		case "cilium":
			result = p.ciliumEncryption()
		case "calico":
			result = p.calicoEncryption()
		case "antrea":
			result = p.antreaEncryption()
		case "ovn-kubernetes":
			result = p.ovnEncryption()
		case "flannel":
			result = p.flannelEncryption()
		case "k3s":
			result = p.k3sEncryption()
		default:
			continue
		}
		switch {
		case result.Status == Pass, result.Status == Warning:
			return result
		case result.Status == Fail && lacking == nil:
			lacking = &result
		case result.Status != Fail && open == nil:
			open = &result
		}
	}
	if mesh, ok := p.meshEncryption(); ok {
		return mesh
	}
	if open != nil {
		return *open
	}
	if gap, unread := p.Reading(PeerAuthentications).Gap(""); unread && lacking != nil {
		return Protection{Reason: gap.Reason, Statement: lacking.Statement + " Whether a mesh does isn't known: peerauthentications.security.istio.io could not be read: " + gap.Message}
	}
	if lacking != nil {
		return *lacking
	}
	if len(plugins) == 0 {
		return Protection{Reason: Unknown, Statement: "No network plugin that this build knows was found: whether traffic between Pods is encrypted isn't known."}
	}
	return Protection{Status: Fail, Statement: fmt.Sprintf("No encryption between Pods is configured (%s).", strings.Join(plugins, ", "))}
}

// ciliumEncryption: https://docs.cilium.io/en/stable/security/network/encryption/.
func (p *pluginSurvey) ciliumEncryption() Protection {
	data, unknown := p.config("kube-system", "cilium-config")
	if unknown != "" {
		return Protection{Reason: Failed, Statement: unknown + ": whether Cilium encrypts isn't known."}
	}
	command := GetCommand("configmaps", "kube-system", "cilium-config", "yaml")
	if data == nil {
		return Protection{Reason: Unknown, Command: command, Statement: "ConfigMap kube-system/cilium-config isn't there: whether Cilium encrypts isn't known."}
	}
	for _, kind := range [][2]string{{"enable-wireguard", "WireGuard"}, {"enable-ipsec", "IPsec"}, {"enable-ztunnel", "ztunnel"}} {
		key, what := kind[0], kind[1]
		if !strings.EqualFold(data[key], "true") {
			continue
		}
		result := Protection{Status: Pass, Statement: "Configured: Cilium encrypts with " + what + " between nodes." + uncovered,
			Evidence: []Evidence{{Path: "ConfigMap kube-system/cilium-config: data." + key, Value: "true", Level: Configured}}}
		if what != "WireGuard" {
			return result
		}
		if gap, unread := p.Reading(CiliumNodes).Gap(""); unread {
			return Protection{Reason: gap.Reason, Statement: "Cilium is set to encrypt with WireGuard; which nodes have a key isn't known: " + gap.Message}
		}
		keys := map[string]bool{}
		for i := range p.Settings {
			if s := &p.Settings[i]; s.Resource == CiliumNodes {
				keys[s.Name] = strings.Contains(s.Values["metadata.annotations"], "network.cilium.io/wg-pub-key")
			}
		}
		for i := range p.Nodes {
			if n := &p.Nodes[i]; p.wantsAgent(n) && !keys[n.Name] {
				result.Lacking = append(result.Lacking, n.Name)
			}
		}
		if len(p.Nodes) == 0 {
			return Protection{Reason: Unknown, Statement: "Cilium is set to encrypt with WireGuard, but no Node is among what was read."}
		}
		if len(result.Lacking) > 0 {
			result.Status = Warning
			result.Statement = fmt.Sprintf("Cilium is set to encrypt with WireGuard, but %s published no key (CiliumNode, annotation network.cilium.io/wg-pub-key).", listOf(result.Lacking))
		}
		return result
	}
	return Protection{Status: Fail, Command: command, Statement: "No encryption between Pods is configured: cilium-config enables neither WireGuard nor IPsec nor ztunnel.",
		Evidence: []Evidence{{Path: "ConfigMap kube-system/cilium-config: data.enable-wireguard, enable-ipsec, enable-ztunnel", Value: "none is true", Level: Configured}}}
}

// antreaEncryption: https://antrea.io/docs/main/docs/traffic-encryption/.
func (p *pluginSurvey) antreaEncryption() Protection {
	data, unknown := p.config("kube-system", "antrea-config")
	if unknown != "" || data == nil {
		return Protection{Reason: Unknown, Statement: "ConfigMap kube-system/antrea-config isn't known: whether Antrea encrypts can't be told."}
	}
	encryption, encap := "", "encap"
	for line := range strings.Lines(data["antrea-agent.conf"]) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		switch key {
		case "trafficEncryptionMode":
			encryption = value
		case "trafficEncapMode":
			encap = value
		}
	}
	if encryption == "" || strings.EqualFold(encryption, "none") || !strings.EqualFold(encap, "encap") {
		return Protection{Status: Fail, Statement: fmt.Sprintf("No encryption between Pods is in force: antrea-agent.conf has trafficEncryptionMode %q and trafficEncapMode %q.", encryption, encap),
			Command:  GetCommand("configmaps", "kube-system", "antrea-config", "yaml"),
			Evidence: []Evidence{{Path: "ConfigMap kube-system/antrea-config: trafficEncryptionMode", Value: encryption, Level: Configured}}}
	}
	return Protection{Status: Pass, Statement: "Configured: Antrea encrypts with " + encryption + " between nodes." + uncovered,
		Evidence: []Evidence{{Path: "ConfigMap kube-system/antrea-config: trafficEncryptionMode", Value: encryption, Level: Configured}}}
}

// ovnEncryption: https://docs.openshift.com/container-platform/latest/networking/network_security/configuring-ipsec-ovn.html.
func (p *pluginSurvey) ovnEncryption() Protection {
	if gap, unread := p.Reading(OpenShiftNetworkOperators).Gap(""); unread {
		return Protection{Reason: gap.Reason, Statement: "networks.operator.openshift.io could not be read: " + gap.Message}
	}
	for i := range p.Settings {
		s := &p.Settings[i]
		if value := s.Values["spec.defaultNetwork.ovnKubernetesConfig.ipsecConfig"]; s.Resource == OpenShiftNetworkOperators && strings.Contains(value, `"mode":"Full"`) {
			return Protection{Status: Pass, Statement: "Configured: OVN-Kubernetes encrypts with IPsec between nodes." + uncovered,
				Evidence: []Evidence{{Path: "Network.operator.openshift.io " + s.Name + ": ipsecConfig.mode", Value: "Full", Level: Configured}}}
		}
	}
	return Protection{Status: Fail, Command: GetCommand(string(OpenShiftNetworkOperators), "", "cluster", "yaml"), Statement: "No encryption between Pods is configured: OVN-Kubernetes' ipsecConfig.mode isn't Full.",
		Evidence: []Evidence{{Path: "Network.operator.openshift.io: spec.defaultNetwork.ovnKubernetesConfig.ipsecConfig.mode", Value: "not Full", Level: Configured}}}
}

// flannelEncryption: https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md.
func (p *pluginSurvey) flannelEncryption() Protection {
	var data map[string]string
	var path, command string
	for _, namespace := range []string{"kube-flannel", "kube-system"} {
		known, unknown := p.config(namespace, "kube-flannel-cfg")
		if unknown != "" {
			return Protection{Reason: Failed, Statement: unknown + ": whether flannel encrypts isn't known."}
		}
		if known != nil {
			data, path, command = known, "ConfigMap "+namespace+"/kube-flannel-cfg: data[net-conf.json]", GetCommand("configmaps", namespace, "kube-flannel-cfg", "yaml")
		}
	}
	if data == nil {
		return Protection{Reason: Unknown, Statement: "ConfigMap kube-flannel-cfg is neither in kube-flannel nor in kube-system: whether flannel encrypts isn't known."}
	}
	compact := strings.ReplaceAll(strings.ReplaceAll(data["net-conf.json"], " ", ""), "\n", "")
	evidence := []Evidence{{Path: path, Value: compact, Level: Configured}}
	if strings.Contains(compact, `"Type":"wireguard"`) {
		return Protection{Status: Pass, Statement: "Configured: flannel encrypts with WireGuard between nodes." + uncovered, Evidence: evidence, Command: command}
	}
	return Protection{Status: Fail, Statement: "No encryption between Pods is configured: flannel's backend isn't wireguard.", Evidence: evidence, Command: command}
}

func (p *pluginSurvey) k3sEncryption() Protection {
	servers, _ := p.k3s()
	for _, server := range servers.told {
		if backend, _ := server.Flag("flannel-backend"); backend != "wireguard-native" {
			return Protection{Status: Fail, Statement: "No encryption between Pods is configured: k3s was started without --flannel-backend=wireguard-native.",
				Command:  GetCommand("nodes", "", "", "yaml"),
				Evidence: []Evidence{{Path: "Node: metadata.annotations[k3s.io/node-args]", Value: "without wireguard-native", Level: Configured}}}
		}
	}
	switch {
	case servers.unreadable != nil:
		return Protection{Reason: Failed, Statement: fmt.Sprintf("k3s: %v: whether traffic between Pods is encrypted isn't known.", servers.unreadable)}
	case len(servers.told) == 0:
		return Protection{Reason: Unknown, Statement: "k3s: no control-plane node tells its arguments: whether traffic between Pods is encrypted isn't known."}
	}
	return Protection{Status: Pass, Statement: "Configured: k3s encrypts with WireGuard between nodes." + uncovered,
		Evidence: []Evidence{{Path: "Node: metadata.annotations[k3s.io/node-args]", Value: "wireguard-native", Level: Configured}}}
}

// meshEncryption looks for Istio's strict mutual TLS of the whole mesh
// (https://istio.io/latest/docs/reference/config/security/peer_authentication/). It is
// never more than a part: who isn't in the mesh isn't covered.
func (p *pluginSurvey) meshEncryption() (Protection, bool) {
	for i := range p.Settings {
		s := &p.Settings[i]
		if s.Resource == PeerAuthentications && s.Namespace == "istio-system" && s.Values["spec.selector.matchLabels"] == "" && s.Values["spec.mtls.mode"] == "STRICT" {
			return Protection{Status: Warning, Statement: "Istio demands mutual TLS of the whole mesh; Pods outside the mesh, and ports excepted from it, aren't covered.",
				Evidence: []Evidence{{Path: "PeerAuthentication istio-system/" + s.Name + ": spec.mtls.mode", Value: "STRICT", Level: Configured}}}, true
		}
	}
	return Protection{}, false
}
