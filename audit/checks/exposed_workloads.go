package checks

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
)

func portWords(protocol string, number int32) string { return fmt.Sprintf("%s %d", protocol, number) }

// podField is the path of a field that a workload's Pods have in their spec: in the Pod, or
// in the template of the controller.
func podField(s audit.Subject, field string) string {
	switch {
	case s.Kind == "Pod":
		return "spec." + field
	case s.Kind == "CronJob":
		return "spec.jobTemplate.spec.template.spec." + field
	case audit.WorkloadKinds[s.Kind] != "":
		return "spec.template.spec." + field
	}
	return "Pods of it: spec." + field
}

// templatesOf returns what the Pods of each workload specify, by its key: of its Pods,
// and in files of the template that stands in.
func templatesOf(f *audit.Facts) map[string][]*audit.Template {
	byMember := map[[2]string]*audit.Template{}
	for i := range f.Pods {
		byMember[[2]string{f.Pods[i].Namespace, f.Pods[i].Name}] = &f.Pods[i].Template
	}
	byController := map[string]*audit.Template{}
	for i := range f.Controllers {
		byController[f.Controllers[i].Subject().Key()] = &f.Controllers[i].Template
	}
	templates := map[string][]*audit.Template{}
	for i := range f.Workloads {
		w := &f.Workloads[i]
		key := w.Subject.Key()
		if w.Pods == 0 {
			if t := byController[key]; t != nil {
				templates[key] = []*audit.Template{t}
			}
			continue
		}
		for _, member := range w.Members {
			p := &f.Policies.Cluster.Pods[member]
			if t := byMember[[2]string{p.Namespace, p.Name}]; t != nil {
				templates[key] = append(templates[key], t)
			}
		}
	}
	return templates
}

var noHostPort = audit.Check{
	ID:       "EXP-03",
	Title:    "No workload opens a port of its node",
	Expected: "no hostPort outside the node's network, unless it is a controller of Ingresses or Gateways, a static Pod or in an administrator's namespace",
	Doc:      "A hostPort binds a container's port on the node's address: it goes round the Ingress, and round NetworkPolicies with some plugins.",
	Logic: "Over workloads outside the host's network with a hostPort: a controller of Ingresses or Gateways: pass. In an administrator's namespace: pass, listed. " +
		"hostIP is a loopback address: warning. Else: fail.",
	Fix:         "Remove hostPort from the container and reach it by a Service; what has to listen on nodes belongs into an administrator's namespace.",
	Controls:    exposes("A port on a node is a way into the private network past its gateway."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        podControllers,
	Run: func(f *audit.Facts) []audit.Finding {
		templates := templatesOf(f)
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			var open, local []string
			hostNetwork := false
			for _, t := range templates[w.Subject.Key()] {
				hostNetwork = hostNetwork || t.HostNetwork
				for _, p := range t.Ports {
					if p.HostPort == 0 || t.HostNetwork { // the server fills hostPort there
						continue
					}
					if a, err := netip.ParseAddr(p.HostIP); err == nil && a.IsLoopback() {
						local = append(local, portWords(p.Protocol, p.HostPort))
					} else {
						open = append(open, portWords(p.Protocol, p.HostPort))
					}
				}
			}
			slices.Sort(open)
			slices.Sort(local)
			open, local = slices.Compact(open), slices.Compact(local)
			j := audit.Judge(w.Subject)
			j.Speaks(w.Pods, nil)
			controller, isController := f.Fronts.Controller(w.Subject)
			why, admin := f.Administrators[w.Subject.Namespace]
			ports := slices.Concat(open, local)
			if hostNetwork {
				j.Evidence(podField(w.Subject, "hostNetwork"), "true", audit.Configured)
			}
			if len(ports) > 0 || !hostNetwork {
				j.Evidence(podField(w.Subject, "containers[].ports[].hostPort"), cmp.Or(several(ports), "absent"), audit.Configured)
			}
			switch {
			case len(ports) == 0:
				j.Pass("opens no port of its node")
			case isController:
				j.Pass("opens %s of its node; it is %s", several(ports), controller)
			case admin:
				j.Pass("opens %s of its node, in the administrator's namespace (%s)", several(ports), why)
			case w.Mirror:
				j.Pass("opens %s of its node; it is a static Pod, the administrator's", several(ports))
			case len(open) == 0:
				j.Evidence(podField(w.Subject, "containers[].ports[].hostIP"), "a loopback address", audit.Configured)
				j.Warn("opens %s of its node, on a loopback address", several(local))
			default:
				j.Fail("opens %s of its node, past the Ingress", several(open))
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

var noHostNetwork = audit.Check{
	ID:       "EXP-04",
	Title:    "No workload runs in its node's network",
	Expected: "no hostNetwork, unless it is a controller of Ingresses or Gateways, a static Pod or in an administrator's namespace",
	Doc:      "A Pod in the host's network shares the node's addresses: no policy covers it, it reaches what only the node should, and others take it for the node.",
	Logic:    "Outside administrator namespaces, and no controller of Ingresses or Gateways, hostNetwork: fail. In them, or a controller: pass, listed as not coverable by policy.",
	Fix:      "Remove hostNetwork from the Pod template. Where an agent needs it, run it in an administrator's namespace and limit by firewall who reaches the nodes.",
	Controls: refs(networks("A workload in the node's network is out of reach of network controls."),
		segregated("What policies can't cover can't be segregated by them.")),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods},
	Uses:        podControllers,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			in := 0
			for _, member := range w.Members {
				if f.Policies.Cluster.Pods[member].HostNetwork {
					in++
				}
			}
			j := audit.Judge(w.Subject)
			j.Speaks(w.Pods, nil)
			controller, isController := f.Fronts.Controller(w.Subject)
			why, admin := f.Administrators[w.Subject.Namespace]
			j.Evidence(podField(w.Subject, "hostNetwork"), strconv.FormatBool(in > 0), audit.Configured)
			switch {
			case in == 0:
				j.Pass("has a network of its own")
			case isController:
				j.Pass("runs in its node's network, not coverable by policy; it is %s", controller)
			case admin:
				j.Pass("runs in its node's network, not coverable by policy, in the administrator's namespace (%s)", why)
			case w.Mirror:
				j.Pass("runs in its node's network, not coverable by policy; it is a static Pod, the administrator's")
			default:
				j.Fail("runs in its node's network: no policy covers it")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

var nothingInDefault = audit.Check{
	ID:          "SEG-04",
	Title:       "Nothing runs in the namespace default",
	Expected:    "its namespace is another than default",
	Doc:         "What lands in default was mostly put there by accident: the namespace belongs to nobody, so nobody writes its policies.",
	Logic:       "A workload in the namespace default: warning. Every other: pass.",
	Fix:         "Give the application a namespace of its own, with a default-deny, and move the workload there.",
	Controls:    refs(supportsSegregation("A namespace that everybody shares segregates nobody.")),
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
			j.Evidence("metadata.namespace", w.Subject.Namespace, audit.Configured)
			if w.Subject.Namespace == "default" {
				j.Warn("runs in the namespace default, which belongs to nobody")
			} else {
				j.Pass("runs in a namespace of its own: %s", w.Subject.Namespace)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}
