package checks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressPlainHTTPClosed = audit.Check{
	ID:       "ING-05",
	Title:    "Plain HTTP isn’t served",
	Expected: "the controller redirects plain HTTP to https or doesn’t serve it, by annotations or its settings; with Traefik, at each entrypoint that can be reached",
	Doc: "A host with TLS that answers plain HTTP too leaves it to each link and each user whether anybody can read along. " +
		"A redirect, or no listener for plain HTTP at all, takes that choice away.",
	Logic: "Of Ingresses with TLS, by the rules of the controller that serves them (ingress-nginx, F5 NGINX, Traefik, both of HAProxy, Contour, GKE): annotations, the controller’s ConfigMap or arguments, " +
		"Traefik’s Middlewares and GKE’s FrontendConfigs leave plain HTTP open: fail. With Traefik each entrypoint counts on which the Ingress stands (its annotation, else the default ones), that isn’t for TLS, " +
		"and to which a Service of type LoadBalancer or NodePort or a port of the node leads, or where there is no such Service one of the cluster’s own; where none leads to any entrypoint, none fails: not assessed. An entrypoint’s redirection counts with scheme https; with a priority of its own, and for a redirectRegex that may leave requests out: not assessed. Another controller, or one whose settings weren’t read where they matter: not assessed.",
	Fix: "ingress-nginx: kubectl annotate ingress NAME -n NAMESPACE nginx.ingress.kubernetes.io/ssl-redirect- and leave ssl-redirect of its ConfigMap true. " +
		"Traefik: --entryPoints.web.http.redirections.entryPoint.to=websecure. Contour: annotation ingress.kubernetes.io/force-ssl-redirect: \"true\". " +
		"GKE: a FrontendConfig with redirectToHttps.enabled: true, or annotation kubernetes.io/ingress.allow-http: \"false\".",
	Controls:    services("Users reach the service over an encrypted channel alone."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.ConfigMaps, audit.Services, audit.TraefikMiddlewares, audit.GKEFrontendConfigs},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgePlainHTTP) },
}

func judgePlainHTTP(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	switch {
	case inherits(f, j, e):
	case !e.HasTLS():
		j.NotApplicable("it declares no TLS that plain HTTP could be closed for (ING-01)")
	case e.TLSEnds == audit.AtWorkload:
		j.NotAssessed(audit.Unknown, "%s: what becomes of plain HTTP there isn't visible", e.Why)
	default:
		byController(f, j, e, "what becomes of plain HTTP", judgeRedirect)
		notSpokenOf(j, e)
	}
}

// notSpokenOf names the hosts that have no TLS to be redirected to, which nothing here speaks
// of: ingress-nginx, for one, redirects only where it has a certificate for the host.
func notSpokenOf(j *audit.Judgement, e *audit.Exposure) {
	if e.TLSEnds != audit.AtController {
		return
	}
	for _, host := range ruleHosts(e.Ingress) {
		if how, _ := heldBy(e.Ingress, host); how == notAtAll {
			j.Pass("%s isn't spoken of: it isn't among the TLS hosts (ING-02)", host)
		}
	}
}

// judgeRedirect judges by the rules of one controller that may serve the Ingress.
func judgeRedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	rule := c.Redirect
	if rule == nil {
		j.NotAssessed(audit.Unknown, "what %s does with plain HTTP isn't known to this build", c.Name)
		return
	}
	for key, value := range rule.Closes {
		if strings.EqualFold(e.Annotations[key], value) {
			j.Evidence(annotationPath(key), value, audit.Configured)
			j.Pass("annotation %s: %q leaves no plain HTTP", key, value)
			return
		}
	}
	if on, said := boolAnnotation(e, rule.Force); said && on {
		j.Evidence(annotationPath(rule.Force), "true", audit.Configured)
		j.Pass("annotation %s redirects plain HTTP", rule.Force)
		return
	}
	switch c.Name {
	case "Traefik":
		judgeTraefikRedirect(f, j, e, c)
	case "GKE Ingress":
		judgeGKERedirect(f, j, e)
	default:
		judgeConfiguredRedirect(f, j, e, c)
	}
}

