package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var sourceAnnotation = audit.Check{
	ID:       "SRC-06",
	Title:    "The annotation that lists addresses is this controller’s",
	Expected: "the controller that serves it goes by that annotation or Middleware, or another list holds",
	Doc: "Each controller has annotations of its own, and overlooks all others without a word. A list that was written for another controller, " +
		"often left from a move, restricts nobody.",
	Logic: "Of Ingresses with an annotation that lists addresses for a controller of the table (Traefik 1’s too), or names Middlewares of Traefik that do while another controller serves it: the controller that serves it goes by none of them: fail; it goes by one, or the Ingress has another list: pass. A canary’s list is ignored: fail, unless its main Ingress has the same. " +
		"Traefik may go by those of ingress-nginx where its provider for them is on: not assessed. Which controller serves it, or what a Middleware lists, isn’t known: not assessed.",
	Fix: "Write the list as the controller reads it: ingress-nginx nginx.ingress.kubernetes.io/allowlist-source-range; HAProxy haproxy.org/allow-list; Traefik a Middleware with ipAllowList, named in traefik.ingress.kubernetes.io/router.middlewares; " +
		"AWS alb.ingress.kubernetes.io/inbound-cidrs. Take the annotation of the other controller away.",
	Controls:    refs(networks("A restriction that is written down holds.")),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        listUses,
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Exposures {
			e := &f.Exposures[i]
			keys := listingAnnotations(f, e)
			if len(keys) == 0 {
				continue
			}
			j := audit.Judge(e.Subject)
			for _, key := range keys {
				j.Evidence(annotationPath(key), e.Annotations[key], audit.Configured)
			}
			const what = "which annotations it goes by"
			if !servedByGuess(f, j, e, what) {
				byController(f, j, e, what, judgeOwnAnnotation)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// listingAnnotations are the annotations of an Ingress that list addresses for any
// controller, or name middlewares of Traefik that do or that weren't read, where another
// controller may serve it.
func listingAnnotations(f *audit.Facts, e *audit.Exposure) []string {
	keys := allowlistAnnotations(e)
	found, unknown := namedMiddlewares(f, e)
	lists := len(unknown) > 0 || slices.ContainsFunc(found, func(m *audit.Setting) bool { return audit.MiddlewareAllowlist(m) != nil })
	servers := ingressServers(f, e)
	byTraefik := len(servers) > 0 && !slices.ContainsFunc(servers, func(c ingressServer) bool { return c.Name != "Traefik" })
	if lists && !byTraefik {
		keys = append(keys, audit.MiddlewareAnnotation)
	}
	return keys
}

// namedMiddlewares are those that an Ingress names, and the references of which it isn't known
// what they stand for. One to a Middleware that doesn't exist stands for nothing.
func namedMiddlewares(f *audit.Facts, e *audit.Exposure) (found []*audit.Setting, unknown []string) {
	found, unknown = f.TraefikMiddlewares(e.MiddlewaresOf())
	return found, slices.DeleteFunc(unknown, f.NoSuchMiddleware)
}

func judgeOwnAnnotation(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	if judgeMergedList(f, j, e, c) {
		return
	}
	if key, own := c.AllowlistAnnotation(e.Annotations); own {
		j.Pass("%s goes by %s", c.Name, key)
		return
	}
	ways := allowlistedAt(f, e, c)
	if unlisted(ways) == nil {
		for _, a := range ways {
			if len(a.lists) > 0 {
				j.Pass("%s goes by %s; the annotation is another controller’s and counts for nothing", c.Name, a.lists[0].Where)
			} else {
				a.noteGaps(j)
			}
		}
		return
	}
	switch {
	case c.Name == "Traefik" && judgeTraefikAnnotation(f, j, e, c):
		return
	case c.Name != "Traefik" && len(allowlistAnnotations(e)) == 0 && unknownMiddlewares(f, j, e):
		return
	}
	commands := []string{e.Subject.Command()}
	for _, instance := range c.instances {
		if prefix, told := instance.Container.Flag(c.PrefixFlag); told {
			j.Evidence(instance.Subject.String()+": --"+c.PrefixFlag, prefix, audit.Configured)
			commands = append(commands, argumentsCommand(instance.Subject))
		}
	}
	defer j.By(commands...)()
	j.Fail("%s doesn’t go by %s, and no other list holds", c.Name, strings.Join(listingAnnotations(f, e), ", "))
}

// unknownMiddlewares notes that the middlewares of Traefik that an Ingress names weren't
// read, and reports whether so it isn't known that one of them lists addresses.
func unknownMiddlewares(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	found, unknown := namedMiddlewares(f, e)
	switch {
	case slices.ContainsFunc(found, func(m *audit.Setting) bool { return audit.MiddlewareAllowlist(m) != nil }):
		return false
	case !unread(f, j, audit.TraefikMiddlewares, "", "whether middlewares that it names list addresses isn't known"):
		j.NotAssessed(audit.Unknown, "whether these middlewares that it names list addresses isn't known, for they weren't read: %s", strings.Join(unknown, ", "))
	}
	return true
}

// judgeTraefikAnnotation judges Ingresses that Traefik serves by the annotations of
// ingress-nginx, as its provider kubernetesIngressNGINX does since 3.5
// (https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx/).
// It reports whether that decides.
func judgeTraefikAnnotation(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) bool {
	if judgeFormerAnnotation(f, j, e, c) {
		return true
	}
	if !slices.ContainsFunc(allowlistAnnotations(e), func(key string) bool { return strings.HasPrefix(key, "nginx.ingress.kubernetes.io/") }) {
		return false
	}
	if len(c.instances) == 0 {
		noInstance(f, j, c.Name, "so whether it goes by the annotations of ingress-nginx isn't known")
		return true
	}
	for _, instance := range c.instances {
		if elsewhere := instance.StaticElsewhere(); elsewhere != "" {
			j.NotAssessed(audit.Unknown, "whether %s goes by the annotations of ingress-nginx isn't known: %s", instance.Subject, elsewhere)
			return true
		}
		for flag := range instance.Container.FlagsLike("*kubernetesingressnginx*") {
			j.NotAssessed(audit.Unknown, "%s serves by the annotations of ingress-nginx (--%s); which of them isn't known to this build", instance.Subject, flag)
			return true
		}
	}
	return false
}

// judgeFormerAnnotation judges Ingresses with an annotation that Traefik 1 went by. It
// reports whether that decides.
func judgeFormerAnnotation(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) bool {
	if !slices.ContainsFunc(c.Allowlist.Former, func(key string) bool { return strings.TrimSpace(e.Annotations[key]) != "" }) {
		return false
	}
	if len(c.instances) == 0 {
		noInstance(f, j, c.Name, "so whether it goes by the annotations of Traefik 1 isn't known")
		return true
	}
	for _, instance := range c.instances {
		if major, _, known := audit.MinorVersion(instance.Version()); !known || major < 2 {
			j.NotAssessed(audit.Unknown, "whether %s goes by the annotations of Traefik 1 isn't known to this build: its image is %s", instance.Subject, instance.Container.Image)
			return true
		}
	}
	return false
}
