package audit

import (
	"slices"
	"testing"
)

func TestComponentsRecognizeImages(t *testing.T) {
	for image, want := range map[string]string{
		"quay.io/jetstack/cert-manager-controller:v1.21.2":                        "cert-manager",
		"registry.example:5000/mirror/jetstack/cert-manager-controller@sha256:00": "cert-manager",
		"traefik":       "traefik",
		"traefik:v3.6":  "traefik",
		"shop/frontend": "",
		"registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:00": "ingress-nginx",
		"docker.io/istio/proxyv2:1.27.1":                             "", // a sidecar: it runs in users' Pods
		"my-cert-manager-controller":                                 "",
		"docker.io/kindest/kindnetd:v2":                              "kindnet",
	} {
		got := ""
		if c, ok := Components.Of(image); ok {
			got = c.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
	if Components.Date.IsZero() || Components.Source == "" {
		t.Error("the table has no date or source")
	}
}

func TestComponentsRecognizeControllers(t *testing.T) {
	for name, want := range map[[2]string]string{
		{"openshift-ovn-kubernetes", "ovnkube-node"}:       "ovn-kubernetes",
		{"openshift-ingress", "router-default"}:            "openshift-router",
		{"openshift-ingress", "router-default-6d5f7c8b9d"}: "openshift-router",
		{"shop", "router-default"}:                         "",
	} {
		got := ""
		if c, ok := Components.At(name[0], name[1]); ok {
			got = c.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestComponentKeepsItsFlagsOnly(t *testing.T) {
	c, ok := Components.Named("cert-manager")
	if !ok {
		t.Fatal("no cert-manager in the table")
	}
	kept := c.Keep([]string{"--v=2", "--feature-gates=A=false", "-default-issuer-name", "letsencrypt", "--password=x", "--config"})
	want := []string{"--config", "--default-issuer-name=letsencrypt", "--feature-gates=A=false"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	container := Container{Flags: kept}
	if value, ok := container.Flag("feature-gates"); !ok || value != "A=false" {
		t.Errorf("flag feature-gates: %q %v", value, ok)
	}
}
