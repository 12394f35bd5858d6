package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// exposes is how a way past the Ingress bears on the controls: N1 direct, N3 supporting.
func exposes(why string) []audit.ControlRef { return refs(networks(why), supportsSegregation(why)) }

// servicePeers are what tells where a Service leads.
var servicePeers = slices.Concat(podControllers, []audit.Resource{
	audit.Pods, audit.Ingresses, audit.IngressClasses, audit.HTTPRoutes, audit.GRPCRoutes, audit.TLSRoutes, audit.TCPRoutes, audit.UDPRoutes,
})

func serviceSubject(s *audit.Service) audit.Subject {
	return audit.Subject{APIVersion: "v1", Kind: "Service", Namespace: s.Namespace, Name: s.Name, UID: s.UID, ResourceVersion: s.ResourceVersion}
}

// leadsWhere returns why it can't be told where a Service leads, and whether that is so.
func leadsWhere(f *audit.Facts, s *audit.Service) (audit.Gap, bool) {
	for _, r := range []audit.Resource{audit.Pods, audit.Deployments, audit.DaemonSets, audit.StatefulSets, audit.ReplicaSets, audit.Ingresses, audit.IngressClasses} {
		if gap, unread := f.Unread(r, s.Namespace); unread {
			return gap, true
		}
	}
	return audit.Gap{}, false
}

