package audit

import (
	"slices"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestIngressTableIsSound(t *testing.T) {
	table := IngressControllers
	if table.Date.IsZero() || table.Source == "" || len(table.Controllers) == 0 {
		t.Fatalf("the table lacks its date, source or content: %+v", table)
	}
	names := map[string]bool{}
	for _, c := range table.Controllers {
		if c.Name == "" || names[c.Name] || c.Docs == "" {
			t.Errorf("controller %q has no name of its own, or doesn't say where it is described", c.Name)
		}
		names[c.Name] = true
		if len(c.Implements)+len(c.Values) == 0 {
			t.Errorf("%s is found by nothing", c.Name)
		}
		if !slices.Contains([]string{"", "balancer", "entrypoint"}, c.Elsewhere) {
			t.Errorf("%s ends TLS %q", c.Name, c.Elsewhere)
		}
		flags := []string{c.DefaultCertificate, c.ControllerClass, c.PrefixFlag}
		if c.Redirect != nil {
			flags = append(flags, c.Redirect.Closed)
		}
		for _, flag := range flags {
			component, known := Components.Named(c.Component)
			if flag != "" && (!known || !slices.Contains(component.Flags, flag) || len(c.Implements) == 0) {
				t.Errorf("%s relies on flag %q, which isn't kept of component %q", c.Name, flag, c.Component)
			}
		}
	}
	for _, value := range []string{"nginx", "gce", "gce-internal", "alb", "traefik", "haproxy", "contour", "kong", "azure/application-gateway"} {
		if len(table.Valued(value)) == 0 {
			t.Errorf("no controller serves the annotation %q", value)
		}
	}
}

func TestServedBy(t *testing.T) {
	class := func(name, controller string, isDefault string) networkingv1.IngressClass {
		return networkingv1.IngressClass{
			ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{networkingv1.AnnotationIsDefaultIngressClass: isDefault}},
			Spec:       networkingv1.IngressClassSpec{Controller: controller},
		}
	}
	name := func(s string) *string { return &s }
	for _, test := range []struct {
		what       string
		class      *string
		annotation string
		other      string // another annotation's key
		classes    []networkingv1.IngressClass
		version    string
		running    string // --controller-class of an ingress-nginx that runs
		want       []string
	}{
		{what: "by its IngressClass", class: name("edge"), classes: []networkingv1.IngressClass{class("edge", "traefik.io/ingress-controller", "")}, want: []string{"Traefik"}},
		{what: "a class that is called like another controller's", class: name("nginx"), classes: []networkingv1.IngressClass{class("nginx", "traefik.io/ingress-controller", "")}, want: []string{"Traefik"}},
		{what: "a variant of a controller", class: name("x"), classes: []networkingv1.IngressClass{class("x", "haproxy-ingress.github.io/controller/staging", "")}, want: []string{"HAProxy Ingress"}},
		{what: "an unknown controller", class: name("nginx"), classes: []networkingv1.IngressClass{class("nginx", "example.com/own", "")}},
		{what: "a class that wasn't read", class: name("alb"), want: []string{"AWS Load Balancer Controller"}},
		{what: "an annotation that two serve", annotation: "haproxy", want: []string{"HAProxy Technologies", "HAProxy Ingress"}},
		{what: "an unknown annotation", annotation: "mine"},
		{what: "the default class", classes: []networkingv1.IngressClass{class("a", "k8s.io/ingress-nginx", "true"), class("b", "traefik.io/ingress-controller", "false")}, want: []string{"ingress-nginx"}},
		{what: "two default classes", classes: []networkingv1.IngressClass{class("a", "k8s.io/ingress-nginx", "true"), class("b", "traefik.io/ingress-controller", "true")}},
		{what: "nothing on GKE", version: "v1.33.5-gke.1080000", want: []string{"GKE Ingress"}},
		{what: "nothing elsewhere", version: "v1.33.5"},
		{what: "nothing but an annotation of GKE's", other: "networking.gke.io/managed-certificates", want: []string{"GKE Ingress"}},
		{what: "a name that an instance was given", class: name("in"), classes: []networkingv1.IngressClass{class("in", "k8s.io/internal-nginx", "")}, running: "k8s.io/internal-nginx", want: []string{"ingress-nginx"}},
		{what: "a name that no instance was given", class: name("in"), classes: []networkingv1.IngressClass{class("in", "k8s.io/internal-nginx", "")}, running: "k8s.io/other"},
		{what: "a vendor's annotation", other: "traefik.ingress.kubernetes.io/router.entrypoints", want: []string{"Traefik"}},
		{what: "a vendor's annotation on another's Ingress", class: name("nginx"), classes: []networkingv1.IngressClass{class("nginx", "k8s.io/ingress-nginx", "")}, other: "traefik.ingress.kubernetes.io/router.entrypoints", want: []string{"ingress-nginx"}},
	} {
		t.Run(test.what, func(t *testing.T) {
			ingress := &networkingv1.Ingress{Spec: networkingv1.IngressSpec{IngressClassName: test.class}}
			ingress.Annotations = map[string]string{"kubernetes.io/ingress.class": test.annotation}
			if test.other != "" {
				ingress.Annotations[test.other] = "web"
			}
			s := &Snapshot{IngressClasses: test.classes, Cluster: Cluster{Version: test.version}}
			if test.running != "" {
				s.Controllers = []Controller{{Kind: "Deployment", Template: Template{Containers: []Container{{
					Image: "registry.k8s.io/ingress-nginx/controller:v1.15.1", Flags: []string{"--controller-class=" + test.running},
				}}}}}
			}
			_, behind := servedBy(s, ingress, renamedControllers(s.Running))
			var got []string
			for _, c := range behind {
				got = append(got, c.Name)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("served by %q, want %q", got, test.want)
			}
		})
	}
}

func TestMinorVersion(t *testing.T) {
	for text, want := range map[string][2]int{
		"v1.18.2": {1, 18}, "1.20.0-distroless": {1, 20}, "v1.21": {1, 21}, "v1.33.5-gke.1080000": {1, 33}, "v0.16.1": {0, 16}, "v1.21+abc": {1, 21},
	} {
		if major, minor, ok := MinorVersion(text); !ok || major != want[0] || minor != want[1] {
			t.Errorf("%s is %d.%d (%t), want %d.%d", text, major, minor, ok, want[0], want[1])
		}
	}
	for _, text := range []string{"", "latest", "v1", "1", "v1.x", "sha256:1.2", "master-1.2.3", "v12345.1"} {
		if _, _, ok := MinorVersion(text); ok {
			t.Errorf("%q counts as a version", text)
		}
	}
}

func TestServes(t *testing.T) {
	c := &IngressController{Implements: []string{"example.com/controller"}, ControllerClass: "class"}
	for flag, want := range map[string]string{"--other=x": "example.com/controller", "--class=x.io/own": "x.io/own", "--class=staging": "example.com/controller/staging"} {
		if got := c.Serves(&Instance{Container: Container{Flags: []string{flag}}}); got != want {
			t.Errorf("%s serves %q, want %q", flag, got, want)
		}
	}
}
