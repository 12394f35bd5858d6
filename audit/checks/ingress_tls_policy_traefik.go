package checks

import (
	"slices"
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
