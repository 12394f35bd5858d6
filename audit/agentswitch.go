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

// switchedOff returns why agents that run enforce nothing, or why that isn't known; nil
// where one is switched on wherever one runs.
func (p *pluginSurvey) switchedOff(a *agentSwitch) *Protection {
	on, open := map[string]bool{}, map[string]bool{}
	places := p.agentPlaces(a.component)
	for _, place := range places {
		switch status, _, _ := a.said(place.template); status {
		case Pass:
			on[place.node] = true
		case NotAssessed:
			open[place.node] = true
		}
	}
	var off *Protection
	for _, place := range places {
		status, container, argument := a.said(place.template)
		if status != Fail || on[place.node] || open[place.node] {
			continue
		}
		if off == nil {
			off = &Protection{Status: Fail, Statement: fmt.Sprintf("%s runs %s.", a.image, argument),
				Evidence: []Evidence{{Path: place.object + ": containers[" + container + "].args", Value: argument, Level: Configured}}}
		}
		if place.node != "" && !slices.Contains(off.Lacking, place.node) {
			off.Lacking = append(off.Lacking, place.node)
		}
	}
	switch {
	case off != nil && len(on)+len(open) > 0:
		slices.Sort(off.Lacking)
		off.Statement = fmt.Sprintf("Policies are declared, nothing enforces them on %s: there %s", listOf(off.Lacking), off.Statement)
	case off != nil:
		slices.Sort(off.Lacking)
		off.Statement = "Policies are declared, nothing enforces them: " + off.Statement
	case slices.ContainsFunc(places, func(place agentPlace) bool { return open[place.node] && !on[place.node] }):
		return &Protection{Reason: Unknown, Statement: fmt.Sprintf("%s is installed; no container of the image %s was found whose --%s can be read: whether it enforces isn't known.", a.component, a.image, a.flag)}
	}
	return off
}
