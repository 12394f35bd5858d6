package audit

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// EntrypointAnnotation lists the entrypoints of Traefik on which an Ingress stands
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/).
const EntrypointAnnotation = "traefik.ingress.kubernetes.io/router.entrypoints"

// An Entrypoint is a port on which an instance of Traefik listens, as its arguments say
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
type Entrypoint struct {
	Name string // in lower case: case doesn't matter to Traefik's arguments
	Port int32  // 0 where the address names none

	Redirection Redirection // of plain HTTP, before any router is asked

	udp   bool
	flags map[string][2]string // by the setting in lower case: the flag as written, and its value
}

// readStatic reads the static configuration of an instance of Traefik from its arguments. Once
// a file of it loads, the other arguments count for nothing
// (https://github.com/traefik/traefik/blob/v3.5/cmd/traefik/traefik.go, loaders, and pkg/cli/loader_file.go).
func (c *IngressInstance) readStatic() {
	if file, _ := c.Container.Flag("configfile"); file != "" {
		c.Container.Flags = []string{"--configfile=" + file}
	}
	c.Entrypoints = entrypoints(&c.Container)
}

// StaticElsewhere says why the static configuration of an instance of Traefik isn't known, ""
// where it is in its arguments, which are read.
func (c *IngressInstance) StaticElsewhere() string {
	file, _ := c.Container.Flag("configfile")
	switch {
	case file != "":
		return "its static configuration is in a file (--configfile), which isn't read, and its other arguments count for nothing"
	case len(c.Entrypoints) == 0:
		return "its arguments name no entrypoint: its static configuration is in a file or its environment, which isn't read"
	}
	return ""
}

// entrypoints reads those of an instance of Traefik from its arguments.
func entrypoints(c *Container) []Entrypoint {
	var list []Entrypoint
	for flag := range c.FlagsLike("entrypoints.*.address") {
		name := strings.ToLower(strings.Split(flag, ".")[1])
		if !slices.ContainsFunc(list, func(e Entrypoint) bool { return e.Name == name }) {
			list = append(list, Entrypoint{Name: name, flags: map[string][2]string{}})
		}
	}
	for i := range list {
		list[i].read(c)
		list[i].Redirection = list[i].redirection(list)
	}
	return list
}

// read notes the flags of the entrypoint. An explicit false counts as not given, and takes
// what is set below it along
// (https://github.com/traefik/paerser/blob/v0.2.2/parser/nodes_metadata.go, Disabled).
func (e *Entrypoint) read(c *Container) {
	prefix := "entrypoints." + e.Name + "."
	for flag, value := range c.FlagsLike("entrypoints.*") {
		if setting, own := strings.CutPrefix(strings.ToLower(flag), prefix); own {
			e.set(setting, flag, value)
		}
	}
	for setting, given := range e.flags {
		if strings.EqualFold(given[1], "false") {
			maps.DeleteFunc(e.flags, func(s string, _ [2]string) bool { return s == setting || strings.HasPrefix(s, setting+".") })
		}
	}
	_, address := e.Flag("address")
	address, protocol, _ := strings.Cut(address, "/")
	e.udp = strings.EqualFold(protocol, "udp")
	if port, err := strconv.ParseInt(address[strings.LastIndex(address, ":")+1:], 10, 32); err == nil {
		e.Port = int32(port)
	}
}

// listSettings are those of an entrypoint that take several values.
var listSettings = []string{"forwardedheaders.connection", "forwardedheaders.trustedips", "http.middlewares", "proxyprotocol.trustedips"}

// set notes a flag. Of one that is given again the values are joined where it takes several;
// else the last one counts (https://github.com/traefik/paerser/blob/v0.2.2/flag/flagparser.go, setValue).
func (e *Entrypoint) set(setting, flag, value string) {
	if before := e.flags[setting][1]; before != "" && slices.Contains(listSettings, setting) {
		value = before + "," + value
	}
	e.flags[setting] = [2]string{flag, value}
}

// TLSFlag returns the flag by which the routers on the entrypoint speak TLS, and its value, ""
// for none.
func (e *Entrypoint) TLSFlag() (flag, value string) {
	for _, setting := range sortedKeys(e.flags) {
		if setting == "http.tls" || strings.HasPrefix(setting, "http.tls.") {
			return e.Flag(setting)
		}
	}
	return "", ""
}

// EntrypointsOf are those on which an Ingress stands: those that its annotation names, else
// those with asDefault, else all but Traefik's own and those of UDP
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#asdefault).
func (c *IngressInstance) EntrypointsOf(e *Exposure) []Entrypoint {
	all := slices.Clone(c.Entrypoints)
	if names := words(strings.ToLower(e.Annotations[EntrypointAnnotation])); len(names) > 0 {
		return slices.DeleteFunc(all, func(p Entrypoint) bool { return !slices.Contains(names, p.Name) })
	}
	marked := slices.ContainsFunc(all, Entrypoint.isDefault)
	return slices.DeleteFunc(all, func(p Entrypoint) bool { return p.udp || p.Name == "traefik" || marked && !p.isDefault() })
}

