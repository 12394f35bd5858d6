package checks

import "github.com/kubevidence/kubevidence/audit"

// judgeTraefikBelief judges forwardedHeaders of each entrypoint on which an Ingress stands:
// unless they are trusted, Traefik replaces what a client wrote
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func judgeTraefikBelief(j *audit.Judgement, a *allowlisted, c *audit.IngressInstance) {
	if !a.byHeader() {
		j.Pass("%s goes by the address of the connection, and by no header", c.Subject)
		return
	}
	for _, p := range c.RoutingEntrypointsOf(a.Exposure) {
		if flag, value := p.Flag("forwardedheaders.insecure"); flag != "" {
			j.Evidence(c.Subject.String()+": --"+flag, value, audit.Configured)
			j.Fail("%s believes headers from everybody (--%s)", c.Subject, flag)
		}
		if flag, text := p.Flag("forwardedheaders.trustedips"); flag != "" {
			j.Evidence(c.Subject.String()+": --"+flag, text, audit.Configured)
			trusted(j, c, "--"+flag, text)
		}
	}
	j.Pass("%s replaces headers of addresses that it wasn't told to trust", c.Subject)
}

// traefikOrigins reads the arguments of an instance of Traefik, for the entrypoints on which
// an Ingress stands, and to which a Service leads: two where some of them expect the PROXY
// protocol and others don't. Its lists go by the address of the connection, or with
// ipStrategy by X-Forwarded-For.
func traefikOrigins(a *allowlisted, c *audit.IngressInstance, s *audit.Service) []*origin {
	plain, proxied := &origin{who: "the controller"}, &origin{who: "the controller", proxy: true}
	if a.byHeader() {
		plain.header, proxied.header = "ipStrategy", "ipStrategy"
	}
	var without, with []string
	led, _ := c.LedTo(c.RoutingEntrypointsOf(a.Exposure), []*audit.Service{s})
	for _, p := range led {
		if settings := proxySettings(c, p); len(settings) > 0 {
			proxied.settings = append(proxied.settings, settings...)
			with = append(with, p.Name)
		} else {
			without = append(without, p.Name)
		}
	}
	switch {
	case len(without) > 0 && len(with) > 0:
		plain.who, proxied.who = "entrypoint "+several(without), "entrypoint "+several(with)
		return []*origin{plain, proxied}
	case len(without) > 0:
		return []*origin{plain}
	case len(with) > 0:
		return []*origin{proxied}
	}
	return nil
}

// proxySettings are those by which an entrypoint expects the PROXY protocol.
func proxySettings(c *audit.IngressInstance, p audit.Entrypoint) []audit.Evidence {
	var settings []audit.Evidence
	for _, setting := range []string{"proxyprotocol.insecure", "proxyprotocol.trustedips"} {
		if flag, value := p.Flag(setting); flag != "" {
			settings = append(settings, audit.Evidence{Path: c.Subject.String() + ": --" + flag, Value: value})
		}
	}
	return settings
}

// traefikGap says why it isn't known what an instance of Traefik takes for a client's
// address, nil where it is.
func traefikGap(a *allowlisted, c *audit.IngressInstance) *listGap {
	switch {
	case !c.NamesEntrypoints():
		return &listGap{audit.Unknown, "its arguments name no entrypoint: its static configuration is in a file or its environment, which isn't read"}
	case len(c.RoutingEntrypointsOf(a.Exposure)) == 0:
		return &listGap{audit.Unknown, "its arguments name no entrypoint on which the Ingress stands, or each of them redirects"}
	}
	return nil
}
