package checks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// tlsOptions names the TLSOption of an Ingress that Traefik serves
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tls/tlsoption/).
const tlsOptions = "traefik.ingress.kubernetes.io/router.tls.options"

// judgeTraefikPolicy judges the TLSOption that holds for an Ingress, and whether a
// middleware sends HSTS.
func judgeTraefikPolicy(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	switch {
	case !c.NamesEntrypoints():
		j.NotAssessed(audit.Unknown, "the TLS policy of %s isn't known: its static configuration is in a file or its environment, which isn't read", c.Subject)
		return
	case !standsSomewhere(j, e, c):
		return
	}
	judgeTLSOption(f, j, e, c)
	judgeTraefikHSTS(f, j, e, c)
}

// judgeTLSOption judges the one that the Ingress names, else those of the entrypoints on which
// it stands, else the one called default.
func judgeTLSOption(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	references := entrypointOptions(c.EntrypointsOf(e))
	if own := strings.TrimSpace(e.Annotations[tlsOptions]); own != "" {
		j.Evidence(annotationPath(tlsOptions), own, audit.Configured)
		references = []string{own}
	}
	for _, reference := range references {
		m := f.TraefikMinimum(c, reference)
		judgeMinimum(j, c.Subject.String(), &m)
	}
}

// entrypointOptions are the TLSOptions of entrypoints, "" for one without: those that are for
// TLS, or all where none is.
func entrypointOptions(entrypoints []audit.Entrypoint) []string {
	if slices.ContainsFunc(entrypoints, audit.Entrypoint.IsForTLS) {
		entrypoints = slices.DeleteFunc(entrypoints, func(p audit.Entrypoint) bool { return !p.IsForTLS() })
	}
	var references []string
	for _, p := range entrypoints {
		if _, reference := p.Flag("http.tls.options"); !slices.Contains(references, reference) {
			references = append(references, reference)
		}
	}
	return references
}

// judgeTraefikHSTS looks for a middleware that sends Strict-Transport-Security, of the
// Ingress or of an entrypoint.
func judgeTraefikHSTS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	middlewares, unknown := f.TraefikMiddlewares(e.MiddlewaresOf() + "," + c.EntrypointMiddlewares(e))
	for _, m := range middlewares {
		if seconds, err := strconv.Atoi(m.Values["spec.headers.stsSeconds"]); err == nil && seconds > 0 {
			j.Evidence("Middleware "+m.Namespace+"/"+m.Name+": spec.headers.stsSeconds", m.Values["spec.headers.stsSeconds"], audit.Configured)
			j.Pass("Middleware %s/%s sends Strict-Transport-Security", m.Namespace, m.Name)
			return
		}
	}
	switch {
	case len(unknown) == 0:
		j.Warn("no middleware of it or of an entrypoint of %s sends Strict-Transport-Security", c.Subject)
	case !unread(f, j, audit.TraefikMiddlewares, "", "whether a middleware sends Strict-Transport-Security isn't known"):
		j.NotAssessed(audit.Unknown, "whether a middleware sends Strict-Transport-Security isn't known: %s weren't read", strings.Join(unknown, ", "))
	}
}
