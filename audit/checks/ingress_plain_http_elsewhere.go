package checks

import (
	"encoding/json"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// judgeTraefikRedirect judges what Traefik does with plain HTTP. Its routers stand on every
// default entrypoint, the plain one among them, unless an entrypoint redirects, a
// middleware does, or the router is for TLS or for other entrypoints alone
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func judgeTraefikRedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	if names := e.Annotations[audit.EntrypointAnnotation]; strings.TrimSpace(names) == "websecure" {
		j.Evidence(annotationPath(audit.EntrypointAnnotation), names, audit.Configured)
		j.Pass("it is served on entrypoint websecure alone")
		return
	}
	middlewares, unknown := f.TraefikMiddlewares(e.MiddlewaresOf())
	for _, m := range middlewares {
		if redirect := m.Values["spec.redirectScheme"]; strings.Contains(redirect, `"https"`) {
			j.Evidence("Middleware "+m.Namespace+"/"+m.Name+": spec.redirectScheme", redirect, audit.Configured)
			j.Pass("Middleware %s/%s redirects plain HTTP", m.Namespace, m.Name)
			return
		}
	}
	if len(c.instances) == 0 {
		noInstance(f, j, "Traefik", "so whether its entrypoints redirect isn't known")
		return
	}
	for _, instance := range c.instances {
		if !judgeEntrypoints(j, instance) {
			continue
		}
		if len(unknown) > 0 {
			if !unread(f, j, audit.TraefikMiddlewares, "", "whether a middleware redirects isn't known") {
				j.NotAssessed(audit.Unknown, "whether a middleware redirects isn't known: %s weren't read", strings.Join(unknown, ", "))
			}
			continue
		}
		j.Fail("no entrypoint of %s redirects plain HTTP, and no middleware or annotation of it does", instance.Subject)
	}
}

// judgeEntrypoints judges the entrypoints of an instance, and reports whether its arguments
// say that none redirects.
func judgeEntrypoints(j *audit.Judgement, instance *audit.IngressInstance) (open bool) {
	if flag, target := instance.RedirectingEntrypoint(0); flag != "" {
		j.Evidence(instance.Subject.String()+": --"+flag, target, audit.Configured)
		j.Pass("an entrypoint of %s redirects plain HTTP to %s", instance.Subject, target)
		return false
	}
	if !instance.NamesEntrypoints() {
		j.NotAssessed(audit.Unknown, "the arguments of %s name no entrypoint: its static configuration is in a file or its environment, which isn't read", instance.Subject)
		return false
	}
	return true
}

// frontendConfig names the FrontendConfig of an Ingress on GKE
// (https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration).
const frontendConfig = "networking.gke.io/v1beta1.FrontendConfig"

func judgeGKERedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	name := e.Annotations[frontendConfig]
	if name == "" {
		j.Fail("GKE serves plain HTTP beside TLS: neither allow-http is false nor a FrontendConfig redirects")
		return
	}
	if unread(f, j, audit.GKEFrontendConfigs, e.Namespace, "whether FrontendConfig "+name+" redirects isn't known") {
		return
	}
	config := f.Setting(audit.GKEFrontendConfigs, e.Namespace, name)
	if config == nil {
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
