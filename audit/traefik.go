package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// MiddlewareAnnotation lists the middlewares of an Ingress that Traefik serves, as
// NAMESPACE-NAME@kubernetescrd, or NAME@PROVIDER for those of other providers
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/).
const MiddlewareAnnotation = "traefik.ingress.kubernetes.io/router.middlewares"

// TraefikMiddlewares are the middlewares that stand before an Ingress, chains resolved, each
// once: those that were read, and the references to those that weren't or can't be, such as
// those of files.
func (s *Snapshot) TraefikMiddlewares(references string) (found []*Setting, unknown []string) {
	for reference := range strings.SplitSeq(references, ",") {
		if reference = strings.TrimSpace(reference); reference != "" {
			found, unknown = s.follow(s.middleware(reference), reference, found, unknown)
		}
	}
	return found, unknown
}

// middleware returns the Middleware that a reference names, nil where it wasn't read or is
// another provider's.
func (s *Snapshot) middleware(reference string) *Setting {
	name, provider, _ := strings.Cut(reference, "@")
	if provider != "kubernetescrd" {
		return nil
	}
	return s.setting(TraefikMiddlewares, func(m *Setting) bool {
		return m.Namespace+"-"+m.Name == name || m.Namespace+"_"+m.Name == name // with safeNaming
	})
}

// follow adds a middleware, and those that it chains, to those that were found. Traefik refuses a
// chain that leads back to itself
// (https://github.com/traefik/traefik/blob/v3.5/pkg/server/middleware/middlewares.go, checkRecursion).
func (s *Snapshot) follow(m *Setting, reference string, found []*Setting, unknown []string) ([]*Setting, []string) {
	switch {
	case m == nil:
		return found, append(unknown, reference)
	case slices.Contains(found, m):
		return found, unknown
	}
	found = append(found, m)
	for _, next := range chained(m) {
		if strings.Contains(next.Name, "@") {
			found, unknown = s.follow(s.middleware(next.Name), next.Name, found, unknown)
		} else {
			found, unknown = s.follow(s.Setting(TraefikMiddlewares, next.Namespace, next.Name), next.Namespace+"/"+next.Name, found, unknown)
		}
	}
	return found, unknown
}

// A chainLink names a middleware of a chain: one of a namespace, or by a whole reference where
// its name has an @
// (https://github.com/traefik/traefik/blob/v3.5/pkg/provider/kubernetes/crd/kubernetes.go, createChainMiddleware).
type chainLink struct{ Namespace, Name string }

// chained returns what a middleware chains, nil where it is no chain.
func chained(m *Setting) []chainLink {
	var chain struct {
		Middlewares []chainLink `json:"middlewares"`
	}
	if text, is := m.Values["spec.chain"]; !is || json.Unmarshal([]byte(text), &chain) != nil {
		return nil
	}
	for i := range chain.Middlewares {
		link := &chain.Middlewares[i]
		link.Namespace = cmp.Or(link.Namespace, m.Namespace)
	}
	return chain.Middlewares
}

// NoSuchMiddleware reports whether a reference that [Snapshot.TraefikMiddlewares] doesn't know
// names a Middleware of the cluster, which holds none of that name: all were read, or the
// server has no such kind.
func (s *Snapshot) NoSuchMiddleware(reference string) bool {
	_, provider, another := strings.Cut(reference, "@")
	_, unread := s.Reading(TraefikMiddlewares).Gap("")
	return !unread && (!another || provider == "kubernetescrd")
}

// MiddlewaresOf returns what the annotation of an Ingress lists.
func (e *Exposure) MiddlewaresOf() string { return e.Annotations[MiddlewareAnnotation] }

// TraefikTLSOption returns the TLSOption that a reference of the form
// NAMESPACE-NAME@kubernetescrd names, nil where it wasn't read or is another provider's.
func (s *Snapshot) TraefikTLSOption(reference string) *Setting {
	name, provider, _ := strings.Cut(reference, "@")
	if provider != "kubernetescrd" {
		return nil
	}
	return s.setting(TraefikTLSOptions, func(o *Setting) bool { return o.Namespace+"-"+o.Name == name })
}

// TraefikDefaultOptions returns the TLSOptions called default. One holds for every router
// that names none; of several Traefik drops all.
func (s *Snapshot) TraefikDefaultOptions() []*Setting {
	var list []*Setting
	for i := range s.Settings {
		if o := &s.Settings[i]; o.Resource == TraefikTLSOptions && o.Name == "default" {
			list = append(list, o)
		}
	}
	return list
}