// judgeConfiguredRedirect judges controllers that annotations and a ConfigMap tell.
func judgeConfiguredRedirect(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	rule := c.Redirect
	if rule.Closed != "" {
		if r, gap, missing := f.UnknownInstances(); missing && len(c.instances) == 0 {
			j.NotAssessed(gap.Reason, "whether %s serves plain HTTP at all isn't known: %s", c.Name, gapWords(r, gap))
			return
		}
		open := withoutClosed(j, c)
		if len(open.instances) == 0 && len(c.instances) > 0 {
			return
		}
		c = open
	}
	if gap := overridden(f, e, c, rule.On); gap != nil {
		j.NotAssessed(gap.reason, "%s", gap.words)
		return
	}
	for _, key := range rule.On {
		on, said := boolAnnotation(e, key)
		if !said {
			continue
		}
		j.Evidence(annotationPath(key), e.Annotations[key], audit.Configured)
		switch {
		case on:
			j.Pass("annotation %s redirects plain HTTP", key)
		case rule.ForceSetting != "":
			judgeForced(f, j, e, c)
		default:
			j.Fail("annotation %s: %q serves plain HTTP too", key, e.Annotations[key])
		}
		return
	}
	if rule.Setting == "" {
		annotationsEvidence(j, e, append(slices.Clone(rule.On), rule.Force)...)
		j.Fail("%s serves plain HTTP beside TLS, and no annotation says otherwise", c.Name)
		return
	}
	if len(c.instances) == 0 {
		noInstance(f, j, c.Name, "so the settings that may switch its redirect off aren't known")
		return
	}
	for _, instance := range c.instances {
		judgeRedirectSettings(j, rule, instance)
	}
}

// withoutClosed returns a controller with those of its instances that serve plain HTTP, and
// notes the others, which a flag told not to.
func withoutClosed(j *audit.Judgement, c *ingressServer) *ingressServer {
	open := &ingressServer{IngressController: c.IngressController}
	for _, instance := range c.instances {
		value, given := instance.Container.Flag(c.Redirect.Closed)
		if !given || off(value) {
			open.instances = append(open.instances, instance)
			continue
		}
		back := j.By(argumentsCommand(instance.Subject))
		j.Evidence(instance.Subject.String()+": --"+c.Redirect.Closed, value, audit.Configured)
		j.Pass("%s serves no plain HTTP (--%s)", instance.Subject, c.Redirect.Closed)
		back()
	}
	return open
}

// judgeForced judges an annotation that switches the redirect off: the controller may force
// it all the same.
func judgeForced(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	if r, gap, missing := f.UnknownInstances(); missing && len(c.instances) == 0 {
		j.NotAssessed(gap.Reason, "an annotation switches the redirect off; whether the controller forces it isn't known: %s", gapWords(r, gap))
		return
	}
	defer j.By()()
	for _, instance := range c.instances {
		j.By(settingsCommand(instance))
		forced, _ := instance.Setting(c.Redirect.ForceSetting)
		switch on, err := strconv.ParseBool(forced); {
		case instance.Unread != nil:
			j.NotAssessed(instance.Unread.Reason, "an annotation switches the redirect off; whether %s forces it isn't known: %s", instance.Subject, settingsGap(instance))
			return
		case err == nil && on:
			j.Evidence("ConfigMap "+instance.ConfigMap+": data."+c.Redirect.ForceSetting, forced, audit.Configured)
			j.Pass("%s forces the redirect for every host", instance.Subject)
			return
		}
	}
	j.By()
	j.Fail("an annotation switches the redirect off: plain HTTP is served too")
}

func judgeRedirectSettings(j *audit.Judgement, rule *audit.Redirect, instance *audit.IngressInstance) {
	defer j.By(settingsCommand(instance))()
	if instance.Unread != nil {
		j.NotAssessed(instance.Unread.Reason, "whether %s redirects plain HTTP isn't known: %s", instance.Subject, settingsGap(instance))
		return
	}
	for _, key := range []string{rule.ForceSetting, rule.Setting} {
		value, said := instance.Setting(key)
		on, err := strconv.ParseBool(value)
		if !said || err != nil || key == rule.ForceSetting && !on {
			continue
		}
		j.Evidence("ConfigMap "+instance.ConfigMap+": data."+key, value, audit.Configured)
		if on {
			j.Pass("%s redirects plain HTTP: %s is true in its ConfigMap", instance.Subject, key)
		} else {
			j.Fail("%s serves plain HTTP too: %s is false in its ConfigMap", instance.Subject, key)
		}
		return
	}
	settingEvidence(j, instance, rule.Setting)
	if rule.Default {
		j.Pass("%s redirects plain HTTP by default, and nothing says otherwise", instance.Subject)
	} else {
		j.Fail("%s serves plain HTTP too by default, and nothing says otherwise", instance.Subject)
	}
}

// annotationsEvidence notes annotations of an Ingress, also those that aren't there.
func annotationsEvidence(j *audit.Judgement, e *audit.Exposure, keys ...string) {
	for _, key := range keys {
		if key != "" {
			j.Evidence(annotationPath(key), cmp.Or(e.Annotations[key], "absent"), audit.Configured)
		}
	}
}

func annotationPath(key string) string { return "metadata.annotations[" + key + "]" }

// boolAnnotation reads an annotation of true or false, as strconv.ParseBool does; others
// count as absent, which is what ingress controllers do.
func boolAnnotation(e *audit.Exposure, key string) (on, said bool) {
	value, ok := e.Annotations[key]
	on, err := strconv.ParseBool(strings.TrimSpace(value))
	return on, ok && key != "" && err == nil
}
