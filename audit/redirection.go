package audit

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Redirection is what an entrypoint of Traefik was told to do before the routers of
// Ingresses are asked
// (https://github.com/traefik/traefik/blob/v3.5/pkg/provider/traefik/internal.go, redirection).
type Redirection struct {
	Flag, Target string // by which it was told to redirect, and where to; "" where it wasn't
	Scheme       string // to which it redirects; "" where it doesn't, as nothing is called like Target
	Contested    string // the flag of a priority by which routers may be asked first, "" for none
}

// First reports whether it redirects before any router is asked.
func (r Redirection) First() bool { return r.Scheme != "" && r.Contested == "" }

// ToHTTPS reports whether it redirects to https where no router is asked first.
func (r Redirection) ToHTTPS() bool { return strings.EqualFold(r.Scheme, "https") }

// portTarget is a target of a redirection that names a port.
var portTarget = regexp.MustCompile(`^:\d+$`)

// redirection returns what an entrypoint does by its flags, among those of its instance. Unless
// told otherwise it redirects to https, and its priority is above that of each other router
// (https://github.com/traefik/traefik/blob/v3.5/pkg/config/static/entrypoints.go, RedirectEntryPoint).
func (e *Entrypoint) redirection(all []Entrypoint) Redirection {
	var r Redirection
	r.Flag, r.Target = e.Flag("http.redirections.entrypoint.to")
	named := func(p Entrypoint) bool { return strings.EqualFold(p.Name, r.Target) }
	if !portTarget.MatchString(r.Target) && !slices.ContainsFunc(all, named) {
		return r
	}
	r.Scheme = "https"
	if flag, scheme := e.Flag("http.redirections.entrypoint.scheme"); flag != "" {
		r.Scheme = scheme
	}
	flag, priority := e.Flag("http.redirections.entrypoint.priority")
	if n, err := strconv.ParseInt(priority, 10, 64); flag != "" && (err != nil || n < math.MaxInt64-1) {
		r.Contested = flag
	}
	return r
}
