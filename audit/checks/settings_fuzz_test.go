package checks

import (
	"regexp"
	"strings"
	"testing"
)

var nginx = settled{
	name: "ingress-nginx", implements: "k8s.io/ingress-nginx", image: "registry.k8s.io/ingress-nginx/controller:v1.15.1",
}

// oldTLS finds a version of TLS below 1.2 as nginx would read it.
var oldTLS = regexp.MustCompile(`(^|\s)(SSLv2|SSLv3|TLSv1|TLSv1\.1)(\s|$)`)

// FuzzSettings: whatever ingress-nginx's ConfigMap and an Ingress's annotations hold, checks end
// with a finding, and what is plainly open never passes.
func FuzzSettings(f *testing.F) {
	for _, seed := range [][4]string{
		{"ssl-protocols", "TLSv1.1 TLSv1.2", "nginx.ingress.kubernetes.io/whitelist-source-range", "0.0.0.0/0"},
		{"whitelist-source-range", "10.0.0.0/8,::/0", "nginx.ingress.kubernetes.io/ssl-redirect", "false"},
		{"use-forwarded-headers", "true", "nginx.ingress.kubernetes.io/allowlist-source-range", "203.0.113.7"},
		{"proxy-real-ip-cidr", "\x00", "traefik.ingress.kubernetes.io/router.middlewares", "a@kubernetescrd,,b"},
		{"allow-snippet-annotations", "T", "kubernetes.io/ingress.class", "nginx"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, key, value, annotation, text string) {
		passes := passing(t, nginx.with(map[string]string{key: value}, map[string]string{annotation: text}))
		if passes["ING-13"] && key == "ssl-protocols" && oldTLS.MatchString(value) {
			t.Errorf("ING-13 passes with ssl-protocols %q", value)
		}
		if passes["SRC-01"] && strings.HasSuffix(annotation, "/allowlist-source-range") && everybody(text) {
			t.Errorf("SRC-01 passes with %q", text)
		}
	})
}
