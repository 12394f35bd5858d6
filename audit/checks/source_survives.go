package checks

import (
	"github.com/kubevidence/kubevidence/audit"
)

var sourceSurvives = audit.Check{
	ID:       "SRC-02",
	Title:    "The address of a client reaches the controller that judges it",
	Expected: "clients’ addresses survive by PROXY protocol at both ends, externalTrafficPolicy Local behind a layer 4 balancer, or an NLB’s IP targets with preserve_client_ip; or lists hold at the balancer",
	Doc: "A controller lets in by the address that it sees. Some load balancers, and kube-proxy where it passes a connection on to another node, put their own in the place of the client’s: " +
		"then the list turns everybody away, or lets in everybody because the node’s address is on it.",
	Logic: "Of Ingresses for which a list holds, over each Service of type LoadBalancer or NodePort that leads to the controller. The PROXY protocol at both ends (annotation of the Service, ConfigMap or arguments of the controller, with Traefik those of each entrypoint on which the Ingress stands and to which the Service leads): pass; at one end: warning. " +
		"Without it: externalTrafficPolicy Local behind a load balancer that passes packets on, or an AWS Network Load Balancer with IP targets and preserve_client_ip: pass; externalTrafficPolicy Cluster, or IP targets without: fail. " +
		"A header of the request, ipMode Proxy, Cilium in kube-proxy’s place, a load balancer that the API doesn’t show: not assessed. The AWS Load Balancer Controller’s lists hold at the load balancer: pass. " +
		"A pass means that the settings are consistent with preservation; a request whose headers are looked at proves it.",
	Fix: "kubectl patch service NAME -n NAMESPACE -p '{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}' where the load balancer passes packets on; " +
		"otherwise the PROXY protocol at both ends, such as the Service’s annotation service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: \"*\" with use-proxy-protocol: \"true\" in ingress-nginx’s ConfigMap. " +
		"Then send a request from outside and see that the controller’s log has its address.",
	Controls:    refs(networks("What restricts access by address sees the addresses that it judges.")),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        sourceUses,
	Run: func(f *audit.Facts) []audit.Finding {
		return eachAllowlisted(f, "what becomes of clients’ addresses", judgeSource)
	},
}

func judgeSource(f *audit.Facts, j *audit.Judgement, a *allowlisted) {
	if len(a.lists) == 0 {
		a.noteGaps(j)
		return
	}
	if a.at.Origin != nil && a.at.Origin.AtBalancer {
		a.evidence(j)
		j.Pass("the load balancer of %s holds connections against the list itself", a.at.Name)
		return
	}
	if a.at.Origin == nil && a.at.Name != "Traefik" {
		j.NotAssessed(audit.Unknown, "what %s takes for a client’s address isn't known to this build", a.at.Name)
		return
	}
	if len(a.at.instances) == 0 {
		noInstance(f, j, a.at.Name, "so what stands before it isn't known")
		return
	}
	for _, instance := range a.at.instances {
		judgeArrivals(f, j, a, instance)
	}
}

// judgeArrivals judges all Services that lead to an instance.
func judgeArrivals(f *audit.Facts, j *audit.Judgement, a *allowlisted, c *audit.IngressInstance) {
	if gap := originGap(a, c); gap != nil {
		j.NotAssessed(gap.reason, "what %s takes for a client’s address isn't known: %s", c.Subject, gap.words)
		return
	}
	led := false
	for _, s := range c.Services {
		for _, o := range originsAt(a, c, s) {
			judgeArrival(f, j, s, o)
			led = true
		}
	}
	if !led && !unread(f, j, audit.Services, c.Subject.Namespace, "what leads to "+c.Subject.String()+" isn't known") {
		j.NotAssessed(audit.Unknown, "no Service of type LoadBalancer or NodePort leads to %s: what stands before it isn't in the API", c.Subject)
	}
}

