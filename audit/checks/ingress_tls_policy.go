package checks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressTLSPolicy = audit.Check{
	ID:       "ING-13",
	Title:    "The controller’s TLS policy is sound",
	Expected: "the controller takes TLS 1.2 and newer only and no snippets of Ingresses, and sends Strict-Transport-Security",
	Doc: "TLS 1.0 and 1.1 are broken and forbidden (RFC 8996). Snippets let each who may write an Ingress write the controller’s configuration, and read every certificate’s key by it. " +
		"Without HTTP Strict Transport Security (RFC 6797) a browser’s first request may be redirected to somebody else.",
	Logic: "Of Ingresses with TLS, by the settings of the controller that serves them. TLS below 1.2 (ingress-nginx and F5 ssl-protocols, HAProxy Ingress ssl-options, Traefik’s TLSOption that holds at the entrypoints on which the Ingress stands, Contour’s tls.minimum-protocol-version): fail; " +
		"snippets of Ingresses allowed (ingress-nginx allow-snippet-annotations, F5 -enable-snippets): fail, below an explicit annotations-risk-level that refuses them: warning; HSTS off, with Traefik no Middleware that sends it: warning. " +
		"What isn’t set counts as the vendor’s default of the release that the image names. Traefik speaks TLS at no entrypoint on which the Ingress stands (http.tls, router.tls): not applicable. Another controller, or settings that weren’t read: not assessed.",
	Fix: "ingress-nginx: in its ConfigMap ssl-protocols: \"TLSv1.2 TLSv1.3\", allow-snippet-annotations: \"false\", hsts: \"true\". F5 likewise, with hsts: \"true\", and without -enable-snippets. " +
		"Traefik: a TLSOption named default with minVersion: VersionTLS12, and a Middleware with headers.stsSeconds on the entrypoint (--entryPoints.websecure.http.middlewares) or the Ingress.",
	Controls: refs(
		services("Users’ connections are encrypted as the state of the art asks."),
		cryptography("Which versions of TLS are spoken is restricted to sound ones."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        slices.Concat(listUses, []audit.Resource{audit.TraefikTLSOptions}),
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeTLSPolicy) },
}

func judgeTLSPolicy(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	switch {
	case !e.HasTLS():
		j.NotApplicable("it declares no TLS (ING-01)")
	case e.TLSEnds == audit.AtWorkload:
		j.NotAssessed(audit.Unknown, "%s: its TLS isn't the controller's", e.Why)
	default:
		byController(f, j, e, "its TLS policy", judgePolicyOf)
	}
}

// policies judge the settings of an instance of each controller whose rules this build
// knows.
var policies = map[string]func(*audit.Facts, *audit.Judgement, *audit.Exposure, *audit.IngressInstance){
	"ingress-nginx":               judgeNginxPolicy,
	"F5 NGINX Ingress Controller": judgeF5Policy,
	"HAProxy Ingress":             judgeHAProxyPolicy,
	"Traefik":                     judgeTraefikPolicy,
	"Contour":                     judgeContourPolicy,
}

func judgePolicyOf(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
	judge, known := policies[c.Name]
	switch {
	case !known:
		j.NotAssessed(audit.Unknown, "the TLS policy of %s isn't known to this build", c.Name)
		return
	case len(c.instances) == 0:
		noInstance(f, j, c.Name, "so its TLS policy isn't known")
		return
	}
	defer j.By()()
	for _, instance := range c.instances {
		j.By(settingsCommand(instance))
		if instance.Unread != nil {
			j.NotAssessed(instance.Unread.Reason, "the TLS policy of %s isn't known: %s", instance.Subject, settingsGap(instance))
			continue
		}
		judge(f, j, e, instance)
	}
}

// judgeNginxPolicy judges the settings of ingress-nginx
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/).
func judgeNginxPolicy(_ *audit.Facts, j *audit.Judgement, _ *audit.Exposure, c *audit.IngressInstance) {
	if text, said := c.Setting("ssl-protocols"); said && text != "" {
		judgeProtocols(j, c, text)
	} else {
		settingEvidence(j, c, "ssl-protocols")
		j.Pass("%s speaks TLS 1.2 and 1.3, its defaults", c.Subject)
	}
	judgeSnippets(j, c)
	for _, key := range []string{"hsts", "hsts-max-age"} {
		if text, said := c.Setting(key); said && off(text) {
			j.Evidence(settingPath(c, key), text, audit.Configured)
			j.Warn("%s sends no Strict-Transport-Security: %s is %s", c.Subject, key, text)
		}
	}
}

