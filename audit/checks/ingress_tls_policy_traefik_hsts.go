package checks

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// judgeTraefikHSTS looks for a middleware that sends Strict-Transport-Security, of the
// Ingress or of each entrypoint at which it speaks TLS: elsewhere browsers overlook it
// (RFC 6797 section 8.1).
func judgeTraefikHSTS(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance, entrypoints []audit.Entrypoint) {
	own, ownUnknown := sendingHSTS(f, e.MiddlewaresOf())
	if own != nil {
		sendsHSTS(j, own)
		return
	}
	var without, unknown, silent []string
	for _, p := range entrypoints {
		m, more := sendingHSTS(f, p.Middlewares())
		more = append(more, ownUnknown...)
		switch {
		case m != nil:
			sendsHSTS(j, m)
		case len(more) == 0:
			without = append(without, p.Name)
			silent = append(silent, middlewareEvidence(f, j, c.Subject.String()+": middlewares of entrypoint "+p.Name, p.Middlewares())...)
		default:
			unknown = append(unknown, more...)
		}
	}
	switch {
	case len(without) > 0:
		silent = append(silent, middlewareEvidence(f, j, annotationPath(audit.MiddlewareAnnotation), e.MiddlewaresOf())...)
		defer j.By(argumentsCommand(c.Subject), e.Subject.Command(), oneCommand(silent))()
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
		if _, _, sends := hstsOf(m); sends {
			return m, nil
		}
	}
	return nil, unknown
}

// hstsHeaders are the fields that set the header as it is, whatever stsSeconds says.
var hstsHeaders = []string{
	"spec.headers.customResponseHeaders.Strict-Transport-Security",
	"spec.headers.customResponseHeaders.strict-transport-security",
}

// positiveAge matches a header that switches HSTS on (RFC 6797 section 6.1.1).
var positiveAge = regexp.MustCompile(`(?i)(^|;)\s*max-age\s*=\s*"?0*[1-9]`)

// hstsOf returns the field by which a middleware sends Strict-Transport-Security, or would, its
// value, and whether it does. An empty header is taken out
// (https://github.com/traefik/traefik/blob/v3.5/pkg/middlewares/headers/header.go, PostRequestModifyResponseHeaders).
func hstsOf(m *audit.Setting) (field, value string, sends bool) {
	for _, field := range hstsHeaders {
		if value, is := m.Values[field]; is {
			return field, value, positiveAge.MatchString(value)
		}
	}
	const seconds = "spec.headers.stsSeconds"
	n, err := strconv.Atoi(m.Values[seconds])
	return seconds, cmp.Or(m.Values[seconds], "absent"), err == nil && n > 0
}

func sendsHSTS(j *audit.Judgement, m *audit.Setting) {
	defer j.By(middlewareCommand(m))()
	field, value, _ := hstsOf(m)
	j.Evidence(middlewareText(m)+": "+field, value, audit.Configured)
	j.Pass("%s sends Strict-Transport-Security", middlewareText(m))
}

// middlewareEvidence notes middlewares that don't send Strict-Transport-Security, by where
// they are named, and returns the commands that show those.
func middlewareEvidence(f *audit.Facts, j *audit.Judgement, path, references string) (commands []string) {
	j.Evidence(path, cmp.Or(strings.Trim(references, ","), "absent"), audit.Configured)
	middlewares, _ := f.TraefikMiddlewares(references)
	for _, m := range middlewares[:min(len(middlewares), mostEvidence)] {
		field, value, _ := hstsOf(m)
		j.Evidence(middlewareText(m)+": "+field, value, audit.Configured)
		commands = append(commands, middlewareCommand(m))
	}
	return commands
}

// oneCommand returns the one that shows a Middleware, or where there are several the one that
// lists all; "" for none.
func oneCommand(commands []string) string {
	commands = slices.Compact(slices.Sorted(slices.Values(commands)))
	if len(commands) > 1 {
		return audit.ListCommand(string(audit.TraefikMiddlewares), "", "yaml")
	}
	return strings.Join(commands, "")
}
