package checks

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// A middlewareRedirect is what some middlewares of Traefik do with plain HTTP.
type middlewareRedirect struct {
	by      *audit.Setting   // the first that redirects each request to https, nil for none
	partly  []*audit.Setting // that may redirect some
	unknown []string         // that weren't read
}

func (r *middlewareRedirect) add(other middlewareRedirect) {
	r.partly, r.unknown = append(r.partly, other.partly...), append(r.unknown, other.unknown...)
}

// redirecting returns what the middlewares do that references name, chains resolved.
func redirecting(f *audit.Facts, references string) middlewareRedirect {
	var r middlewareRedirect
	var found []*audit.Setting
	found, r.unknown = f.TraefikMiddlewares(references)
	for _, m := range found {
		switch field, each := redirectOf(m); {
		case each:
			r.by = cmp.Or(r.by, m)
		case field != "":
			r.partly = append(r.partly, m)
		}
	}
	return r
}

// everyPlainURL matches the regular expressions that match every URL of plain HTTP, from its
// start.
var everyPlainURL = regexp.MustCompile(`^\^?http(s\?)?:(\\?/){2}(\(\.[*+]\)\$?|\.[*+]\$?)?$`)

// redirectOf returns the field by which a middleware may redirect plain HTTP to https, "" for
// none, and whether it does so with each request. A redirectRegex replaces what it matches of the
// URL, and leaves others alone
// (https://github.com/traefik/traefik/blob/v3.5/pkg/middlewares/redirect/redirect.go, ServeHTTP).
func redirectOf(m *audit.Setting) (field string, each bool) {
	if strings.Contains(m.Values["spec.redirectScheme"], `"https"`) {
		return "spec.redirectScheme", true
	}
	var r struct{ Regex, Replacement string }
	switch text, is := m.Values["spec.redirectRegex"]; {
	case !is || json.Unmarshal([]byte(text), &r) != nil:
		return "", false
	case strings.HasPrefix(r.Replacement, "http://"), strings.HasPrefix(r.Replacement, "/"):
		return "", false
	}
	return "spec.redirectRegex", strings.HasPrefix(r.Replacement, "https://") && everyPlainURL.MatchString(r.Regex)
}

// redirects notes that a middleware redirects.
func redirects(j *audit.Judgement, m *audit.Setting) {
	field, _ := redirectOf(m)
	defer j.By(middlewareCommand(m))()
	j.Evidence(middlewareText(m)+": "+field, m.Values[field], audit.Configured)
	j.Pass("%s redirects plain HTTP", middlewareText(m))
}

// unknowable notes that it isn't known whether the middlewares redirect each request, and
// reports whether that is so.
func (r *middlewareRedirect) unknowable(f *audit.Facts, j *audit.Judgement) bool {
	for _, m := range r.partly {
		field, _ := redirectOf(m)
		j.Evidence(middlewareText(m)+": "+field, m.Values[field], audit.Configured)
		back := j.By(middlewareCommand(m))
		j.NotAssessed(audit.Unknown, "whether %s redirects each request to https isn't known to this build (%s)", middlewareText(m), field)
		back()
	}
	if len(r.unknown) > 0 && !unread(f, j, audit.TraefikMiddlewares, "", "whether a middleware redirects isn't known") {
		j.NotAssessed(audit.Unknown, "whether a middleware redirects isn't known: %s weren't read", strings.Join(r.unknown, ", "))
	}
	return len(r.partly)+len(r.unknown) > 0
}

func middlewareText(m *audit.Setting) string { return "Middleware " + m.Namespace + "/" + m.Name }

// middlewareCommand shows a Middleware of Traefik.
func middlewareCommand(m *audit.Setting) string {
	return audit.GetCommand(string(m.Resource), m.Namespace, m.Name, "yaml")
}
