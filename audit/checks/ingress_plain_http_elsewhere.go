package checks

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// judgeTraefikRedirect judges what Traefik does with plain HTTP. An Ingress's routers answer
// it on each of its entrypoints that isn't for TLS, unless the entrypoint redirects, a
// middleware does, or the router is for TLS alone
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func judgeTraefikRedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	if key := e.RouterTLS(); key != "" {
		j.Evidence(annotationPath(key), e.Annotations[key], audit.Configured)
		j.Pass("annotation %s: its router at Traefik is for TLS alone", key)
		return
	}
	own := redirecting(f, e.MiddlewaresOf())
	if own.by != nil {
		redirects(j, own.by)
		return
	}
	if len(c.instances) == 0 {
		noInstance(f, j, "Traefik", "so whether its entrypoints redirect isn't known")
	}
	for _, instance := range c.instances {
		if open := openEntrypoints(f, j, e, instance); len(open.names) > 0 {
			open.behind.add(own)
			judgeOpenEntrypoints(f, j, e, instance, open)
		}
	}
}

// open are entrypoints of an instance that don't redirect.
type open struct {
	plain   []audit.Entrypoint
	names   []string
	behind  middlewareRedirect // what the middlewares do that are asked there
	visible bool               // that something leads to them
	ended   []string           // those of names before which a load balancer may end TLS
}

// judgeOpenEntrypoints judges entrypoints of an instance that don't redirect.
func judgeOpenEntrypoints(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance, o open) {
	defer j.By(argumentsCommand(c.Subject), j.Subject().Command())()
	switch {
	case !o.visible && unread(f, j, audit.Services, c.Subject.Namespace, "to which entrypoints of "+c.Subject.String()+" they lead isn't known"):
	case o.behind.unknowable(f, j):
	case !o.visible:
		j.NotAssessed(audit.Unknown, "%s doesn’t close plain HTTP on entrypoint %s, and no Service that was read leads to any entrypoint of it: whether users reach that isn't known", c.Subject, several(o.names))
	case len(o.ended) == len(o.names):
		j.NotAssessed(audit.Unknown, "%s answers plain HTTP on entrypoint %s, and a load balancer with a certificate leads there, which may end TLS", c.Subject, several(o.names))
	default:
		for _, p := range o.plain {
			redirectionEvidence(j, c, &p)
		}
		j.Evidence(annotationPath(audit.MiddlewareAnnotation), cmp.Or(e.MiddlewaresOf(), "absent"), audit.Configured)
		j.Fail("%s answers plain HTTP on entrypoint %s: neither that, nor a middleware or annotation redirects to https", c.Subject, several(o.names))
	}
}

// openEntrypoints are those of an instance on which an Ingress may answer plain HTTP. What
// closes the others it notes.
func openEntrypoints(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) open {
	if !standsSomewhere(j, e, c) {
		return open{}
	}
	defer j.By(argumentsCommand(c.Subject))()
	reached, visible := f.Reached(c, c.EntrypointsOf(e))
	plain := slices.DeleteFunc(slices.Clone(reached), audit.Entrypoint.IsForTLS)
	o := open{visible: visible}
	for _, p := range plain {
		r := p.Redirection
		behind := redirecting(f, p.Middlewares())
		switch {
		case r.First() && r.ToHTTPS():
			redirectionEvidence(j, c, &p)
			j.Pass("entrypoint %s of %s redirects plain HTTP to %s", p.Name, c.Subject, r.Target)
		case behind.by != nil && !r.First():
			redirects(j, behind.by)
		case r.ToHTTPS():
			redirectionEvidence(j, c, &p)
			j.NotAssessed(audit.Unknown, "entrypoint %s of %s redirects plain HTTP with a priority of its own (--%s): whether routers of Ingresses are asked first isn't known", p.Name, c.Subject, r.Contested)
		default:
			o.plain, o.names = append(o.plain, p), append(o.names, p.Name)
			o.behind.add(behind)
			if c.EndedBefore(p) {
				o.ended = append(o.ended, p.Name)
			}
		}
	}
	if len(reached) == 0 {
		j.By(argumentsCommand(c.Subject), audit.ListCommand(string(audit.Services), c.Subject.Namespace, "wide"))
		j.Evidence("Services of namespace "+c.Subject.Namespace+": spec.ports[].targetPort", "none leads to its entrypoints", audit.Configured)
	}
	switch {
	case len(reached) == 0 && len(c.Services) == 0:
		j.Pass("no Service leads to its entrypoints of %s", c.Subject)
	case len(reached) == 0:
		j.Pass("no Service of type LoadBalancer or NodePort leads to its entrypoints of %s", c.Subject)
	case len(plain) == 0:
		for _, p := range reached[:min(len(reached), mostEvidence)] {
			flag, value := p.TLSFlag()
			j.Evidence(c.Subject.String()+": --"+flag, value, audit.Configured)
		}
		j.Pass("each of its entrypoints of %s that can be reached is for TLS", c.Subject)
	}
	return o
}

