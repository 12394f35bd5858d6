package checks

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// oldTLS finds a version of TLS below 1.2 as nginx would read it.
var oldTLS = regexp.MustCompile(`(^|\s)(SSLv2|SSLv3|TLSv1|TLSv1\.1)(\s|$)`)

// FuzzSettings: whatever a controller's ConfigMap and an Ingress's annotations hold, checks end
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
	judged := []string{"ING-05", "ING-13", "SRC-01", "SRC-02", "SRC-03", "SRC-04", "SRC-05", "SRC-06", "CM-01", "ING-01", "ING-06"}
	f.Fuzz(func(t *testing.T, key, value, annotation, text string) {
		facts := audit.Derive(nginxWith(map[string]string{key: value}, map[string]string{annotation: text}), audit.DefaultConfig(), audit.Options{At: testTime})
		var selected []audit.Check
		for i := range All {
			for _, id := range judged {
				if All[i].ID == id {
					selected = append(selected, All[i])
				}
			}
		}
		result := audit.Run(facts, selected)
		for _, p := range result.Panics {
			t.Errorf("%s broke: %s", p.Check, p.Words)
		}
		for i := range result.Findings {
			found := &result.Findings[i]
			if found.Status != audit.Pass || found.Subject.Kind != "Ingress" {
				continue
			}
			if found.Check == "ING-13" && key == "ssl-protocols" && oldTLS.MatchString(value) {
				t.Errorf("ING-13 passes with ssl-protocols %q", value)
			}
			if found.Check == "SRC-01" && strings.HasSuffix(annotation, "/allowlist-source-range") && everybody(text) {
				t.Errorf("SRC-01 passes with %q", text)
			}
		}
	})
}

// everybody reports whether one entry of a list is every address of a family.
func everybody(text string) bool {
	for entry := range strings.SplitSeq(text, ",") {
		if p, err := netip.ParsePrefix(strings.TrimSpace(entry)); err == nil && p.Bits() == 0 {
			return true
		}
	}
	return false
}

// nginxWith is ingress-nginx with settings, and an Ingress with annotations.
func nginxWith(settings, annotations map[string]string) *audit.Snapshot {
	s := &audit.Snapshot{}
	s.Collection.Source = audit.FromFiles
	class, object := "nginx", audit.Object{Namespace: "ingress-nginx", Name: "controller", Labels: map[string]string{"app": "nginx"}}
	s.IngressClasses = []networkingv1.IngressClass{{ObjectMeta: metav1.ObjectMeta{Name: class}, Spec: networkingv1.IngressClassSpec{Controller: "k8s.io/ingress-nginx"}}}
	s.Controllers = []audit.Controller{{
		Object: object, Kind: "Deployment", PodLabels: object.Labels,
		Template: audit.Template{Component: "ingress-nginx", Containers: []audit.Container{{Image: "registry.k8s.io/ingress-nginx/controller:v1.15.1", Flags: []string{"--configmap=ingress-nginx/settings"}}}},
	}}
	s.ConfigMaps = []audit.ConfigMap{{Object: audit.Object{Namespace: "ingress-nginx", Name: "settings"}, Data: settings}}
	s.Services = []audit.Service{{Object: audit.Object{Namespace: "ingress-nginx", Name: "controller"}, Type: "LoadBalancer", ExternalTrafficPolicy: "Local", Selector: object.Labels}}
	s.Ingresses = []networkingv1.Ingress{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "app", Name: "web", Annotations: annotations},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class, TLS: []networkingv1.IngressTLS{{Hosts: []string{"web.example.com"}, SecretName: "web"}},
			Rules: []networkingv1.IngressRule{{Host: "web.example.com"}},
		},
	}}
	return s
}

var testTime = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
