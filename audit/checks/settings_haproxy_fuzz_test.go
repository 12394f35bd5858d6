package checks

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var haproxyIngress = settled{name: "haproxy", implements: "haproxy-ingress.github.io/controller", image: "quay.io/jcmoraisjr/haproxy-ingress:v0.14.7"}

// newTLS finds what lets HAProxy speak TLS from 1.2 on, at the least.
var newTLS = regexp.MustCompile(`(?i)ssl-min-ver\s+tlsv1\.[23]|force-tlsv1[.]?[23]|no-tlsv10.*no-tlsv11|no-tlsv11.*no-tlsv10`)

// FuzzHAProxySettings: whatever HAProxy Ingress's ConfigMap and an Ingress's annotations hold,
// checks end with a finding; options that leave old TLS and lists of everybody never pass.
func FuzzHAProxySettings(f *testing.F) {
	const own = "haproxy-ingress.github.io/"
	for _, seed := range [][4]string{
		{"no-sslv3 no-tlsv10 no-tlsv11", "whitelist-source-range", own + "ssl-options-host", "ssl-min-ver TLSv1.1"},
		{"ssl-min-ver TLSv1.2 force-tlsv11", "hsts", own + "allowlist-source-range", "0.0.0.0/0"},
		{"no-tlsv10", "ssl-redirect", own + "ssl-redirect", "false"},
		{"ssl-min-ver", "use-proxy-protocol", own + "allowlist-source-header", "X-Real-IP"},
		{"ssl-min-ver TLSv9", "allowlist-source-header", "ingress.kubernetes.io/whitelist-source-range", "10.0.0.0/8,\x00"},
		{"", "", "haproxy.org/allow-list", "::/0"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, options, key, annotation, text string) {
		settings := map[string]string{key: text, "ssl-options": options}
		passes := passing(t, haproxyIngress.with(settings, map[string]string{annotation: text}))
		if annotation == own+"ssl-options-host" {
			options = text
		}
		if passes["ING-13"] && strings.TrimSpace(options) != "" && !newTLS.MatchString(strings.Join(strings.Fields(options), " ")) {
			t.Errorf("ING-13 passes with ssl-options %q", options)
		}
		if passes["SRC-01"] && annotation == own+"allowlist-source-range" && everybody(text) {
			t.Errorf("SRC-01 passes with %q", text)
		}
		if on, err := strconv.ParseBool(text); passes["ING-05"] && annotation == own+"ssl-redirect" && err == nil && !on {
			t.Errorf("ING-05 passes with ssl-redirect %q", text)
		}
	})
}
