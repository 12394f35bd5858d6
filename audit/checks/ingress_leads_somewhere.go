package checks

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
)

var ingressLeadsSomewhere = audit.Check{
	ID:       "ING-15",
	Title:    "An Ingress leads to a Service that answers",
	Expected: "each backend's Service, in its namespace, and that Service's port exist, with at least 1 ready endpoint (but of ExternalName, and of actions of AWS's controller)",
	Doc: "Behind an Ingress whose Service is gone users get an error of the controller. Left behind, such an Ingress keeps a name and a certificate alive, and whoever makes a Service " +
		"of that name answers in its place.",
	Logic: "Each backend of an Ingress: its Service, or the port that it names, doesn't exist in the Ingress's namespace: fail. No ready endpoint behind the Service: warning. " +
		"ExternalName Services, which have no endpoints, and actions of the AWS Load Balancer Controller, which need no Service, count as they are: pass. " +
		"Backends that are no Services: not assessed. In files without EndpointSlices the workloads that the Service's selector finds, and that aren’t scaled to 0, stand in for endpoints.",
	Fix:         "kubectl get service,endpointslices -n NAMESPACE. Correct the backend's name or port, or take the Ingress out.",
	Controls:    supportsServices("A service whose way in leads to what was meant to answer is delivered as agreed."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses, audit.Services},
	Uses:        []audit.Resource{audit.EndpointSlices, audit.Endpoints},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeBackends) },
}

func judgeBackends(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	backends := ingressBackends(e.Ingress)
	if len(backends) == 0 {
		j.NotApplicable("it names no backend")
	}
	var sound []audit.Evidence // of the backends that are
	for _, b := range backends {
		if b.Service == nil {
			j.NotAssessed(audit.Unknown, "it leads to a %s, not to a Service", b.Resource.Kind)
			continue
		}
		if isAction(e.Ingress, b.Service) {
			sound = append(sound, audit.Evidence{Path: annotationPath(actionKey(b.Service)), Value: "set"})
			j.Pass("it leads to action %s of its annotations", b.Service.Name)
			continue
		}
		if path, value := judgeBackend(f, j, e.Namespace, b.Service); path != "" {
			sound = append(sound, audit.Evidence{Path: path, Value: value})
		}
	}
	for _, s := range sound[:min(len(sound), mostEvidence)] {
		j.Evidence(s.Path, s.Value, audit.Configured)
	}
}

// judgeBackend judges one backend, and returns what it rests on where it leads somewhere.
func judgeBackend(f *audit.Facts, j *audit.Judgement, namespace string, b *networkingv1.IngressServiceBackend) (path, value string) {
	text := "Service " + namespace + "/" + b.Name
	s := f.Service(namespace, b.Name)
	defer j.By(audit.GetCommand("service", namespace, b.Name, ""))()
	if s == nil {
		j.Evidence(text, "absent", audit.Configured)
		j.Fail("it leads to %s, which doesn't exist", text)
		return "", ""
	}
	port := portText(&b.Port)
	switch ready, known := readyBehind(f, s); {
	case s.Type == "ExternalName":
		j.Pass("it leads to %s, a name for %s", text, s.ExternalName)
		return text + ": spec.externalName", s.ExternalName
	case !hasPort(s, &b.Port):
		j.Evidence(text+": spec.ports", portsText(s), audit.Configured)
		j.Fail("it leads to port %s of %s, which has %s", port, text, portsText(s))
	case known && ready > 0:
		j.By(endpointsCommand(namespace, b.Name))
		j.Pass("it leads to %s, with %s", text, counted(ready, "ready endpoint"))
		return text + ": ready endpoints", strconv.Itoa(ready)
	case known && standIn(f, s) != nil:
		j.Pass("it leads to %s, whose selector finds %s", text, standIn(f, s))
		return text + ": spec.selector", "selects " + standIn(f, s).String()
	case known:
		j.By(endpointsCommand(namespace, b.Name))
		j.Evidence(text+": ready endpoints", "0", audit.Configured)
		j.Warn("it leads to %s, behind which no endpoint is ready", text)
	default:
		gap, _ := firstGap(f, namespace, audit.EndpointSlices, audit.Endpoints)
		j.NotAssessed(gap.Reason, "it leads to %s; whether an endpoint is ready behind it isn't known: %s", text, gap.Message)
	}
	return "", ""
}

