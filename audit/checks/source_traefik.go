package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// traefikWays are the ways to an Ingress through Traefik: each entrypoint of an instance that
// asks its router and that something leads to. A client is let in who is on the lists of the
// entrypoint and on those of the Ingress. Ways with the same lists are one.
func traefikWays(f *audit.Facts, e *audit.Exposure, c *ingressServer) []*allowlisted {
	var ways []*allowlisted
	for _, instance := range c.instances {
		for _, a := range waysThrough(f, e, c, instance) {
			ways = addWay(ways, a, instance, a.by[instance]...)
		}
	}
	if len(ways) > 0 {
		return ways
	}
	a := traefikWay(f, e, c, "")
	if r, gap, missing := f.UnknownInstances(); missing {
		a.mayBeNarrower(gap.Reason, "whether the entrypoints of Traefik have lists too isn't known: "+gapWords(r, gap))
	}
	return []*allowlisted{a}
}

// waysThrough are those through one instance. What holds on one by which routers may not be
// asked decides nothing. Where it isn't visible to which of its
// entrypoints something leads, each of several that differ may be none.
func waysThrough(f *audit.Facts, e *audit.Exposure, c *ingressServer, instance *audit.IngressInstance) []*allowlisted {
	entrypoints := instance.RoutingEntrypointsOf(e)
	reached, visible := f.Reached(instance, entrypoints)
	if len(reached) > 0 {
		entrypoints = reached
	}
	var ways []*allowlisted
	for _, p := range entrypoints {
		way := traefikWay(f, e, c, p.Middlewares())
		if flag := p.Redirection.Contested; flag != "" {
			way.lists, way.gaps = nil, []listGap{{audit.Unknown, "whether entrypoint " + p.Name + " of " + instance.Subject.String() + " redirects before it asks routers isn't known, for the redirection has a priority of its own (--" + flag + ")"}}
		}
		ways = addWay(ways, way, instance, p)
	}
	switch {
	case len(ways) == 0:
		a := traefikWay(f, e, c, "")
		if elsewhere := instance.StaticElsewhere(); elsewhere != "" {
			a.mayBeNarrower(audit.Unknown, "whether the entrypoints of "+instance.Subject.String()+" have lists too isn't known: "+elsewhere)
		}
		return addWay(nil, a, instance)
	case visible || len(ways) == 1:
		return ways
	}
	reason, words := audit.Unknown, "to which entrypoints of "+instance.Subject.String()+" something leads isn't visible"
	if gap, missing := f.Unread(audit.Services, instance.Subject.Namespace); missing {
		reason, words = gap.Reason, words+": "+gapWords(audit.Services, gap)
	}
	for _, a := range ways {
		a.gaps = append(a.gaps, listGap{reason, words})
	}
	return ways
}

// mayBeNarrower notes that another list may hold beside those that are known.
func (a *allowlisted) mayBeNarrower(reason audit.Reason, words string) {
	if len(a.lists) > 0 {
		a.gaps = append(a.gaps, listGap{reason, words})
	}
}

// traefikWay is a way through some middlewares and those of the Ingress.
func traefikWay(f *audit.Facts, e *audit.Exposure, c *ingressServer, middlewares string) *allowlisted {
	a := &allowlisted{Exposure: e, at: &ingressServer{IngressController: c.IngressController}, any: true, by: map[*audit.IngressInstance][]audit.Entrypoint{}}
	a.addMiddlewares(f, middlewares+","+e.MiddlewaresOf())
	return a
}

// addWay notes a way by entrypoints of an instance, with those that have the same lists.
func addWay(ways []*allowlisted, a *allowlisted, c *audit.IngressInstance, by ...audit.Entrypoint) []*allowlisted {
	i := slices.IndexFunc(ways, func(other *allowlisted) bool {
		return slices.Equal(a.gaps, other.gaps) &&
			slices.EqualFunc(a.lists, other.lists, func(l, m *audit.Allowlist) bool { return l.Where == m.Where })
	})
	if i < 0 {
		i, ways = len(ways), append(ways, a)
	}
	a = ways[i]
	if !slices.Contains(a.at.instances, c) {
		a.at.instances = append(a.at.instances, c)
	}
	for _, p := range by {
		if !slices.ContainsFunc(a.by[c], func(q audit.Entrypoint) bool { return q.Name == p.Name }) {
			a.by[c] = append(a.by[c], p)
		}
	}
	return ways
}

// judgeTraefikBelief judges forwardedHeaders of each entrypoint on which an Ingress stands:
// unless they are trusted, Traefik replaces what a client wrote
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func judgeTraefikBelief(f *audit.Facts, j *audit.Judgement, a *allowlisted, c *audit.IngressInstance) {
	if !a.byHeader() {
		for _, list := range a.lists {
			j.Evidence(strings.TrimSuffix(list.Where, "sourceRange")+"ipStrategy", "none that goes by a header", audit.Configured)
		}
		j.Pass("%s goes by the address of the connection, and by no header", c.Subject)
		return
	}
	for _, p := range a.by[c] {
		everybody, value := p.Flag("forwardedheaders.insecure")
		some, text := p.Flag("forwardedheaders.trustedips")
		if everybody != "" {
			j.Evidence(c.Subject.String()+": --"+everybody, value, audit.Configured)
			j.Fail("%s believes headers from everybody (--%s)", c.Subject, everybody)
		}
		if some != "" {
			j.Evidence(c.Subject.String()+": --"+some, text, audit.Configured)
			trusted(f, j, c, "--"+some, text)
		}
		if everybody == "" && some == "" {
			j.Evidence(c.Subject.String()+": --entrypoints."+p.Name+".forwardedheaders", "absent", audit.Configured)
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
	led, _ := c.LedTo(a.by[c], []*audit.Service{s})
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
	switch elsewhere := c.StaticElsewhere(); {
	case elsewhere != "":
		return &listGap{audit.Unknown, elsewhere}
	case len(a.by[c]) == 0:
		return &listGap{audit.Unknown, "its arguments name no entrypoint on which the Ingress stands, or each of them redirects"}
	}
	return nil
}
