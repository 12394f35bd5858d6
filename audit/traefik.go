package audit

import (
	"encoding/json"
	"strings"
)

// MiddlewareAnnotation lists the middlewares of an Ingress that Traefik serves, as
// NAMESPACE-NAME@kubernetescrd, or NAME@PROVIDER for those of other providers
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/).
const MiddlewareAnnotation = "traefik.ingress.kubernetes.io/router.middlewares"

// TraefikMiddlewares are the middlewares that stand before an Ingress, chains resolved:
// those that were read, and the references to those that weren't or can't be, such as
// those of files.
func (s *Snapshot) TraefikMiddlewares(references string) (found []*Setting, unknown []string) {
	for reference := range strings.SplitSeq(references, ",") {
		if reference = strings.TrimSpace(reference); reference == "" {
			continue
		}
		name, provider, _ := strings.Cut(reference, "@")
		middleware := s.setting(TraefikMiddlewares, func(m *Setting) bool {
			return m.Namespace+"-"+m.Name == name || m.Namespace+"_"+m.Name == name // with safeNaming
		})
		if provider != "kubernetescrd" || middleware == nil {
			unknown = append(unknown, reference)
			continue
		}
		found = append(found, middleware)
		chained, open := s.chained(middleware)
		found, unknown = append(found, chained...), append(unknown, open...)
	}
	return found, unknown
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

// chained returns the middlewares of a chain, one level deep: Traefik refuses chains of
// themselves, and nobody nests them.
func (s *Snapshot) chained(chain *Setting) (found []*Setting, unknown []string) {
	var spec struct {
		Middlewares []struct{ Namespace, Name string } `json:"middlewares"`
	}
	if text, is := chain.Values["spec.chain"]; !is || json.Unmarshal([]byte(text), &spec) != nil {
		return nil, nil
	}
	for _, ref := range spec.Middlewares {
		namespace := ref.Namespace
		if namespace == "" {
			namespace = chain.Namespace
		}
		if m := s.Setting(TraefikMiddlewares, namespace, ref.Name); m != nil {
			found = append(found, m)
			continue
		}
		unknown = append(unknown, namespace+"/"+ref.Name)
	}
	return found, unknown
}

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