var noNodePortService = audit.Check{
	ID:       "EXP-01",
	Title:    "No Service but an ingress controller's opens a port on every node",
	Expected: "every workload behind its node ports is a controller of Ingresses or Gateways",
	Doc: "A NodePort listens on every node and goes round the Ingress: no TLS, no allowlist, no log of the controller. " +
		"Users should never have to access the private network directly.",
	Logic: "Over Services of type NodePort: all the workloads behind it are controllers of Ingresses or Gateways: pass. " +
		"Only an Ingress of a cloud's own controller that balances over node ports refers to it: warning. Anything else: fail.",
	Fix:         "Make the Service a ClusterIP (kubectl patch service … -p '{\"spec\":{\"type\":\"ClusterIP\"}}') and expose the workload by an Ingress or a route with TLS.",
	Controls:    exposes("A port on every node is a way into the private network past its gateway."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Services},
	Uses:        servicePeers,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Services {
			s := &f.Services[i]
			if s.Type != "NodePort" {
				continue
			}
			j := audit.Judge(serviceSubject(s))
			var ports []string
			for _, p := range s.Ports {
				if p.NodePort == 0 { // in files: the server gives one
					ports = append(ports, "a port for "+portWords(p.Protocol, p.Port))
				} else {
					ports = append(ports, portWords(p.Protocol, p.NodePort))
				}
			}
			j.Observed("type NodePort, %s", several(ports))
			j.Evidence("spec.type", "NodePort", audit.Configured)
			j.Evidence("spec.ports[].nodePort", several(ports), audit.Configured)
			controller, leads := f.LeadsToController(s)
			gap, unread := leadsWhere(f, s)
			switch {
			case leads:
				leadsEvidence(f, j, s)
				j.Pass("leads to %s, which is there to be reached", controller)
			case cloudIngress(f, s):
				leadingEvidence(j, s, f.Fronts.IngressesTo(s))
				j.Warn("opens %s on every node, for an Ingress of the cloud's own controller (%s): limit by firewall who reaches the nodes, or use container-native balancing",
					several(ports), several(f.Fronts.IngressesTo(s)))
			case unread:
				j.NotAssessed(gap.Reason, "opens %s on every node; whether it leads to a controller isn't known: %s", several(ports), gap.Message)
			default:
				j.Fail("opens %s on every node, past the Ingress", several(ports))
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// leadsEvidence notes what says that a Service leads to a controller: the label of its
// Gateway, else what its selector finds.
func leadsEvidence(f *audit.Facts, j *audit.Judgement, s *audit.Service) {
	if name := s.Labels[gatewayv1.GatewayNameLabelKey]; name != "" {
		j.Evidence("metadata.labels["+gatewayv1.GatewayNameLabelKey+"]", name, audit.Configured)
		return
	}
	var found []string
	for _, w := range f.Fronts.Behind(s) {
		found = append(found, f.Workloads[w].Subject.String())
	}
	j.Evidence("spec.selector", "selects "+several(found), audit.Configured)
}

// leadingEvidence notes the Ingresses that lead to a Service, the first of them.
func leadingEvidence(j *audit.Judgement, s *audit.Service, ingresses []string) {
	for _, name := range ingresses[:min(len(ingresses), mostEvidence)] {
		j.Evidence("Ingress "+s.Namespace+"/"+name+": backend", "Service "+s.Name, audit.Configured)
	}
}

// cloudIngress reports whether a Service is the backend of Ingresses of a cloud's own
// controller alone, and these need its node ports: GKE's unless they balance over network
// endpoint groups, AWS's unless over addresses of Pods
// (https://cloud.google.com/kubernetes-engine/docs/how-to/container-native-load-balancing,
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#target-type).
func cloudIngress(f *audit.Facts, s *audit.Service) bool {
	const neg, target = "cloud.google.com/neg", "alb.ingress.kubernetes.io/target-type"
	found := false
	for i := range f.Exposures {
		e := &f.Exposures[i]
		if e.Namespace != s.Namespace || !slices.Contains(f.Fronts.IngressesTo(s), e.Name) {
			continue
		}
		found = true
		name := ""
		if len(e.Controllers) == 1 {
			name = e.Controllers[0].Name
		}
		switch {
		case name == "GKE Ingress" && !strings.Contains(strings.ReplaceAll(s.Annotations[neg], " ", ""), `"ingress":true`):
		case name == "AWS Load Balancer Controller" && e.Annotations[target] != "ip" && s.Annotations[target] != "ip":
		default:
			return false
		}
	}
	return found && len(f.Fronts.RoutesTo(s)) == 0
}

var loadBalancerLeadsToController = audit.Check{
	ID:       "EXP-02",
	Title:    "Load balancers lead to ingress controllers",
	Expected: "every workload behind the load balancer is a controller of Ingresses or Gateways",
	Doc:      "A public load balancer in front of a workload puts it on the Internet, past the Ingress with its TLS and its allowlists.",
	Logic: "Over Services of type LoadBalancer: all the workloads behind it are controllers of Ingresses or Gateways: pass. Otherwise internal " +
		"(the provider's annotation says so, its kind is so by default, or every address is private), or loadBalancerSourceRanges, else the annotation load-balancer-source-ranges, that hold less than half of each family: warning. " +
		"No address yet, or ranges that can't be read: not assessed. Else: fail; its node ports are open too, unless allocateLoadBalancerNodePorts is false.",
	Fix:         "Make the Service a ClusterIP and expose the workload by an Ingress or a route; where it has to be a load balancer, make it internal by your provider's annotation or limit spec.loadBalancerSourceRanges.",
	Controls:    exposes("What a load balancer lets in is controlled by nothing behind it."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Services},
	Uses:        servicePeers,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Services {
			if s := &f.Services[i]; s.Type == "LoadBalancer" {
				findings = append(findings, judgeLoadBalancer(f, s))
			}
		}
		return findings
	},
}

func judgeLoadBalancer(f *audit.Facts, s *audit.Service) audit.Finding {
	j := audit.Judge(serviceSubject(s))
	balancing, how := f.BalancingOf(s)
	sources := s.Sources()
	j.Observed("type LoadBalancer, %s", how)
	nodePorts := "; its node ports are open on every node too"
	if s.NoNodePorts {
		nodePorts = "; it opens no node ports"
	}
	controller, leads := f.LeadsToController(s)
	gap, unread := leadsWhere(f, s)
	switch {
	case leads:
		j.Evidence("spec.type", "LoadBalancer", audit.Configured)
		leadsEvidence(f, j, s)
		j.Pass("leads to %s", controller)
	case unread:
		j.NotAssessed(gap.Reason, "whether it leads to a controller isn't known: %s", gap.Message)
	case sources != nil && len(sources.Invalid) == 0 && sources.Open() == "":
		j.Evidence(sources.Where, sources.Text, audit.Configured)
		j.Warn("leads past the Ingress, to be reached from %s only%s", several(rangeTexts(sources)), nodePorts)
	case balancing == audit.InternalBalancer:
		balancerEvidence(j, s, how)
		j.Warn("leads past the Ingress, for the internal network (%s)%s", how, nodePorts)
	case balancing == audit.PendingBalancer:
		j.NotAssessed(audit.Unknown, "leads past the Ingress; whom it lets in isn't known: %s", how)
	case sources != nil && len(sources.Invalid) > 0:
		j.Evidence(sources.Where, sources.Text, audit.Configured)
		j.NotAssessed(audit.Unknown, "leads past the Ingress; whom it lets in isn't known: %s of %s is no range of addresses", several(sources.Invalid), sources.Where)
	default:
		balancerEvidence(j, s, how)
		if sources == nil {
			j.Evidence("spec.loadBalancerSourceRanges", "absent", audit.Configured)
		} else {
			j.Evidence(sources.Where, sources.Text, audit.Configured)
		}
		j.Fail("lets everybody in past the Ingress (%s)%s", how, nodePorts)
	}
	return j.Finding()
}

// balancerEvidence notes whom a load balancer can be reached by: what tells its provider, else
// its addresses.
func balancerEvidence(j *audit.Judgement, s *audit.Service, how string) {
	j.Evidence("spec.type", "LoadBalancer", audit.Configured)
	annotation, annotated := strings.CutPrefix(how, "annotation ")
	switch key, _, _ := strings.Cut(annotation, ": "); {
	case annotated:
		j.Evidence(annotationPath(key), s.Annotations[key], audit.Configured)
	case strings.HasPrefix(how, "loadBalancerClass "):
		j.Evidence("spec.loadBalancerClass", s.Class, audit.Configured)
	default:
		var addresses []string
		for _, b := range s.LoadBalancer {
			addresses = append(addresses, b.IP+b.Hostname)
		}
		j.Evidence("status.loadBalancer.ingress", several(addresses), audit.Configured)
	}
}

func rangeTexts(list *audit.Allowlist) []string {
	texts := make([]string, 0, len(list.Ranges))
	for _, r := range list.Ranges {
		texts = append(texts, r.String())
	}
	return texts
}

var noExternalIPs = audit.Check{
	ID:       "EXP-05",
	Title:    "No Service claims external addresses",
	Expected: "spec.externalIPs is empty",
	Doc: "A Service with externalIPs takes the traffic for these addresses on every node, whoever they belong to: " +
		"who may write Services can intercept connections of others (CVE-2020-8554, https://github.com/kubernetes/kubernetes/issues/97076).",
	Logic:       "spec.externalIPs is empty: pass, else fail.",
	Fix:         "Remove spec.externalIPs and use a LoadBalancer to an ingress controller; have admission refuse the field (plugin DenyServiceExternalIPs).",
	Controls:    exposes("An address that a Service claims is traffic taken from where it was meant to go."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Services},
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Services {
			s := &f.Services[i]
			j := audit.Judge(serviceSubject(s))
			j.Evidence("spec.externalIPs", cmp.Or(several(s.ExternalIPs), "absent"), audit.Configured)
			if len(s.ExternalIPs) == 0 {
				j.Pass("claims no external address")
			} else {
				j.Fail("claims %s: every node takes the traffic for it (CVE-2020-8554)", several(s.ExternalIPs))
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}