// judgeSnippets judges whether ingress-nginx takes snippets of Ingresses: by default until
// 1.8, and below annotations-risk-level Critical not since 1.12
// (https://github.com/kubernetes/ingress-nginx/releases/tag/controller-v1.9.0).
func judgeSnippets(j *audit.Judgement, c *audit.IngressInstance) {
	text, said := c.Setting("allow-snippet-annotations")
	allowed, err := strconv.ParseBool(text)
	if !said || err != nil {
		tag := audit.Tag(c.Container.Image)
		major, minor, known := audit.MinorVersion(strings.TrimPrefix(tag, "nginx-"))
		defer j.By(imageCommand(c.Subject), settingsCommand(c))()
		switch {
		case !known:
			j.NotAssessed(audit.Unknown, "whether %s takes snippets of Ingresses isn't known: its image names no release, and allow-snippet-annotations isn't set", c.Subject)
		case major == 0 || major == 1 && minor < 9:
			j.Evidence(c.Subject.String()+": image", c.Container.Image, audit.Configured)
			settingEvidence(j, c, "allow-snippet-annotations")
			j.Fail("%s takes snippets of Ingresses: allow-snippet-annotations isn't set, and is true by default in %s", c.Subject, tag)
		}
		return
	}
	j.Evidence(settingPath(c, "allow-snippet-annotations"), text, audit.Configured)
	if !allowed {
		return
	}
	if risk, said := c.Setting("annotations-risk-level"); said && slices.Contains([]string{"low", "medium", "high"}, strings.ToLower(risk)) {
		j.Evidence(settingPath(c, "annotations-risk-level"), risk, audit.Configured)
		j.Warn("%s allows snippets of Ingresses, and refuses them by annotations-risk-level %s alone", c.Subject, risk)
		return
	}
	j.Fail("%s takes snippets of Ingresses: allow-snippet-annotations is %s", c.Subject, text)
}

// judgeF5Policy judges the settings of F5's controller, whose releases since 5 have an
// nginx that speaks no TLS below 1.2 by default
// (https://docs.nginx.com/nginx-ingress-controller/configuration/global-configuration/configmap-resource/,
// https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols).
func judgeF5Policy(_ *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	major, _, known := audit.MinorVersion(audit.Tag(c.Container.Image))
	switch text, said := c.Setting("ssl-protocols"); {
	case said && text != "":
		judgeProtocols(j, c, text)
	case known && major >= 5:
		j.Evidence(c.Subject.String()+": image", c.Container.Image, audit.Configured)
		settingEvidence(j, c, "ssl-protocols")
		j.Pass("%s speaks TLS 1.2 and 1.3, its defaults", c.Subject)
	default:
		j.NotAssessed(audit.Unknown, "which versions of TLS %s speaks isn't known: ssl-protocols isn't set, and the default of its nginx isn't known", c.Subject)
	}
	if value, said := c.Container.Flag("enable-snippets"); said && !off(value) {
		j.Evidence(c.Subject.String()+": -enable-snippets", value, audit.Configured)
		back := j.By(argumentsCommand(c.Subject))
		j.Fail("%s takes snippets of Ingresses (-enable-snippets)", c.Subject)
		back()
	}
	own, ofIngress := e.Annotations["nginx.org/hsts"]
	if text, said := c.Setting("hsts"); !(ofIngress && !off(own)) && (!said || off(text) || ofIngress) {
		settingEvidence(j, c, "hsts")
		if ofIngress {
			j.Evidence(annotationPath("nginx.org/hsts"), own, audit.Configured)
		}
		j.Warn("%s sends no Strict-Transport-Security: hsts isn't true", c.Subject)
	}
}

// settingEvidence notes a setting of a controller, also where it isn't there.
func settingEvidence(j *audit.Judgement, c *audit.IngressInstance, key string) {
	path := settingPath(c, key)
	if c.ConfigMap == "" { // it is given none
		path = c.Subject.String() + ": " + key
	}
	text, said := c.Setting(key)
	if !said {
		text = "absent"
	}
	j.Evidence(path, text, audit.Configured)
}

