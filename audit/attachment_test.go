package audit

import (
	"strings"
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func TestListenersHoldHostsAsGatewaysDo(t *testing.T) {
	for _, test := range []struct {
		listener, route, want string // "-" where the route doesn't attach
	}{
		{"", "", ""},
		{"", "www.example.com", "www.example.com"},
		{"*.example.com", "", "*.example.com"},
		{"*.example.com", "www.example.com", "www.example.com"},
		{"*.Example.com", "WWW.example.com", "www.example.com"},
		{"*.example.com", "a.b.example.com", "a.b.example.com"},
		{"*.example.com", "example.com", "-"},
		{"*.example.com", "badexample.com", "-"},
		{"*.example.com", "*.b.example.com", "*.b.example.com"},
		{"*.b.example.com", "*.example.com", "*.b.example.com"},
		{"www.example.com", "*.example.com", "www.example.com"},
		{"www.example.com", "api.example.com", "-"},
		{"www.example.com", "*.www.example.com", "-"},
		{"*.example.com", "www.example.com *.example.com example.com", "*.example.com www.example.com"},
	} {
		hostname := gatewayv1.Hostname(test.listener)
		l := &Listener{Listener: gatewayv1.Listener{Hostname: &hostname}}
		hosts, some := l.hostsOf(&Route{Kind: "HTTPRoute", Hostnames: strings.Fields(test.route)})
		got := strings.Join(hosts, " ")
		if !some {
			got = "-"
		}
		if got != test.want {
			t.Errorf("a listener for %q and a route for %q have %q in common, want %q", test.listener, test.route, got, test.want)
		}
	}
}
