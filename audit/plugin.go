package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A PluginView is what enforces policies and encrypts traffic between Pods, as far as
// objects show it: no API proves either.
type PluginView struct {
	Plugins     []string // the network plugins that were found, "cilium", "calico"; none: not known
	Enforcement Protection
	Encryption  Protection
}

// A Protection says how far something is configured. The zero value is NotAssessed.
type Protection struct {
	Status    Status     // Pass: configured everywhere; Warning: on some nodes; Fail: not; NotAssessed: unknown
	Reason    Reason     // of NotAssessed
	Statement string     // a sentence for people
	Evidence  []Evidence // the objects that say so
	Lacking   []string   // nodes on which it isn't, sorted
	Command   string     // kubectl, shows where it is configured; "" where that is nowhere in particular
}

// enforcers are the components whose agents enforce NetworkPolicies wherever they run,
// unless a setting says otherwise (netpol's table in docs/evidence.md).
var enforcers = []string{"cilium", "calico", "antrea", "ovn-kubernetes", "kube-router", "kindnet", "kube-network-policies", "azure-npm", "weave"}

// youngNode is how long a Node may be without an agent.
const youngNode = 10 * time.Minute

// A pluginSurvey is what the objects of network plugins say.
type pluginSurvey struct {
	*Snapshot
	at     time.Time
	agents map[string]map[string]bool // by component: the nodes on which a Pod of it is ready
	sets   map[string]*Controller     // by component: its DaemonSet
}

func pluginView(s *Snapshot, at time.Time) PluginView {
	p := pluginSurvey{s, at, map[string]map[string]bool{}, map[string]*Controller{}}
	network := func(name string) bool {
		c, ok := Components.Named(name)
		return ok && c.Role == "network"
	}
	for i := range s.Controllers {
		if c := &s.Controllers[i]; c.Kind == "DaemonSet" && network(c.Component) {
			p.sets[c.Component] = c
		}
	}
	for i := range s.Pods {
		pod := &s.Pods[i]
		if !network(pod.Component) || pod.Owner != nil && pod.Owner.Kind != "DaemonSet" {
			continue // operators and controllers are no agents
		}
		if p.agents[pod.Component] == nil {
			p.agents[pod.Component] = map[string]bool{}
		}
		if pod.Ready {
			p.agents[pod.Component][pod.Node] = true
		}
	}
	var v PluginView
	for name := range p.agents {
		v.Plugins = append(v.Plugins, name)
	}
	for name := range p.sets {
		if p.agents[name] == nil {
			v.Plugins = append(v.Plugins, name)
		}
	}
	if _, ok := p.k3s(); ok {
		v.Plugins = append(v.Plugins, "k3s")
	}
	slices.Sort(v.Plugins)
	for _, r := range []Resource{Pods, DaemonSets, Nodes} {
		if gap, unread := s.Reading(r).Gap(""); unread {
			unknown := Protection{Reason: gap.Reason, Statement: fmt.Sprintf("%s could not be read: %s", r, gap.Message)}
			v.Enforcement, v.Encryption = unknown, unknown
			return v
		}
	}
	v.Enforcement = p.enforcement(v.Plugins)
	v.Encryption = p.encryption(v.Plugins)
	return v
}

// config returns what a named ConfigMap holds, and why it isn't known.
func (p *pluginSurvey) config(namespace, name string) (data map[string]string, unknown string) {
	for i := range p.ConfigMaps {
		if m := &p.ConfigMaps[i]; m.Namespace == namespace && m.Name == name {
			return m.Data, ""
		}
	}
	reading := p.Reading(ConfigMaps)
	for _, gap := range reading.Gaps {
		if gap.Namespace == "" || gap.Namespace == namespace && (gap.Name == "" || gap.Name == name) {
			return nil, fmt.Sprintf("ConfigMap %s/%s could not be read: %s", namespace, name, gap.Message)
		}
	}
	if reading.State != Read {
		return nil, fmt.Sprintf("ConfigMap %s/%s was not read", namespace, name)
	}
	return nil, ""
}

