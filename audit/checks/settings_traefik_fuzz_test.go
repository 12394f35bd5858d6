package checks

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

var traefik = settled{
	name: "traefik", implements: "traefik.io/ingress-controller", image: "docker.io/library/traefik:v3.7.13",
	flags: []string{"--entryPoints.web.address=:8000", "--entryPoints.websecure.address=:8443", "--entryPoints.websecure.http.tls=true"},
}

// FuzzTraefikSettings: whatever one more argument of Traefik, its default TLSOption, a
// Middleware's list and an Ingress's annotations hold, checks end with a finding; old TLS and
// lists of everybody never pass.
func FuzzTraefikSettings(f *testing.F) {
	for _, seed := range [][6]string{
		{"entryPoints.web.http.redirections.entryPoint.to", "websecure", audit.MiddlewareAnnotation, "edge-list@kubernetescrd,edge-hsts@kubernetescrd", "VersionTLS12", "10.0.0.0/8"},
		{"entrypoints.websecure.http.middlewares", "edge-list@kubernetescrd", audit.MiddlewareAnnotation, "edge-list@kubernetescrd", "VersionTLS10", "::/0"},
		{"entryPoints.websecure.http.tls.options", "edge-default@kubernetescrd", audit.EntrypointAnnotation, "websecure", "VersionTLS11", "0.0.0.0/0,::1"},
		{"entrypoints.web.forwardedHeaders.insecure", "true", "traefik.ingress.kubernetes.io/router.tls", "false", "", ""},
		{"entrypoints.websecure.http.tls", "false", "traefik.ingress.kubernetes.io/router.tls.options", "edge-default@kubernetescrd", "TLS 1.2", "\x00"},
		{"entrypoints..address", ":-1/udp", audit.MiddlewareAnnotation, "list@file,,@", "VersionTLS13", "1.2.3.4/33"},
		{"entrypoints.websecure.proxyProtocol.trustedIPs", "0/0", "kubernetes.io/ingress.class", "traefik", "VersionTLS13", "10.0.0.0/8"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5])
	}
	f.Fuzz(func(t *testing.T, flag, value, annotation, text, minimum, ranges string) {
		c := traefik
		c.flags = append(c.flags[:len(c.flags):len(c.flags)], "--"+flag+"="+value)
		s := c.with(nil, map[string]string{annotation: text})
		s.Settings = traefikSettings(minimum, strings.Split(ranges, ",")...)
		passes := passing(t, s)
		if passes["ING-13"] && (minimum == "VersionTLS10" || minimum == "VersionTLS11") {
			t.Errorf("ING-13 passes with %s, --%s=%s, %s: %s", minimum, flag, value, annotation, text)
		}
		if passes["SRC-01"] && everybody(ranges) {
			t.Errorf("SRC-01 passes with %q, --%s=%s, %s: %s", ranges, flag, value, annotation, text)
		}
	})
}

// traefikSettings are a default TLSOption, and Middlewares that send Strict-Transport-Security
// and list addresses.
func traefikSettings(minimum string, ranges ...string) []audit.Setting {
	list, _ := json.Marshal(map[string][]string{"sourceRange": ranges}) // texts can't fail
	of := func(r audit.Resource, name, field, value string) audit.Setting {
		return audit.Setting{Object: audit.Object{Namespace: "edge", Name: name}, Resource: r, Values: map[string]string{field: value}}
	}
	return []audit.Setting{
		of(audit.TraefikTLSOptions, "default", "spec.minVersion", minimum),
		of(audit.TraefikMiddlewares, "hsts", "spec.headers.stsSeconds", "31536000"),
		of(audit.TraefikMiddlewares, "list", "spec.ipAllowList", string(list)),
	}
}
