package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An agentSwitch is the argument that makes a network plugin's agent enforce policies, or
// leave them.
type agentSwitch struct {
	component string
	image     string // last element of the repository path of the agent's image
	flag      string
	usual     bool // whether it enforces without the argument
}

// awsNodeAgent: https://github.com/aws/aws-network-policy-agent, README.md,
// "enable-network-policy. Type: Boolean. Default: false".
var awsNodeAgent = agentSwitch{component: "aws-vpc-cni", image: "aws-network-policy-agent", flag: "enable-network-policy"}

// kubeRouterFirewall: https://github.com/cloudnativelabs/kube-router, pkg/options/options.go:
// run-firewall is true by default and "Enables Network Policy".
var kubeRouterFirewall = agentSwitch{component: "kube-router", image: "kube-router", flag: "run-firewall", usual: true}

// An agentPlace is where an agent's arguments stand: in a Pod on a node, or in a DaemonSet.
type agentPlace struct {
	object, node string
	template     *Template
}

// agentPlaces are the ready Pods of a component's DaemonSets; where there are none, the
// DaemonSets: a Pod may be older than its template.
func (p *pluginSurvey) agentPlaces(component string) (places []agentPlace) {
	for i := range p.Pods {
		if pod := &p.Pods[i]; pod.Ready && pod.Component == component && (pod.Owner == nil || pod.Owner.Kind == "DaemonSet") {
			places = append(places, agentPlace{"Pod " + pod.Namespace + "/" + pod.Name, pod.Node, &pod.Template})
		}
	}
	if len(places) > 0 {
		return places
	}
	for i := range p.Controllers {
		if c := &p.Controllers[i]; c.Kind == "DaemonSet" && c.Component == component {
			places = append(places, agentPlace{"DaemonSet " + c.Namespace + "/" + c.Name, "", &c.Template})
		}
	}
	return places
}

// said returns whether a template's agent is switched on (Pass) or off (Fail), and the
// argument that says so; NotAssessed where the agent isn't among its containers, or the
// argument has a value that nobody reads.
func (a *agentSwitch) said(t *Template) (status Status, container, argument string) {
	i := slices.IndexFunc(t.Containers, func(c Container) bool {
		repository := Repository(c.Image)
		return repository[strings.LastIndex(repository, "/")+1:] == a.image
	})
	if i < 0 {
		return NotAssessed, "", ""
	}
	value, given := t.Containers[i].Flag(a.flag)
	on, err := a.usual, error(nil)
	argument = "without --" + a.flag
	if given {
		on, err = strconv.ParseBool(value)
		argument = "with --" + a.flag + "=" + value
	}
	switch {
	case err != nil:
		status = NotAssessed
	case on:
		status = Pass
	default:
		status = Fail
	}
	return status, t.Containers[i].Name, argument
}

// A placedAgent is what an agent was told, and where.
type placedAgent struct {
	status                      Status // of [agentSwitch.said]
	object, container, argument string
}

// agentsByNode returns what the agent of each node was told, and the nodes in their order.
// Where a node has several, or several DaemonSets stand for all nodes, under "", it is the one
// that is switched on, else one of which that isn't known.
func (p *pluginSurvey) agentsByNode(a *agentSwitch) (byNode map[string]placedAgent, nodes []string) {
	byNode = map[string]placedAgent{}
	rank := func(status Status) int { return slices.Index([]Status{Fail, NotAssessed, Pass}, status) }
	for _, place := range p.agentPlaces(a.component) {
		status, container, argument := a.said(place.template)
		best, seen := byNode[place.node]
		if !seen {
			nodes = append(nodes, place.node)
		}
		if !seen || rank(status) > rank(best.status) {
			byNode[place.node] = placedAgent{status, place.object, container, argument}
		}
	}
	return byNode, nodes
}

// switchedOff returns why agents that run enforce nothing, or why that isn't known; nil
// where one is switched on wherever one runs.
func (p *pluginSurvey) switchedOff(a *agentSwitch) *Protection {
	byNode, nodes := p.agentsByNode(a)
	var off []string
	open := false
	for _, node := range nodes {
		switch byNode[node].status {
		case Fail:
			off = append(off, node)
		case NotAssessed:
			open = true
		}
	}
	switch {
	case len(off) == 0 && open:
		return &Protection{Reason: Unknown, Statement: fmt.Sprintf("%s is installed; no container of the image %s was found whose --%s can be read: whether it enforces isn't known.", a.component, a.image, a.flag)}
	case len(off) == 0:
		return nil
	}
	first, where := byNode[off[0]], ": "
	lacking := slices.DeleteFunc(slices.Clone(off), func(node string) bool { return node == "" })
	slices.Sort(lacking)
	if len(off) < len(nodes) {
		where = " on " + listOf(lacking) + ": there "
	}
	return &Protection{Status: Fail, Lacking: lacking, Statement: fmt.Sprintf("Policies are declared, nothing enforces them%s%s runs %s.", where, a.image, first.argument),
		Evidence: []Evidence{{Path: first.object + ": containers[" + first.container + "].args", Value: first.argument, Level: Configured}}}
}