// judgeHAProxyPolicy judges the settings of HAProxy Ingress, which by default speaks TLS
// from 1.2 and sends HSTS (https://haproxy-ingress.github.io/docs/configuration/keys/#ssl-options).
func judgeHAProxyPolicy(_ *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *audit.IngressInstance) {
	path, text := settingPath(c, "ssl-options"), ""
	if own := annotationOf(e, c, "ssl-options-host"); own != "" {
		path, text = annotationPath(own), e.Annotations[own]
	} else {
		text, _ = c.Setting("ssl-options")
	}
	back := j.By(cmp.Or(pathCommand(path), e.Subject.Command()))
	minimum, sound := haproxyMinimum(strings.Fields(strings.ToLower(text)))
	if text != "" {
		j.Evidence(path, text, audit.Configured)
	}
	switch {
	case text == "":
		settingEvidence(j, c, "ssl-options")
		j.Pass("%s speaks TLS 1.2 and 1.3, its defaults", c.Subject)
	case sound:
		j.Pass("%s speaks no TLS below 1.2: %s", c.Subject, text)
	case minimum != "" && !slices.Contains(haproxyVersions, minimum):
		j.NotAssessed(audit.Unknown, "%s has %q, which is no version that this build knows", path, minimum)
	default:
		j.Fail("%s speaks TLS below 1.2: %s doesn’t rule out both TLS 1.0 and 1.1: %s", c.Subject, path, text)
	}
	back()
	for _, key := range []string{"hsts", "hsts-max-age"} {
		path, text := settingPath(c, key), ""
		if own := annotationOf(e, c, key); own != "" {
			path, text = annotationPath(own), e.Annotations[own]
		} else {
			text, _ = c.Setting(key)
		}
		if off(text) {
			back := j.By(cmp.Or(pathCommand(path), e.Subject.Command()))
			j.Evidence(path, text, audit.Configured)
			j.Warn("%s sends no Strict-Transport-Security: %s is %s", c.Subject, key, text)
			back()
		}
	}
}

// haproxyVersions are HAProxy's words for versions, oldest first.
var haproxyVersions = []string{"sslv3", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3"}

// haproxyMinimum returns the lowest version that HAProxy's options name, and whether they rule
// out all below TLS 1.2. Beside ssl-min-ver those that rule out single versions count for
// nothing (https://docs.haproxy.org/3.0/configuration.html#5.1-ssl-min-ver).
func haproxyMinimum(options []string) (version string, sound bool) {
	for i, option := range options {
		forced, isForce := strings.CutPrefix(option, "force-")
		switch {
		case option == "ssl-min-ver":
			version = strings.Join(options[i+1:min(i+2, len(options))], "")
		case isForce: // force-tlsv12
			version = strings.Replace(forced, "tlsv1", "tlsv1.", 1)
		}
	}
	if version == "" {
		return "", slices.Contains(options, "no-tlsv10") && slices.Contains(options, "no-tlsv11")
	}
	return version, slices.Contains(haproxyVersions[3:], version)
}

// annotationOf returns the annotation by which an Ingress sets a key of HAProxy Ingress, "" for
// none.
func annotationOf(e *audit.Exposure, c *audit.IngressInstance, key string) string {
	for _, prefix := range c.AnnotationPrefixes() {
		if _, ok := e.Annotations[prefix+key]; ok {
			return prefix + key
		}
	}
	return ""
}

// judgeProtocols judges nginx's list of versions
// (https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols).
func judgeProtocols(j *audit.Judgement, c *audit.IngressInstance, text string) {
	j.Evidence(settingPath(c, "ssl-protocols"), text, audit.Configured)
	for _, word := range strings.Fields(text) {
		switch word {
		case "TLSv1.2", "TLSv1.3":
		case "SSLv2", "SSLv3", "TLSv1", "TLSv1.1":
			j.Fail("%s speaks %s: ssl-protocols is %q", c.Subject, word, text)
		default:
			j.NotAssessed(audit.Unknown, "ssl-protocols of %s has %q, which is no version that this build knows", c.Subject, word)
		}
	}
	j.Pass("%s speaks %s", c.Subject, text)
}

// judgeMinimum judges the lowest version of TLS that a server speaks.
func judgeMinimum(j *audit.Judgement, who string, m *audit.TLSMinimum) {
	if shown := pathCommand(cmp.Or(m.Path, m.Default)); shown != "" {
		defer j.By(shown)()
	}
	switch {
	case m.Unknown != "":
		j.NotAssessed(m.Reason, "which versions of TLS %s speaks isn't known: %s", who, m.Unknown)
	case m.Path == "":
		j.Evidence(m.Default, cmp.Or(m.Value, "absent"), audit.Configured)
		j.Pass("%s speaks TLS %s and above, its default", who, m.Version)
	case m.Sound():
		j.Evidence(m.Path, m.Value, audit.Configured)
		j.Pass("%s speaks no TLS below %s: %s is %s", who, m.Version, m.Path, m.Value)
	default:
		j.Evidence(m.Path, m.Value, audit.Configured)
		j.Fail("%s speaks TLS %s: %s is %s", who, m.Version, m.Path, m.Value)
	}
}

// off reports whether a setting is a word for false, or zero.
func off(text string) bool {
	on, err := strconv.ParseBool(strings.TrimSpace(text))
	return err == nil && !on
}
