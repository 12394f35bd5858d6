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
		"rancher/hardened-traefik:v3.6.16-build20260512":             "traefik", // of RKE2
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

// One notion of what cert-manager's controller is: whoever asks what runs, or which Lease
// to get, finds the one that only its labels tell.
func TestComponentsRecognizeLabels(t *testing.T) {
	const name, part, instance = "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/instance"
	for _, c := range []struct {
		labels map[string]string
		want   string
	}{
		{map[string]string{name: "cert-manager", part: "controller", instance: "pki"}, "cert-manager"},
		{map[string]string{part: "controller", instance: "cert-manager"}, "cert-manager"},
		{map[string]string{name: "other", part: "controller", instance: "cert-manager"}, ""},
		{map[string]string{name: "cert-manager", part: "startupapicheck"}, ""},
		{nil, ""},
	} {
		got := ""
		if known, ok := Components.Labelled(c.labels); ok {
			got = known.Name
		}
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.labels, got, c.want)
		}
	}

	s := &Snapshot{Controllers: []Controller{{
		Object: Object{Namespace: "pki", Name: "cm"}, Kind: "Deployment",
		Template: Template{Component: "cert-manager", Containers: []Container{{
			Image: "mirror.example.com/cm:1", Flags: []string{"--cluster-resource-namespace=secrets", "--leader-election-namespace=pki"},
		}}},
	}}}
	if wanted := WantedLeases(s); len(wanted) != 1 || wanted[0].Namespace != "pki" {
		t.Errorf("leases %v, want that of namespace pki", wanted)
	}
	if namespace := (&Facts{Snapshot: s}).SecretNamespace(&Issuer{}); namespace != "secrets" {
		t.Errorf("Secrets of ClusterIssuers are in %q, want secrets", namespace)
	}
}

func TestComponentKeepsItsFlagsOnly(t *testing.T) {
	c, ok := Components.Named("cert-manager")
	if !ok {
		t.Fatal("no cert-manager in the table")
	}
	kept := c.Keep([]string{"--v=2", "--feature-gates=A=false", "-default-issuer-name", "letsencrypt", "--password=x", "--config", "--config=b"})
	want := []string{"--feature-gates=A=false", "--default-issuer-name=letsencrypt", "--config", "--config=b"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	container := Container{Flags: kept}
	if value, ok := container.Flag("feature-gates"); !ok || value != "A=false" {
		t.Errorf("flag feature-gates: %q %v", value, ok)
	}
	if value, ok := container.Flag("config"); !ok || value != "b" {
		t.Errorf("flag config: %q %v, want the last one", value, ok)
	}
}