// judgeArrival judges what becomes of a client's address on the way through one Service.
func judgeArrival(f *audit.Facts, j *audit.Judgement, s *audit.Service, o *origin) {
	name := "Service " + s.Namespace + "/" + s.Name
	commands := []string{serviceSubject(s).Command()}
	for _, setting := range o.settings {
		commands = append(commands, pathCommand(setting.Path))
	}
	defer j.By(commands...)()
	sends := s.SendsProxyProtocol()
	if sends != "" {
		j.Evidence(name+": "+annotationPath(sends), s.Annotations[sends], audit.Configured)
	}
	j.Evidence(name+": spec.externalTrafficPolicy", s.ExternalTrafficPolicy, audit.Configured)
	for _, setting := range o.settings {
		j.Evidence(setting.Path, setting.Value, audit.Configured)
	}
	switch {
	case o.proxy && sends != "":
		j.Pass("%s: PROXY protocol at both ends, which is consistent with preservation", name)
	case o.proxy:
		j.Warn("%s: %s expects the PROXY protocol, and no annotation tells the load balancer to send it: it is known at one end only", name, o.who)
	case sends != "":
		j.Warn("%s: annotation %s tells the load balancer to send the PROXY protocol, and nothing tells %s to expect it: it is known at one end only", name, sends, o.who)
	case o.header != "":
		j.NotAssessed(audit.Unknown, "%s: the controller goes by a header of the request (%s); what the load balancer writes there isn't visible", name, o.header)
	default:
		switch kept, why := f.ClientAddress(s); kept {
		case audit.AddressKept:
			j.Pass("%s: %s, which is consistent with preservation", name, why)
		case audit.AddressLost:
			j.Fail("%s: %s", name, why)
		default:
			j.NotAssessed(audit.Unknown, "%s: %s", name, why)
		}
	}
}

// An origin is what an instance of a controller takes for the address of a client.
type origin struct {
	who      string // does: the controller, or one of its entrypoints
	proxy    bool   // it expects the PROXY protocol
	header   string // the setting by which it goes by a header of the request, "" where it doesn't
	settings []audit.Evidence
}

// originGap says why the settings of an instance aren't known, nil where they are.
func originGap(a *allowlisted, c *audit.IngressInstance) *listGap {
	switch {
	case a.at.Name == "Traefik":
		return traefikGap(a, c)
	case c.Unread != nil:
		return &listGap{c.Unread.Reason, settingsGap(c)}
	}
	return nil
}

// originsAt reads the settings of an instance for connections that come by a Service.
func originsAt(a *allowlisted, c *audit.IngressInstance, s *audit.Service) []*origin {
	if a.at.Name == "Traefik" {
		return traefikOrigins(a, c, s)
	}
	return []*origin{originAt(a, c)}
}

// originAt reads the settings of an instance of a controller but Traefik.
func originAt(a *allowlisted, c *audit.IngressInstance) *origin {
	o := &origin{who: "the controller"}
	rule := a.at.Origin
	if value, on := switchedOn(c, rule.ProxyProtocol); on {
		o.proxy = true
		o.settings = append(o.settings, audit.Evidence{Path: settingPath(c, rule.ProxyProtocol), Value: value})
	}
	for _, key := range rule.Headers {
		if value, on := switchedOn(c, key); on {
			o.header = settingPath(c, key)
			o.settings = append(o.settings, audit.Evidence{Path: o.header, Value: value})
		} else if value := a.Annotations[key]; value != "" {
			o.header = annotationPath(key)
			o.settings = append(o.settings, audit.Evidence{Path: o.header, Value: value})
		}
	}
	return o
}

// switchedOn returns a setting that is there, and isn't a word for false.
func switchedOn(c *audit.IngressInstance, key string) (string, bool) {
	value, said := c.Setting(key)
	return value, said && value != "" && !off(value)
}

func settingPath(c *audit.IngressInstance, key string) string {
	return "ConfigMap " + c.ConfigMap + ": data." + key
}