// enforcement decides whether anything enforces NetworkPolicies.
func (p *pluginSurvey) enforcement(plugins []string) Protection {
	off := p.switchedOff(&kubeRouterFirewall)
	if off != nil { // it may route or balance only, beside another
		plugins = slices.DeleteFunc(slices.Clone(plugins), func(name string) bool { return name == kubeRouterFirewall.component })
	}
	servers, k3s := p.k3s()
	switch {
	case slices.ContainsFunc(plugins, func(name string) bool { return slices.Contains(enforcers, name) }):
	case k3s:
		return p.k3sEnforcement(servers)
	case slices.Contains(plugins, "aws-vpc-cni"):
		return p.awsEnforcement()
	case off != nil:
		return *off
	}
	for _, name := range enforcers {
		if !slices.Contains(plugins, name) {
			continue
		}
		result := Protection{Evidence: p.evidence(name)}
		if name == "cilium" {
			if off := p.ciliumOff(&result); off {
				return result
			}
		}
		if name == "kindnet" && p.oldKindnet() {
			return Protection{Status: Fail, Evidence: result.Evidence, Statement: "Policies are declared, nothing enforces them: kindnetd enforces since kind 0.24 (image v20240813), and this one is older."}
		}
		p.cover(&result, name)
		return result
	}
	switch {
	case len(plugins) == 0:
		return Protection{Reason: Unknown, Statement: "No network plugin that this build knows was found: whether anything enforces policies isn't known."}
	default:
		return Protection{Status: Fail, Evidence: p.evidence(plugins[0]), Statement: fmt.Sprintf("Policies are declared, nothing enforces them: the network plugin is %s, which doesn't.", strings.Join(plugins, ", "))}
	}
}

// ciliumOff applies the switches of cilium-config
// (https://docs.cilium.io/en/stable/security/policy/intro/,
// https://docs.cilium.io/en/stable/security/policy-creation/).
func (p *pluginSurvey) ciliumOff(result *Protection) bool {
	data, unknown := p.config("kube-system", "cilium-config")
	if unknown != "" {
		*result = Protection{Reason: Failed, Statement: "Cilium runs; " + unknown + ": whether it enforces isn't known."}
		return true
	}
	for _, off := range []struct{ key, value, words string }{
		{"enable-policy", "never", "never enforces a policy"},
		{"policy-audit-mode", "true", "only logs what a policy would drop"},
		{"enable-k8s-networkpolicy", "false", "leaves NetworkPolicies unenforced"},
	} {
		if strings.EqualFold(data[off.key], off.value) {
			result.Status = Fail
			result.Statement = fmt.Sprintf("Cilium runs and %s: %s is %q in ConfigMap kube-system/cilium-config.", off.words, off.key, data[off.key])
			result.Evidence = append(result.Evidence, Evidence{Path: "ConfigMap kube-system/cilium-config: data." + off.key, Value: data[off.key], Level: Configured})
			return true
		}
	}
	return false
}

// oldKindnet reports whether kindnetd is of before kind 0.24, which taught it to enforce
// (https://github.com/kubernetes-sigs/kind/releases/tag/v0.24.0). Its tags begin with a day.
func (p *pluginSurvey) oldKindnet() bool {
	c := p.sets["kindnet"]
	if c == nil || len(c.Containers) == 0 {
		return false
	}
	tag := Tag(c.Containers[0].Image)
	return strings.HasPrefix(tag, "v20") && tag < "v20240813"
}

// cover decides by the nodes on which an agent is ready.
func (p *pluginSurvey) cover(result *Protection, name string) {
	if len(p.agents[name]) == 0 && p.sets[name] != nil && p.Collection.Source == FromFiles && !slices.ContainsFunc(p.Pods, func(pod Pod) bool { return pod.Component == name }) {
		result.Status = Pass
		result.Statement = fmt.Sprintf("Configured: %s is installed by DaemonSet %s/%s; the files hold none of its Pods.", name, p.sets[name].Namespace, p.sets[name].Name)
		return
	}
	schedulable := 0
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if !p.wantsAgent(n) {
			continue
		}
		schedulable++
		if !p.agents[name][n.Name] {
			result.Lacking = append(result.Lacking, n.Name)
		}
	}
	slices.Sort(result.Lacking)
	switch {
	case schedulable == 0 && len(p.agents[name]) > 0:
		result.Status = Pass
		result.Statement = fmt.Sprintf("Configured: %s runs; no Node that was read has to have an agent yet.", name)
	case schedulable == 0:
		result.Reason = Unknown
		result.Statement = fmt.Sprintf("%s is installed, but no Node that should run it was found.", name)
	case len(result.Lacking) > 0:
		result.Status = Fail
		result.Statement = fmt.Sprintf("%s has no ready agent on %d of %d nodes (%s): nothing enforces policies there.", name, len(result.Lacking), schedulable, listOf(result.Lacking))
	default:
		result.Status = Pass
		result.Statement = fmt.Sprintf("Configured: %s has a ready agent on each of %d schedulable Linux nodes. No API proves that it enforces.", name, schedulable)
	}
}

