package checks

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A settled is an ingress controller whose settings a fuzzer makes.
type settled struct {
	name, implements, image string
	flags                   []string
}

// with is a cluster in which the controller runs with settings, and serves an Ingress with
// annotations. The ConfigMap goes by the name of the controller.
func (c settled) with(settings, annotations map[string]string) *audit.Snapshot {
	s := &audit.Snapshot{}
	s.Collection.Source = audit.FromFiles
	for _, r := range audit.Resources(All) {
		s.Collection.Readings = append(s.Collection.Readings, audit.Reading{Resource: r, State: audit.Read})
	}
	class, object := c.name, audit.Object{Namespace: "edge", Name: c.name, Labels: map[string]string{"app": c.name}}
	component, _ := audit.Components.Of(strings.Split(c.image, ":")[0])
	s.IngressClasses = []networkingv1.IngressClass{{ObjectMeta: metav1.ObjectMeta{Name: class}, Spec: networkingv1.IngressClassSpec{Controller: c.implements}}}
	s.Controllers = []audit.Controller{{
		Object: object, Kind: "Deployment", PodLabels: object.Labels,
		Template: audit.Template{Component: component.Name, Containers: []audit.Container{{Image: c.image, Flags: append([]string{"--configmap=edge/" + c.name}, c.flags...)}}},
	}}
	s.ConfigMaps = []audit.ConfigMap{{Object: audit.Object{Namespace: "edge", Name: c.name}, Data: settings}}
	s.Services = []audit.Service{{Object: audit.Object{Namespace: "edge", Name: c.name}, Type: "LoadBalancer", ExternalTrafficPolicy: "Local", Selector: object.Labels}}
	s.Ingresses = []networkingv1.Ingress{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "app", Name: "web", Annotations: annotations},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class, TLS: []networkingv1.IngressTLS{{Hosts: []string{"web.example.com"}, SecretName: "web"}},
			Rules: []networkingv1.IngressRule{{Host: "web.example.com"}},
		},
	}}
	return s
}

// bySettings are the checks that go by a controller's settings and an Ingress's annotations.
var bySettings = []string{"CM-01", "ING-01", "ING-05", "ING-06", "ING-13", "SRC-01", "SRC-02", "SRC-03", "SRC-04", "SRC-05", "SRC-06"}

// passing are the checks that the Ingress of a cluster passes. Each of bySettings ends with
// a finding.
func passing(t *testing.T, s *audit.Snapshot) map[string]bool {
	t.Helper()
	selected := slices.DeleteFunc(slices.Clone(All), func(c audit.Check) bool { return !slices.Contains(bySettings, c.ID) })
	result := audit.Run(audit.Derive(s, audit.DefaultConfig(), audit.Options{At: testTime}), selected)
	for _, p := range result.Panics {
		t.Errorf("%s broke: %s", p.Check, p.Words)
	}
	passes, found := map[string]bool{}, map[string]bool{}
	for i := range result.Findings {
		f := &result.Findings[i]
		found[f.Check] = true
		if f.Status == audit.Pass && f.Subject.Kind == "Ingress" {
			passes[f.Check] = true
		}
	}
	for _, id := range bySettings {
		if !found[id] {
			t.Errorf("%s ends without a finding", id)
		}
	}
	return passes
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

var testTime = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// TestSettledPass holds that what fuzzers look for in passes can pass at all.
func TestSettledPass(t *testing.T) {
	const office = "198.51.100.0/24"
	for _, test := range []struct {
		controller            settled
		settings, annotations map[string]string
		passes                []string
	}{
		{nginx, map[string]string{"ssl-protocols": "TLSv1.3", "allow-snippet-annotations": "false"}, map[string]string{"nginx.ingress.kubernetes.io/allowlist-source-range": office}, []string{"ING-05", "ING-13", "SRC-01", "SRC-03"}},
		{contour, map[string]string{"contour.yaml": "debug: false"}, map[string]string{"ingress.kubernetes.io/force-ssl-redirect": "true"}, []string{"ING-05"}},
		{haproxyIngress, map[string]string{"ssl-options": "ssl-min-ver TLSv1.2"}, map[string]string{"haproxy-ingress.github.io/allowlist-source-range": office}, []string{"ING-05", "ING-13", "SRC-01", "SRC-03"}},
		{haproxyTechnologies, nil, map[string]string{"haproxy.org/allow-list": office}, []string{"ING-05", "SRC-01", "SRC-03"}},
		{traefik, nil, map[string]string{audit.MiddlewareAnnotation: "edge-list@kubernetescrd,edge-hsts@kubernetescrd", "traefik.ingress.kubernetes.io/router.tls": "true"}, []string{"ING-05", "ING-13", "SRC-01", "SRC-03"}},
	} {
		s := test.controller.with(test.settings, test.annotations)
		s.Settings = traefikSettings("VersionTLS12", office)
		passes := passing(t, s)
		for _, id := range test.passes {
			if !passes[id] {
				t.Errorf("%s: %s doesn't pass", test.controller.name, id)
			}
		}
	}
}
