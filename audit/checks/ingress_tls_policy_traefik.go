package checks

import (
	"cmp"
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
	case c.StaticElsewhere() != "":
		j.NotAssessed(audit.Unknown, "the TLS policy of %s isn't known: %s", c.Subject, c.StaticElsewhere())
		return
	case !standsSomewhere(j, e, c):
		return
	}
	entrypoints := c.TLSEntrypointsOf(e)
	if reached, _ := f.Reached(c, entrypoints); len(reached) > 0 {
		entrypoints = reached
	}
	if len(entrypoints) == 0 {
		j.NotApplicable("%s speaks TLS on none of its entrypoints", c.Subject)
		return
	}
	judgeTLSOption(f, j, e, c, entrypoints)
	judgeTraefikHSTS(f, j, e, c, entrypoints)
}

// judgeTLSOption judges the one that the Ingress names, else those of the entrypoints at which
// it speaks TLS, else the one called default.
func judgeTLSOption(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance, entrypoints []audit.Entrypoint) {
	references := entrypointOptions(entrypoints)
	if own := strings.TrimSpace(e.Annotations[tlsOptions]); own != "" {
		j.Evidence(annotationPath(tlsOptions), own, audit.Configured)
		references = []string{own}
	}
	for _, reference := range references {
		m := f.TraefikMinimum(c, reference)
		judgeMinimum(j, c.Subject.String(), &m)
	}
}

// entrypointOptions are the TLSOptions of entrypoints, "" for one without.
func entrypointOptions(entrypoints []audit.Entrypoint) []string {
	var references []string
	for _, p := range entrypoints {
		if _, reference := p.Flag("http.tls.options"); !slices.Contains(references, reference) {
			references = append(references, reference)
		}
	}
	return references
}

// judgeTraefikHSTS looks for a middleware that sends Strict-Transport-Security, of the
// Ingress or of each entrypoint at which it speaks TLS: elsewhere browsers overlook it
// (RFC 6797 section 8.1).
func judgeTraefikHSTS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance, entrypoints []audit.Entrypoint) {
	own, ownUnknown := sendingHSTS(f, e.MiddlewaresOf())
	if own != nil {
		sendsHSTS(j, own)
		return
	}
	var without, unknown []string
	for _, p := range entrypoints {
		m, more := sendingHSTS(f, p.Middlewares())
		more = append(more, ownUnknown...)
		switch {
		case m != nil:
			sendsHSTS(j, m)
		case len(more) == 0:
			without = append(without, p.Name)
			middlewareEvidence(f, j, c.Subject.String()+": middlewares of entrypoint "+p.Name, p.Middlewares())
		default:
			unknown = append(unknown, more...)
		}
	}
	switch {
	case len(without) > 0:
		middlewareEvidence(f, j, annotationPath(audit.MiddlewareAnnotation), e.MiddlewaresOf())
		j.Warn("no middleware of it or of entrypoint %s of %s sends Strict-Transport-Security", several(without), c.Subject)
	case len(unknown) == 0:
	case !unread(f, j, audit.TraefikMiddlewares, "", "whether a middleware sends Strict-Transport-Security isn't known"):
		j.NotAssessed(audit.Unknown, "whether a middleware sends Strict-Transport-Security isn't known: %s weren't read", strings.Join(slices.Compact(slices.Sorted(slices.Values(unknown))), ", "))
	}
}

// sendingHSTS returns the first of some middlewares that sends Strict-Transport-Security, nil
// for none, and those that weren't read.
func sendingHSTS(f *audit.Facts, references string) (m *audit.Setting, unknown []string) {
	middlewares, unknown := f.TraefikMiddlewares(references)
	for _, m := range middlewares {
		if seconds, err := strconv.Atoi(m.Values["spec.headers.stsSeconds"]); err == nil && seconds > 0 {
			return m, nil
		}
	}
	return nil, unknown
}

func sendsHSTS(j *audit.Judgement, m *audit.Setting) {
	j.Evidence("Middleware "+m.Namespace+"/"+m.Name+": spec.headers.stsSeconds", m.Values["spec.headers.stsSeconds"], audit.Configured)
	j.Pass("Middleware %s/%s sends Strict-Transport-Security", m.Namespace, m.Name)
}

// middlewareEvidence notes middlewares that don't send Strict-Transport-Security, by where
// they are named.
func middlewareEvidence(f *audit.Facts, j *audit.Judgement, path, references string) {
	j.Evidence(path, cmp.Or(strings.Trim(references, ","), "absent"), audit.Configured)
	middlewares, _ := f.TraefikMiddlewares(references)
	for _, m := range middlewares[:min(len(middlewares), mostEvidence)] {
		j.Evidence("Middleware "+m.Namespace+"/"+m.Name+": spec.headers.stsSeconds", cmp.Or(m.Values["spec.headers.stsSeconds"], "absent"), audit.Configured)
	}
}