// redirectionEvidence notes the flags by which an entrypoint redirects, also where it has none;
// nothing of one that isn't there.
func redirectionEvidence(j *audit.Judgement, c *audit.IngressInstance, p *audit.Entrypoint) {
	const redirections = "http.redirections.entrypoint."
	if p.Redirection.Flag == "" && p.Name != "" {
		j.Evidence(c.Subject.String()+": --entrypoints."+p.Name+".http.redirections", "absent", audit.Configured)
	}
	for _, setting := range []string{"to", "scheme", "priority"} {
		if flag, value := p.Flag(redirections + setting); flag != "" {
			j.Evidence(c.Subject.String()+": --"+flag, value, audit.Configured)
		}
	}
}

// standsSomewhere reports whether the entrypoints of an instance are known on which an
// Ingress stands, and notes where they aren't.
func standsSomewhere(j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) (known bool) {
	defer j.By(argumentsCommand(c.Subject))()
	switch {
	case c.StaticElsewhere() != "":
		j.NotAssessed(audit.Unknown, "on which entrypoints of %s it stands isn't known: %s", c.Subject, c.StaticElsewhere())
	case len(c.EntrypointsOf(e)) == 0:
		j.NotAssessed(audit.Unknown, "the arguments of %s name no entrypoint on which it stands (%s)", c.Subject, e.Annotations[audit.EntrypointAnnotation])
	default:
		return true
	}
	return false
}

// frontendConfig names the FrontendConfig of an Ingress on GKE
// (https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration).
const frontendConfig = "networking.gke.io/v1beta1.FrontendConfig"

func judgeGKERedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	name := e.Annotations[frontendConfig]
	if name == "" {
		annotationsEvidence(j, e, frontendConfig, "kubernetes.io/ingress.allow-http")
		j.Fail("GKE serves plain HTTP beside TLS: neither allow-http is false nor a FrontendConfig redirects")
		return
	}
	if unread(f, j, audit.GKEFrontendConfigs, e.Namespace, "whether FrontendConfig "+name+" redirects isn't known") {
		return
	}
	defer j.By(audit.GetCommand(string(audit.GKEFrontendConfigs), e.Namespace, name, "yaml"))()
	config := f.Setting(audit.GKEFrontendConfigs, e.Namespace, name)
	if config == nil {
		j.Evidence("FrontendConfig "+e.Namespace+"/"+name, "absent", audit.Configured)
		j.Fail("FrontendConfig %s/%s doesn't exist: GKE serves plain HTTP beside TLS", e.Namespace, name)
		return
	}
	text := config.Values["spec.redirectToHttps"]
	var redirect struct {
		Enabled bool `json:"enabled"`
	}
	j.Evidence("FrontendConfig "+e.Namespace+"/"+name+": spec.redirectToHttps", text, audit.Configured)
	if json.Unmarshal([]byte(text), &redirect) == nil && redirect.Enabled {
		j.Pass("FrontendConfig %s/%s redirects plain HTTP", e.Namespace, name)
	} else {
		j.Fail("FrontendConfig %s/%s doesn't redirect plain HTTP", e.Namespace, name)
	}
}
