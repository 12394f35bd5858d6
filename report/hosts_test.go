package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// moving is a host that its owner moves from an Ingress to a Gateway, and one that only
// the Ingress serves.
func moving() *audit.Snapshot {
	class, everywhere, wild := "nginx", gatewayv1.NamespacesFromAll, gatewayv1.Hostname("*.example.com")
	open := &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: &everywhere}}
	return &audit.Snapshot{
		IngressClasses: []networkingv1.IngressClass{{ObjectMeta: metav1.ObjectMeta{Name: "nginx"}, Spec: networkingv1.IngressClassSpec{Controller: "k8s.io/ingress-nginx"}}},
		Ingresses: []networkingv1.Ingress{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "app", Name: "web"},
			Spec: networkingv1.IngressSpec{
				IngressClassName: &class,
				TLS:              []networkingv1.IngressTLS{{Hosts: []string{"*.example.com"}, SecretName: "wild"}, {Hosts: []string{"www.example.com"}, SecretName: "web"}},
				Rules:            []networkingv1.IngressRule{{Host: "WWW.example.com"}, {Host: "old.example.org"}},
			},
		}},
		Gateways: []gatewayv1.Gateway{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: "edge"},
			Spec: gatewayv1.GatewaySpec{GatewayClassName: "envoy", Listeners: []gatewayv1.Listener{
				{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: open},
				{Name: "https", Port: 443, Protocol: gatewayv1.HTTPSProtocolType, Hostname: &wild, AllowedRoutes: open,
					TLS: &gatewayv1.ListenerTLSConfig{CertificateRefs: []gatewayv1.SecretObjectReference{{Name: "wild"}}}},
			}},
		}},
		Settings: []audit.Setting{{
			Object: audit.Object{Name: "envoy"}, Resource: audit.GatewayClasses,
			Values: map[string]string{"spec.controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
		}},
		Routes: []audit.Route{{
			Object: audit.Object{Namespace: "app", Name: "web"}, APIVersion: "gateway.networking.k8s.io/v1", Kind: "HTTPRoute", Hostnames: []string{"www.example.com"},
			Parents: []audit.RouteEnd{{Group: gatewayv1.GroupName, Kind: "Gateway", Namespace: "infra", Name: "edge"}},
		}},
	}
}

func TestHostOnIngressAndGatewayIsOneRow(t *testing.T) {
	ingress := audit.Subject{Kind: "Ingress", Namespace: "app", Name: "web"}
	route := audit.Subject{Kind: "HTTPRoute", Namespace: "app", Name: "web"}
	findings := []audit.Finding{
		{Check: "ING-05", Subject: ingress, Status: audit.Pass},
		{Check: "GW-01", Subject: route, Status: audit.Fail},
		{Check: "SRC-01", Subject: ingress, Status: audit.Pass, Evidence: []audit.Evidence{{Path: "metadata.annotations", Value: "192.0.2.0/24"}}},
		{Check: "SRC-02", Subject: ingress, Status: audit.Warning},
	}
	fail, warning := audit.Fail, audit.Warning
	want := []Host{
		{
			Host: "old.example.org", Namespaces: []string{"app"}, Objects: []string{"Ingress app/web"}, Classes: []string{"nginx"}, Controllers: []string{"ingress-nginx"},
			TLS: []TLSEnd{{At: "nowhere"}}, Allowlist: []string{"192.0.2.0/24"}, Source: &warning, // without TLS no redirect
		},
		{
			Host: "www.example.com", Namespaces: []string{"app"}, Objects: []string{"HTTPRoute app/web on Gateway infra/edge", "Ingress app/web"},
			Classes: []string{"envoy", "nginx"}, Controllers: []string{"gateway.envoyproxy.io/gatewayclass-controller", "ingress-nginx"},
			TLS:       []TLSEnd{{At: "controller", Secret: "app/web"}, {At: "controller", Secret: "infra/wild"}},
			Allowlist: []string{"192.0.2.0/24"}, Redirect: &fail, Source: &warning,
		},
	}
	got := hosts(audit.Derive(moving(), audit.DefaultConfig(), audit.Options{}), findings)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

func TestHostsWithoutFindingsHaveNoVerdict(t *testing.T) {
	for _, h := range hosts(audit.Derive(moving(), audit.DefaultConfig(), audit.Options{}), nil) {
		if h.Redirect != nil || h.Source != nil || h.Allowlist != nil {
			t.Errorf("nothing was decided of %s, yet its row says %+v", h.Host, h)
		}
	}
}