// standIn returns the workload that stands in for endpoints in files without any of a
// Service: one that its selector finds, and that wants Pods. nil for none.
func standIn(f *audit.Facts, s *audit.Service) *audit.Subject {
	written := func(b audit.Backends) bool { return b.Namespace == s.Namespace && b.Service == s.Name }
	if f.Collection.Source != audit.FromFiles || slices.ContainsFunc(f.Backends, written) {
		return nil
	}
	for _, w := range f.Fronts.Behind(s) {
		subject := &f.Workloads[w].Subject
		off := func(c audit.Controller) bool { return c.Replicas == 0 && c.Subject().Key() == subject.Key() }
		if !slices.ContainsFunc(f.Controllers, off) {
			return subject
		}
	}
	return nil
}

// ingressBackends are the backends of an Ingress: of its paths, and the default.
func ingressBackends(i *networkingv1.Ingress) []*networkingv1.IngressBackend {
	var list []*networkingv1.IngressBackend
	for r := range i.Spec.Rules {
		if http := i.Spec.Rules[r].HTTP; http != nil {
			for p := range http.Paths {
				list = append(list, &http.Paths[p].Backend)
			}
		}
	}
	if i.Spec.DefaultBackend != nil {
		list = append(list, i.Spec.DefaultBackend)
	}
	for k := range list {
		if list[k].Service == nil && list[k].Resource == nil { // no API server admits it
			list[k] = &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{}}
		}
	}
	return list
}

// isAction reports whether a backend stands for an action in the annotations of an Ingress
// of the AWS Load Balancer Controller, such as a redirect or a fixed response
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions).
func isAction(i *networkingv1.Ingress, b *networkingv1.IngressServiceBackend) bool {
	_, declared := i.Annotations[actionKey(b)]
	return declared && b.Port.Name == "use-annotation"
}

func actionKey(b *networkingv1.IngressServiceBackend) string {
	return "alb.ingress.kubernetes.io/actions." + b.Name
}

func hasPort(s *audit.Service, wanted *networkingv1.ServiceBackendPort) bool {
	for i := range s.Ports {
		if wanted.Name != "" && s.Ports[i].Name == wanted.Name || wanted.Name == "" && s.Ports[i].Port == wanted.Number {
			return true
		}
	}
	return false
}

func portText(p *networkingv1.ServiceBackendPort) string {
	if p.Name != "" {
		return p.Name
	}
	return fmt.Sprint(p.Number)
}

func portsText(s *audit.Service) string {
	var names []string
	for i := range s.Ports {
		name := fmt.Sprint(s.Ports[i].Port)
		if s.Ports[i].Name != "" {
			name = fmt.Sprintf("%s (%s)", name, s.Ports[i].Name)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "none"
	}
	return several(names)
}

// readyBehind counts the ready endpoints of a Service, and says whether that number is
// known: one that is ready settles it, none only where all were read.
func readyBehind(f *audit.Facts, s *audit.Service) (ready int, known bool) {
	for i := range f.Backends {
		if b := &f.Backends[i]; b.Namespace == s.Namespace && b.Service == s.Name && b.Kind == "EndpointSlice" {
			ready += b.Ready
		}
	}
	if ready > 0 {
		return ready, true
	}
	for i := range f.Backends { // Endpoints that a person wrote, before a controller mirrored them
		if b := &f.Backends[i]; b.Namespace == s.Namespace && b.Service == s.Name {
			ready += b.Ready
		}
	}
	_, unread := firstGap(f, s.Namespace, audit.EndpointSlices, audit.Endpoints)
	return ready, ready > 0 || !unread
}
