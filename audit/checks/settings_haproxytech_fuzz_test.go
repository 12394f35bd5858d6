package checks

import (
	"strconv"
	"strings"
	"testing"
)

var haproxyTechnologies = settled{name: "haproxytech", implements: "haproxy.org/ingress-controller", image: "docker.io/haproxytech/kubernetes-ingress:3.1"}

// FuzzHAProxyTechnologiesSettings: whatever the ConfigMap of HAProxy Technologies' controller
// and an Ingress's annotations hold, checks end with a finding; lists of everybody, headers of
// everybody and plain HTTP never pass.
func FuzzHAProxyTechnologiesSettings(f *testing.F) {
	for _, seed := range [][4]string{
		{"src-ip-header", "X-Real-IP", "haproxy.org/allow-list", "198.51.100.0/24"},
		{"proxy-protocol", "10.0.0.0/8", "haproxy.org/whitelist", "0.0.0.0/0"},
		{"ssl-redirect", "false", "haproxy.org/ssl-redirect", "maybe"},
		{"allow-list", "patterns/office", "haproxy.org/src-ip-header", "X-Forwarded-For"},
		{"whitelist", "::/0,203.0.113.7", "haproxy-ingress.github.io/allowlist-source-range", "10.0.0.0/8"},
		{"ssl-certificate", "edge/default", "haproxy.org/ssl-passthrough", "TRUE"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, key, value, annotation, text string) {
		passes := passing(t, haproxyTechnologies.with(map[string]string{key: value}, map[string]string{annotation: text}))
		switch {
		case passes["SRC-01"] && annotation == "haproxy.org/allow-list" && everybody(text):
			t.Errorf("SRC-01 passes with %q", text)
		case passes["SRC-01"] && key == "allow-list" && everybody(value) && !strings.HasPrefix(annotation, "haproxy.org/"):
			t.Errorf("SRC-01 passes with %q in the ConfigMap", value)
		case passes["SRC-03"] && key == "src-ip-header" && strings.TrimSpace(value) != "" && annotation == "haproxy.org/allow-list":
			t.Errorf("SRC-03 passes with src-ip-header %q", value)
		case passes["ING-13"]:
			t.Error("ING-13 passes, of which this build knows nothing here")
		}
		if on, err := strconv.ParseBool(value); passes["ING-05"] && key == "ssl-redirect" && err == nil && !on && annotation != "haproxy.org/ssl-redirect" {
			t.Errorf("ING-05 passes with ssl-redirect %q in the ConfigMap", value)
		}
	})
}
