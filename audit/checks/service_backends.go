package checks

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

var servicesLeadToPods = audit.Check{
	ID:       "PRV-04",
	Title:    "Services lead to Pods",
	Expected: "it has a selector, and nobody wrote endpoints for it to addresses that no Pod or Node has; or it is an ExternalName to which no Ingress leads; or the platform makes it",
	Doc: "A Service without a selector leads where its endpoints say, and who may write them leads traffic anywhere. " +
		"An ExternalName behind an Ingress makes the controller a way out of the cluster.",
	Logic: "Over Services but default/kubernetes, and those that distributions make (table platforms): no selector, with endpoints that people wrote to addresses that no Pod has, or that the Pod which they name doesn't have: warning. " +
		"Such endpoints beside a selector, or no selector otherwise: warning. ExternalName to which an Ingress leads: warning. A selector, or ExternalName without an Ingress: pass.",
	Fix:         "Give the Service a selector. Where it has to lead out of the cluster, document it and limit by egress policy who gets there.",
	Controls:    refs(networks("A Service that leads to Pods stays inside the private network."), segregated("An endpoint that people write can lead across a border of segregation.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Services},
	Uses:        []audit.Resource{audit.EndpointSlices, audit.Endpoints, audit.Ingresses, audit.Pods, audit.Nodes},
	Run: func(f *audit.Facts) []audit.Finding {
		outside, unreadPods := outsideBackends(f)
		var findings []audit.Finding
		for i := range f.Services {
			s := &f.Services[i]
			if s.Namespace == "default" && s.Name == "kubernetes" {
				continue
			}
			j := audit.Judge(serviceSubject(s))
			made, isMade := audit.Platforms.Made(s)
			ingresses := f.Fronts.IngressesTo(s)
			gap, unread := firstGap(f, s.Namespace, audit.EndpointSlices, audit.Endpoints)
			if len(outside[[2]string{s.Namespace, s.Name}]) > 0 {
				j.By(serviceSubject(s).Command(), endpointsCommand(s.Namespace, s.Name))
			}
			writtenEvidence(j, s, outside[[2]string{s.Namespace, s.Name}])
			switch {
			case s.Type == "ExternalName" && len(ingresses) > 0:
				leadingEvidence(j, s, ingresses)
				j.Warn("leads to %s outside the cluster, and Ingress %s leads to it", s.ExternalName, several(ingresses))
			case s.Type == "ExternalName":
				if gap, unread := f.Unread(audit.Ingresses, s.Namespace); unread {
					j.NotAssessed(gap.Reason, "leads to %s outside the cluster; whether an Ingress leads to it isn't known: %s", s.ExternalName, gap.Message)
				} else {
					j.Evidence("Ingresses of namespace "+s.Namespace, "none leads to it", audit.Configured)
					j.Pass("is a name for %s, to which no Ingress leads", s.ExternalName)
				}
			case isMade:
				j.Pass("leads to %s: the platform makes it so", made)
			case len(s.Selector) > 0 && len(outside[[2]string{s.Namespace, s.Name}]) > 0:
				j.Warn("beside the Pods that its selector finds it leads to %s, which no Pod has: somebody wrote endpoints for it", several(outside[[2]string{s.Namespace, s.Name}]))
			case len(s.Selector) > 0 && unread:
				j.NotAssessed(gap.Reason, "leads to the Pods that its selector finds; whether somebody wrote other endpoints for it isn't known: %s", gap.Message)
			case len(s.Selector) > 0 && unreadPods[[2]string{s.Namespace, s.Name}] != "":
				j.NotAssessed(audit.Unknown, "leads to the Pods that its selector finds, and by endpoints that somebody wrote to Pod %s, which wasn't read: whether the address is that Pod's isn't known", unreadPods[[2]string{s.Namespace, s.Name}])
			case len(s.Selector) > 0:
				j.Evidence("its EndpointSlices: endpoints[].addresses", "none but of Pods and Nodes", audit.Configured)
				j.Pass("leads to the Pods that its selector finds")
			case len(outside[[2]string{s.Namespace, s.Name}]) > 0:
				j.Warn("has no selector, and leads to %s, which no Pod has", several(outside[[2]string{s.Namespace, s.Name}]))
			case unread:
				j.NotAssessed(gap.Reason, "has no selector; where it leads isn't known: %s", gap.Message)
			case hasBackends(f, s):
				j.Warn("has no selector: who writes its endpoints says where it leads; now to Pods or Nodes of the cluster")
			default:
				j.Warn("has no selector: who writes its endpoints says where it leads")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// writtenEvidence notes what says where a Service leads: its name for another host, its
// selector or that it has none, and the addresses behind it that no Pod has.
func writtenEvidence(j *audit.Judgement, s *audit.Service, outside []string) {
	switch {
	case s.Type == "ExternalName":
		j.Evidence("spec.externalName", s.ExternalName, audit.Configured)
	case len(s.Selector) == 0:
		j.Evidence("spec.selector", "absent", audit.Configured)
	default:
		j.Evidence("spec.selector", labels.FormatLabels(s.Selector), audit.Configured)
	}
	if len(outside) > 0 {
		j.Evidence("EndpointSlices of "+serviceSubject(s).String()+": endpoints[].addresses", several(outside), audit.Configured)
	}
}

func firstGap(f *audit.Facts, namespace string, resources ...audit.Resource) (audit.Gap, bool) {
	for _, r := range resources {
		if gap, unread := f.Unread(r, namespace); unread {
			return gap, true
		}
	}
	return audit.Gap{}, false
}

func hasBackends(f *audit.Facts, s *audit.Service) bool {
	return slices.ContainsFunc(f.Backends, func(b audit.Backends) bool {
		return b.Namespace == s.Namespace && b.Service == s.Name && b.Ready+b.NotReady > 0
	})
}

// outsideBackends returns, by namespace and name of a Service, the addresses behind it
// that neither a Pod nor a Node has, or that the Pod which they name doesn't have; and the
// first Pod that they name and that wasn't read.
func outsideBackends(f *audit.Facts) (outside map[[2]string][]string, unread map[[2]string]string) {
	inside, pods := map[string]bool{}, map[[2]string]*audit.Pod{}
	for i := range f.Pods {
		p := &f.Pods[i]
		pods[[2]string{p.Namespace, p.Name}] = p
		for _, a := range p.Addresses {
			inside[a] = true
		}
	}
	for i := range f.Nodes {
		for _, a := range f.Nodes[i].Addresses {
			inside[a.Address] = true
		}
	}
	outside, unread = map[[2]string][]string{}, map[[2]string]string{}
	for i := range f.Backends {
		b := &f.Backends[i]
		key := [2]string{b.Namespace, b.Service}
		var found []string
		for _, address := range b.Bare {
			if _, err := netip.ParseAddr(address); err != nil || !inside[address] {
				found = append(found, address)
			}
		}
		for _, c := range b.Claims {
			switch pod := pods[[2]string{c.Namespace, c.Pod}]; {
			case pod == nil && podsUnknown(f, c.Namespace):
				unread[key] = cmp.Or(unread[key], c.Namespace+"/"+c.Pod)
			case pod == nil || !slices.ContainsFunc(pod.Addresses, func(text string) bool { return sameAddress(text, c.Address) }):
				found = append(found, c.Address)
			}
		}
		for _, address := range found {
			if !slices.Contains(outside[key], address) {
				outside[key] = append(outside[key], address)
			}
		}
	}
	return outside, unread
}

// podsUnknown reports whether a namespace may have Pods that weren't read: files seldom hold
// any.
func podsUnknown(f *audit.Facts, namespace string) bool {
	_, unread := f.Unread(audit.Pods, namespace)
	return unread || f.Collection.Source == audit.FromFiles
}

// sameAddress reports whether two texts are one address.
func sameAddress(a, b string) bool {
	p, err := netip.ParseAddr(a)
	q, bad := netip.ParseAddr(b)
	return a == b || err == nil && bad == nil && p == q
}

var podsFromControllers = audit.Check{
	ID:          "PRV-05",
	Title:       "Pods come from controllers",
	Expected:    "a controller made the Pod, or it is a static Pod",
	Doc:         "A Pod that nobody's controller made is gone when its node goes, is never updated, and its template stands nowhere to be reviewed. Deployments give Pods an owner.",
	Logic:       "Over workloads: a Pod without a controller that isn't static: warning. Every other: pass.",
	Fix:         "Make a Deployment, StatefulSet, DaemonSet or Job from the Pod's template and delete the Pod.",
	Controls:    refs(supportsNetworks("What runs in the network is known where controllers make it.")),
	Responsible: audit.User,
	Severity:    audit.Low,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        podControllers,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			j := audit.Judge(w.Subject)
			j.Speaks(w.Pods, nil)
			switch {
			case w.Subject.Kind == "Pod" && w.Mirror:
				j.Evidence(annotationPath(corev1.MirrorPodAnnotationKey), "present", audit.Configured)
				j.Pass("is a static Pod, which the kubelet keeps")
			case w.Subject.Kind == "Pod":
				j.Evidence("metadata.ownerReferences[controller=true]", "absent", audit.Configured)
				j.Warn("no controller made it: nothing replaces or updates it")
			default:
				j.Evidence("kind", w.Subject.Kind, audit.Configured)
				j.Pass("comes from a %s", w.Subject.Kind)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}
