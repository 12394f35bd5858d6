package checks

import (
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
	if !namesEntrypoints(c) {
		j.NotAssessed(audit.Unknown, "the TLS policy of %s isn't known: its static configuration is in a file or its environment, which isn't read", c.Subject)
		return
	}
	judgeTLSOption(f, j, e, c)
	judgeTraefikHSTS(f, j, e, c)
}

// judgeTLSOption judges the one that the Ingress names, else its entrypoints, else the one
// called default.
func judgeTLSOption(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	var references []string
	if own := strings.TrimSpace(e.Annotations[tlsOptions]); own != "" {
		j.Evidence(annotationPath(tlsOptions), own, audit.Configured)
		references = []string{own}
	} else {
		for _, reference := range c.Container.FlagsLike("entrypoints.*.http.tls.options") {
			references = append(references, reference)
		}
	}
	if unread(f, j, audit.TraefikTLSOptions, "", "which versions of TLS "+c.Subject.String()+" speaks isn't known") {
		return
	}
	for _, reference := range references {
		option := f.TraefikTLSOption(reference)
		if option == nil {
			j.NotAssessed(audit.Unknown, "which versions of TLS are spoken isn't known: the options %s weren't read", reference)
			return
		}
		judgeMinVersion(j, c, option)
	}
	if len(references) > 0 {
		return
	}
	switch defaults := f.TraefikDefaultOptions(); {
	case len(defaults) == 1:
		judgeMinVersion(j, c, defaults[0])
	case readsFiles(c):
		j.NotAssessed(audit.Unknown, "which versions of TLS %s speaks isn't known: its files, which aren't read, may hold the default options", c.Subject)
	default: // none, or several, which Traefik drops
		judgeDefaultVersion(j, c)
	}
}

// judgeMinVersion judges one TLSOption.
func judgeMinVersion(j *audit.Judgement, c *audit.IngressInstance, option *audit.Setting) {
	name := "TLSOption " + option.Namespace + "/" + option.Name
	switch version := option.Values["spec.minVersion"]; version {
	case "":
		judgeDefaultVersion(j, c)
	case "VersionTLS12", "VersionTLS13":
		j.Evidence(name+": spec.minVersion", version, audit.Configured)
		j.Pass("%s speaks no TLS below 1.2: %s has minVersion %s", c.Subject, name, version)
	case "VersionTLS10", "VersionTLS11":
		j.Evidence(name+": spec.minVersion", version, audit.Configured)
		j.Fail("%s speaks TLS below 1.2: %s has minVersion %s", c.Subject, name, version)
	default:
		j.NotAssessed(audit.Unknown, "%s has minVersion %q, which is no version that this build knows", name, version)
	}
}

// judgeDefaultVersion judges Traefik without options: it takes Go's default, which for
// servers is TLS 1.2 since 1.22 (https://go.dev/doc/go1.22#minor_library_changes), with which
// all releases of Traefik 3 are built.
func judgeDefaultVersion(j *audit.Judgement, c *audit.IngressInstance) {
	if major, _, known := audit.MinorVersion(audit.Tag(c.Container.Image)); known && major >= 3 {
		j.Pass("%s speaks TLS 1.2 and 1.3, its defaults", c.Subject)
		return
	}
	j.NotAssessed(audit.Unknown, "which versions of TLS %s speaks isn't known: no minVersion is set, and the default of its release isn't known", c.Subject)
}

// readsFiles reports whether an instance of Traefik takes configuration from files.
func readsFiles(c *audit.IngressInstance) bool {
	for range c.Container.FlagsLike("providers.file.*") {
		return true
	}
	return false
}

// judgeTraefikHSTS looks for a middleware that sends Strict-Transport-Security, of the
// Ingress or of an entrypoint.
func judgeTraefikHSTS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	references := []string{e.MiddlewaresOf()}
	for _, listed := range c.Container.FlagsLike("entrypoints.*.http.middlewares") {
		references = append(references, listed)
	}
	middlewares, unknown := f.TraefikMiddlewares(strings.Join(references, ","))
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
