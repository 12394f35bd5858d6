package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var noRawPorts = audit.Check{
	ID:       "EXP-06",
	Title:    "No raw TCP or UDP passes through a controller",
	Expected: "no TCPRoute, no UDPRoute and none of ingress-nginx's TCP or UDP services lead to it",
	Doc:      "A controller that forwards TCP or UDP as it comes ends no TLS and knows no host: the workload behind it stands in the open.",
	Logic: "Over Services: ingress-nginx's TCP or UDP services (the ConfigMaps that its flags name), a TCPRoute or a UDPRoute lead to it: warning. " +
		"A ConfigMap that is named, routes or controllers that couldn't be read: not assessed.",
	Fix:         "Expose the workload by an Ingress or an HTTPRoute with TLS; where its protocol isn't HTTP, by a TLSRoute, or limit by address who reaches the port.",
	Controls:    refs(networks("A port that is passed on as it comes is controlled by nobody.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Services},
	Uses:        []audit.Resource{audit.Pods, audit.Deployments, audit.DaemonSets, audit.ConfigMaps, audit.TCPRoutes, audit.UDPRoutes},
	Run: func(f *audit.Facts) []audit.Finding {
		raw, unknown := rawPorts(f)
		for _, r := range []audit.Resource{audit.TCPRoutes, audit.UDPRoutes, audit.Deployments, audit.DaemonSets, audit.Pods} {
			if gap, unread := f.Unread(r, ""); unread {
				unknown = append(unknown, string(r)+" could not be read: "+gap.Message)
			}
		}
		var findings []audit.Finding
		for i := range f.Services {
			s := &f.Services[i]
			j := audit.Judge(serviceSubject(s))
			ways := raw[[2]string{s.Namespace, s.Name}]
			switch {
			case len(ways) > 0:
				var texts, commands []string
				for _, way := range ways {
					texts, commands = append(texts, way.text), append(commands, way.command)
				}
				for _, way := range ways[:min(len(ways), mostEvidence)] {
					j.Evidence(way.path, way.value, audit.Configured)
				}
				j.By(commands...)
				j.Warn("raw connections reach it by %s", several(texts))
			case len(unknown) > 0:
				j.NotAssessed(audit.Unknown, "whether raw connections are passed on to it isn't known: %s", several(unknown))
			default:
				j.Evidence("TCPRoutes, UDPRoutes, TCP and UDP services of ingress-nginx", "none names it", audit.Configured)
				j.Pass("no raw TCP or UDP reaches it through a controller")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// A rawPort is what leads raw connections to a Service, in words, where that stands, and the
// command that shows it.
type rawPort struct{ text, path, value, command string }

// rawPorts returns what passes raw connections on to each Service, and what of that isn't
// known.
func rawPorts(f *audit.Facts) (raw map[[2]string][]rawPort, unknown []string) {
	raw = map[[2]string][]rawPort{}
	held := map[[2]string]*audit.ConfigMap{}
	for i := range f.ConfigMaps {
		held[[2]string{f.ConfigMaps[i].Namespace, f.ConfigMaps[i].Name}] = &f.ConfigMaps[i]
	}
	gap, unread := f.Unread(audit.ConfigMaps, "")
	for _, instance := range f.Running("ingress-nginx") {
		for _, flag := range audit.PortConfigMapFlags {
			namespace, name, named := instance.NamedConfigMap(flag)
			m := held[[2]string{namespace, name}]
			switch {
			case named && m == nil && unread:
				unknown = append(unknown, "ConfigMap "+namespace+"/"+name+", which "+instance.Subject.String()+" names: "+gap.Message)
			case m != nil:
				for port, target := range m.Data {
					service, _, _ := strings.Cut(target, ":")
					if ns, svc, ok := strings.Cut(service, "/"); ok {
						to := [2]string{ns, svc}
						text := "ConfigMap " + namespace + "/" + name
						raw[to] = append(raw[to], rawPort{"port " + port + " of " + text, text + ": data." + port, target, audit.GetCommand("configmap", namespace, name, "yaml")})
					}
				}
			}
		}
	}
	for i := range f.Routes {
		r := &f.Routes[i]
		if r.Kind != "TCPRoute" && r.Kind != "UDPRoute" {
			continue
		}
		text := r.Kind + " " + r.Namespace + "/" + r.Name
		way := rawPort{text, text + ": spec.rules[].backendRefs", "", audit.GetCommand(shownBy[r.Kind], r.Namespace, r.Name, "yaml")}
		for _, b := range r.Backends {
			to := [2]string{b.Namespace, b.Name}
			way.value = b.Namespace + "/" + b.Name
			raw[to] = append(raw[to], way)
		}
	}
	for _, ways := range raw {
		slices.SortFunc(ways, func(a, b rawPort) int { return strings.Compare(a.text, b.text) })
	}
	return raw, unknown
}
