package collect

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func exposed(namespace, name string, status []networkingv1.IngressLoadBalancerIngress, hosts ...string) *networkingv1.Ingress {
	return &networkingv1.Ingress{
		ObjectMeta: named(namespace, name),
		Spec:       networkingv1.IngressSpec{TLS: []networkingv1.IngressTLS{{Hosts: hosts, SecretName: "tls"}}},
		Status:     networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{Ingress: status}},
	}
}

// balancer is a Gateway with a listener on a port of its own.
func balancer() *gatewayv1.Gateway {
	host := gatewayv1.Hostname("api.example.com")
	kind := gatewayv1.IPAddressType
	return &gatewayv1.Gateway{
		ObjectMeta: named("infra", "edge"),
		Spec: gatewayv1.GatewaySpec{Listeners: []gatewayv1.Listener{
			{Name: "plain", Port: 80, Protocol: gatewayv1.HTTPProtocolType, Hostname: &host},
			{Name: "tls", Port: 8443, Protocol: gatewayv1.HTTPSProtocolType, Hostname: &host},
		}},
		Status: gatewayv1.GatewayStatus{Addresses: []gatewayv1.GatewayStatusAddress{{Type: &kind, Value: "2001:db8::7"}}},
	}
}

func TestProbe(t *testing.T) {
	ip := func(a string) networkingv1.IngressLoadBalancerIngress {
		return networkingv1.IngressLoadBalancerIngress{IP: a}
	}
	hostname := func(a string) networkingv1.IngressLoadBalancerIngress {
		return networkingv1.IngressLoadBalancerIngress{Hostname: a}
	}
	objects := smallCluster(t)
	plain := exposed("app", "plain", []networkingv1.IngressLoadBalancerIngress{ip("192.0.2.1")})
	plain.Spec = networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{{Host: "plain.example.com"}}}
	objects[audit.Ingresses] = []metav1.Object{
		exposed("app", "web", []networkingv1.IngressLoadBalancerIngress{ip("192.0.2.1"), hostname("lb.example.net")}, "Web.example.com", "*.example.com"),
		exposed("app", "metadata", []networkingv1.IngressLoadBalancerIngress{ip("169.254.169.254"), hostname("sly.example.net")}, "sly.example.com"),
		exposed("app", "pending", nil, "pending.example.com"),
		exposed("other", "gone", []networkingv1.IngressLoadBalancerIngress{hostname("gone.example.net")}, "gone.example.com"),
		plain,
	}
	objects[audit.Gateways] = []metav1.Object{balancer()}
	o := (&apiServer{objects: objects}).start(t)
	o.Resources = append(o.Resources, audit.Handshakes)
	s := serveTLS(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{presenting(t, "web.example.com", "web", at.AddDate(0, 1, 0))}})
	var one sync.Mutex
	var dialled []string
	o.Probe = &ProbeOptions{
		Timeout: time.Minute,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			one.Lock()
			dialled = append(dialled, address)
			one.Unlock()
			return new(net.Dialer).DialContext(ctx, network, s.address)
		},
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			switch host {
			case "lb.example.net":
				return []netip.Addr{netip.MustParseAddr("192.0.2.3"), netip.MustParseAddr("::ffff:192.0.2.2")}, nil
			case "sly.example.net", "sly.example.com":
				return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("fd00:ec2::254")}, nil
			case "web.example.com":
				return []netip.Addr{netip.MustParseAddr("203.0.113.9")}, nil
			case "api.example.com":
				return nil, &net.DNSError{Err: "server misbehaving", Server: "10.0.0.10:53"}
			}
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		},
	}
	snapshot := scan(t, o)

	slices.Sort(dialled)
	if diff := cmp.Diff([]string{"192.0.2.1:443", "192.0.2.2:443", "192.0.2.3:443", "[2001:db8::7]:8443"}, slices.Compact(dialled)); diff != "" {
		t.Errorf("connected to (-want +got):\n%s", diff)
	}
	notAsked := "not asked: a loopback address is this machine's own"
	want := []audit.Handshake{
		{Host: "api.example.com", Address: "2001:db8::7", Port: 8443, Version: "1.3", Oldest: "1.3", ResolveError: "server misbehaving"},
		{Host: "gone.example.com", Name: "gone.example.net", Port: 443, Error: "the status's hostname gone.example.net leads to no address"},
		{Host: "sly.example.com", Name: "sly.example.net", Address: "127.0.0.1", Port: 443, Error: notAsked, Resolved: []string{"127.0.0.1", "fd00:ec2::254"}},
		{Host: "sly.example.com", Address: "169.254.169.254", Port: 443, Error: "not asked: a link-local address, where clouds have their metadata", Resolved: []string{"127.0.0.1", "fd00:ec2::254"}},
		{Host: "sly.example.com", Name: "sly.example.net", Address: "fd00:ec2::254", Port: 443, Error: "not asked: a cloud's metadata service has this address", Resolved: []string{"127.0.0.1", "fd00:ec2::254"}},
		{Host: "web.example.com", Address: "192.0.2.1", Port: 443, Version: "1.3", Oldest: "1.3", Resolved: []string{"203.0.113.9"}},
		{Host: "web.example.com", Name: "lb.example.net", Address: "192.0.2.2", Port: 443, Version: "1.3", Oldest: "1.3", Resolved: []string{"203.0.113.9"}},
		{Host: "web.example.com", Name: "lb.example.net", Address: "192.0.2.3", Port: 443, Version: "1.3", Oldest: "1.3", Resolved: []string{"203.0.113.9"}},
	}
	if diff := cmp.Diff(want, snapshot.Handshakes, cmpopts.IgnoreFields(audit.Handshake{}, "At", "Certificates")); diff != "" {
		t.Errorf("handshakes (-want +got):\n%s", diff)
	}
	var gaps []string
	for _, gap := range snapshot.Reading(audit.Handshakes).Gaps {
		gaps = append(gaps, gap.Namespace+" "+gap.Name+" "+string(gap.Reason))
	}
	if diff := cmp.Diff([]string{"other gone.example.com failed", "app sly.example.com failed", "app sly.example.com failed", "app sly.example.com failed"}, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if strings.Contains(written(t, snapshot), "10.0.0.10") {
		t.Error("the snapshot names this machine's resolver")
	}
}

func TestProbeIsAskedFor(t *testing.T) {
	o := (&apiServer{objects: smallCluster(t)}).start(t)
	o.Resources = append(o.Resources, audit.Handshakes)
	reading := scan(t, o).Reading(audit.Handshakes)
	if gap, unread := reading.Gap(""); !unread || gap.Reason != audit.NotRequested {
		t.Errorf("without being asked for handshakes are %+v", reading)
	}
}

// -n and the configuration's exclusions narrow what is asked, too.
func TestProbeStaysInScope(t *testing.T) {
	objects := smallCluster(t)
	status := []networkingv1.IngressLoadBalancerIngress{{IP: "192.0.2.1"}}
	objects[audit.Ingresses] = []metav1.Object{exposed("app", "web", status, "a.example.com"), exposed("other", "web", status, "b.example.com")}
	o := (&apiServer{objects: objects}).start(t)
	o.Resources = append(o.Resources, audit.Handshakes)
	o.InScope = func(namespace string) bool { return namespace == "app" }
	o.Probe = &ProbeOptions{
		Dial:   func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody is there") },
		Lookup: func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("nobody knows") },
	}
	got := scan(t, o).Handshakes
	if len(got) != 1 || got[0].Host != "a.example.com" || got[0].Error != "nobody is there" || got[0].ResolveError != "nobody knows" {
		t.Errorf("asked: %+v", got)
	}
}