// RoutingEntrypointsOf are those of an Ingress's that ask its router, or may, and don't
// redirect before that.
func (c *IngressInstance) RoutingEntrypointsOf(e *Exposure) []Entrypoint {
	return slices.DeleteFunc(c.EntrypointsOf(e), func(p Entrypoint) bool { return p.Redirection.First() })
}

// TLSEntrypointsOf are those of an Ingress's at which its router speaks TLS.
func (c *IngressInstance) TLSEntrypointsOf(e *Exposure) []Entrypoint {
	return slices.DeleteFunc(c.RoutingEntrypointsOf(e), func(p Entrypoint) bool { return !p.IsForTLS() && e.RouterTLS() == "" })
}

// RouterTLS returns the annotation by which the router of an Ingress at Traefik is for TLS
// alone, "" for none: router.tls, or what is set below it
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/).
func (e *Exposure) RouterTLS() string {
	const tls = "traefik.ingress.kubernetes.io/router.tls"
	said, given := e.Annotations[tls]
	switch {
	case strings.EqualFold(said, "true"):
		return tls
	case given && said != "":
		return "" // switched off, with what is below
	}
	for _, key := range sortedKeys(e.Annotations) {
		if strings.HasPrefix(key, tls+".") {
			return key
		}
	}
	return ""
}

// Flag returns a flag of the entrypoint and its value, "" where it isn't given.
func (e Entrypoint) Flag(setting string) (flag, value string) {
	given := e.flags[setting]
	return given[0], given[1]
}

func (e Entrypoint) isDefault() bool {
	flag, _ := e.Flag("asdefault")
	return flag != ""
}

// Middlewares lists the middlewares of the entrypoint.
func (e Entrypoint) Middlewares() string {
	_, references := e.Flag("http.middlewares")
	return references
}

// IsForTLS reports whether the routers on the entrypoint speak TLS by its settings
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#opt-http-tls).
// Its name says nothing, nor does spec.tls of an Ingress since Traefik 2.2
// (https://doc.traefik.io/traefik/migrate/v2/#v21-to-v22).
func (e Entrypoint) IsForTLS() bool {
	flag, _ := e.TLSFlag()
	return flag != ""
}

// LedTo leaves those of entrypoints to which one of Services leads, or a port of the node.
// Where these lead to no entrypoint of the instance at all, how they are reached isn't
// visible, and each may be.
func (c *IngressInstance) LedTo(entrypoints []Entrypoint, services []*Service) (led []Entrypoint, visible bool) {
	ports := c.portsBehind(services)
	away := func(e Entrypoint) bool { return !slices.Contains(ports, e.Port) }
	switch {
	case c.hostNetwork:
		return entrypoints, true
	case !slices.ContainsFunc(c.Entrypoints, func(e Entrypoint) bool { return !away(e) }):
		return entrypoints, false
	}
	return slices.DeleteFunc(slices.Clone(entrypoints), away), true
}

// Reached leaves those of entrypoints to which something leads: Services that the outside
// reaches, or where there is none those of the cluster alone, behind which tunnels and target
// groups stand. Where it isn't visible what does, each may be reached.
func (f *Facts) Reached(c *IngressInstance, entrypoints []Entrypoint) (reached []Entrypoint, visible bool) {
	if _, unread := f.Unread(Services, c.Subject.Namespace); unread && !c.hostNetwork {
		return entrypoints, false
	}
	services := c.Services
	if len(services) == 0 {
		services = c.inner
	}
	return c.LedTo(entrypoints, services)
}

// EndedBefore reports whether a load balancer may end TLS before an entrypoint: one that has
// a certificate leads there, and not by its port for plain HTTP.
func (c *IngressInstance) EndedBefore(e Entrypoint) bool {
	return slices.ContainsFunc(c.Services, func(s *Service) bool { return s.hasCertificate() && c.leadsBy(s, e, 0) }) &&
		!slices.ContainsFunc(c.Services, func(s *Service) bool { return c.leadsBy(s, e, 80) })
}

// leadsBy reports whether a port of a Service, 0 for any, leads to an entrypoint.
func (c *IngressInstance) leadsBy(s *Service, e Entrypoint, port int32) bool {
	return slices.ContainsFunc(s.Ports, func(sp ServicePort) bool {
		return (port == 0 || sp.Port == port) && slices.Contains(c.targets(sp), e.Port)
	})
}

// portsBehind are the ports of an instance's Pods to which Services lead, and those that are
// ports of the node too.
func (c *IngressInstance) portsBehind(services []*Service) []int32 {
	var ports []int32
	for _, p := range c.ports {
		if p.HostPort != 0 {
			ports = append(ports, p.Number)
		}
	}
	for _, s := range services {
		for _, sp := range s.Ports {
			ports = append(ports, c.targets(sp)...)
		}
	}
	return ports
}

// targets are the ports of an instance's Pods to which a port of a Service leads.
func (c *IngressInstance) targets(sp ServicePort) []int32 {
	var ports []int32
	if n, err := strconv.ParseInt(sp.TargetPort, 10, 32); err == nil {
		ports = append(ports, int32(n))
	}
	for _, p := range c.ports {
		if p.Name == sp.TargetPort {
			ports = append(ports, p.Number)
		}
	}
	return ports
}

// words are those of a list that commas separate.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