// wantsAgent reports whether a Node should run an agent: a schedulable Linux node that is
// Ready and not just born. Virtual nodes run none.
func (p *pluginSurvey) wantsAgent(n *Node) bool {
	virtual := n.Labels["type"] == "virtual-kubelet" || n.Labels["eks.amazonaws.com/compute-type"] == "fargate"
	young := !n.Created.IsZero() && p.at.Sub(n.Created) < youngNode
	return !n.Unschedulable && !virtual && !young && (n.OS == "linux" || n.OS == "") && (n.Ready == "True" || n.Ready == "")
}

func listOf(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// evidence names the DaemonSet of a component.
func (p *pluginSurvey) evidence(name string) []Evidence {
	c := p.sets[name]
	if c == nil || len(c.Containers) == 0 {
		return nil
	}
	return []Evidence{{Path: "DaemonSet " + c.Namespace + "/" + c.Name + ": image", Value: c.Containers[0].Image, Level: Configured}}
}

// k3sServers are the servers of k3s, by what their nodes tell; it has no Pods for its
// network (https://docs.k3s.io/networking/networking-services).
type k3sServers struct {
	told       []*Container
	unreadable error // why the arguments of one aren't known
}

// k3s returns the servers among the control-plane nodes of k3s.
func (p *pluginSurvey) k3s() (servers k3sServers, ok bool) {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if !strings.Contains(n.Kubelet, "+k3s") {
			continue
		}
		ok = true
		if _, control := n.Labels["node-role.kubernetes.io/control-plane"]; !control {
			continue
		}
		server, err := n.Server("k3s.io/node-args")
		switch {
		case err != nil:
			servers.unreadable = err
		case server != nil:
			servers.told = append(servers.told, server)
		}
	}
	return servers, ok
}

func (p *pluginSurvey) k3sEnforcement(servers k3sServers) Protection {
	const path = "Node: metadata.annotations[k3s.io/node-args]"
	said := "without --disable-network-policy"
	for _, server := range servers.told {
		given, off := server.Switch("disable-network-policy")
		switch {
		case off:
			return Protection{Status: Fail, Statement: "Policies are declared, nothing enforces them: k3s was started with --disable-network-policy.",
				Evidence: []Evidence{{Path: path, Value: "--disable-network-policy", Level: Configured}}}
		case given:
			said = "--disable-network-policy is false"
		}
	}
	switch {
	case servers.unreadable != nil:
		return Protection{Reason: Failed, Statement: fmt.Sprintf("k3s: %v: whether its policy controller runs isn't known.", servers.unreadable)}
	case len(servers.told) == 0:
		return Protection{Reason: Unknown, Statement: "k3s: no control-plane node tells its arguments (annotation k3s.io/node-args): whether its policy controller runs isn't known."}
	}
	return Protection{Status: Pass, Statement: "Configured: k3s's own network policy controller runs in the agent on each node; it wasn't switched off. No API proves that it enforces.",
		Evidence: []Evidence{{Path: path, Value: said, Level: Configured}}}
}

// awsEnforcement reads the VPC CNI's two switches, both of which have to be on: the
// controller's in the ConfigMap, and the node agent's argument
// (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html).
func (p *pluginSurvey) awsEnforcement() Protection {
	data, unknown := p.config("kube-system", "amazon-vpc-cni")
	result := Protection{Evidence: p.evidence("aws-vpc-cni")}
	off := p.switchedOff(&awsNodeAgent)
	switch {
	case unknown == "" && data["enable-network-policy-controller"] != "true":
		result.Status = Fail
		result.Statement = "Policies are declared, nothing enforces them: the VPC CNI's network policy controller isn't enabled."
	case off != nil && off.Status == Fail:
		return *off
	case unknown != "":
		return Protection{Reason: Failed, Statement: "The VPC CNI runs; " + unknown + ": whether it enforces isn't known."}
	case off != nil:
		return *off
	default:
		result.Evidence = append(result.Evidence, Evidence{Path: "ConfigMap kube-system/amazon-vpc-cni: data.enable-network-policy-controller", Value: "true", Level: Configured})
		p.cover(&result, "aws-vpc-cni")
	}
	return result
}
