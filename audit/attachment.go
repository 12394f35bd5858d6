package audit

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// An Attachment is a route on a listener.
type Attachment struct {
	Route   *Route
	Hosts   []string // by which the listener hands requests to it, sorted; empty for every host
	Unknown string   // why whether it attaches isn't known, "" where it does
}

// RouteSubject is a route as the subject of a finding.
func RouteSubject(r *Route) Subject {
	return Subject{APIVersion: r.APIVersion, Kind: r.Kind, Namespace: r.Namespace, Name: r.Name, UID: r.UID, ResourceVersion: r.ResourceVersion}
}

// attach notes on every listener the routes that attach to it.
func attach(s *Snapshot, list []Listener) {
	for i := range list {
		l := &list[i]
		for k := range s.Routes {
			r := &s.Routes[k]
			if !slices.ContainsFunc(r.Parents, l.meant) || !l.takes(r.Kind) {
				continue
			}
			from, selector := l.AllowedRoutes()
			admitted, unknown := s.admits(from, selector, l.Namespace(), r.Namespace)
			if !admitted && unknown == "" {
				continue
			}
			hosts, some := l.hostsOf(r)
			if !some {
				continue
			}
			if unknown == "" {
				unknown = l.Unknown
			}
			l.Routes = append(l.Routes, Attachment{Route: r, Hosts: hosts, Unknown: unknown})
		}
	}
}

// meant reports whether a route's parent is the listener. A parent without sectionName
// means every listener of the object that it names, and only of that: a ListenerSet's are
// not its Gateway's (Gateway API, ParentReference; GEP-1713).
func (l *Listener) meant(parent RouteEnd) bool {
	name := l.Gateway.Name
	if l.Set != nil {
		name = l.Set.Name
	}
	return parent.Group == gatewayv1.GroupName && parent.Kind == l.Declared() && parent.Namespace == l.Namespace() && parent.Name == name &&
		(parent.Section == "" || parent.Section == string(l.Name)) && (parent.Port == 0 || parent.Port == l.Port)
}

// routesOf maps a listener's protocol to the kinds of routes that it can take
// (Gateway API, ProtocolType).
var routesOf = map[gatewayv1.ProtocolType][]string{
	gatewayv1.HTTPProtocolType:  {"HTTPRoute", "GRPCRoute"},
	gatewayv1.HTTPSProtocolType: {"HTTPRoute", "GRPCRoute"},
	gatewayv1.TLSProtocolType:   {"TLSRoute", "TCPRoute"},
	gatewayv1.TCPProtocolType:   {"TCPRoute"},
	gatewayv1.UDPProtocolType:   {"UDPRoute"},
}

// takes reports whether routes of a kind can attach: by the protocol, narrowed by
// allowedRoutes.kinds.
func (l *Listener) takes(kind string) bool {
	if !slices.Contains(routesOf[l.Protocol], kind) {
		return false
	}
	if l.Listener.AllowedRoutes == nil || len(l.Listener.AllowedRoutes.Kinds) == 0 {
		return true
	}
	return slices.ContainsFunc(l.Listener.AllowedRoutes.Kinds, func(k gatewayv1.RouteGroupKind) bool {
		return string(k.Kind) == kind && (k.Group == nil || *k.Group == gatewayv1.GroupName)
	})
}

// hostsOf returns the hosts under which a listener hands requests to a route, empty for
// every host, and whether there are any: what the listener's hostname and the route's have
// in common (Gateway API, HTTPRouteSpec.hostnames).
func (l *Listener) hostsOf(r *Route) (hosts []string, some bool) {
	if r.Kind == "TCPRoute" || r.Kind == "UDPRoute" {
		return nil, true
	}
	own := l.Host()
	if len(r.Hostnames) == 0 {
		if own != "" {
			hosts = []string{own}
		}
		return hosts, true
	}
	for _, name := range r.Hostnames {
		if host, ok := commonHost(own, strings.ToLower(name)); ok {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), len(hosts) > 0
}

// commonHost returns the narrower of two hostnames of which one holds the other.
func commonHost(a, b string) (string, bool) {
	switch {
	case HoldsHost(a, b):
		return b, true
	case HoldsHost(b, a):
		return a, true
	}
	return "", false
}

// HoldsHost reports whether a listener's hostname holds a host, or all hosts of a
// wildcard. "" holds all; a wildcard is a suffix, whatever the number of labels before it,
// unlike that of a certificate (Gateway API, Listener.hostname).
func HoldsHost(hostname, host string) bool {
	if hostname == "" || hostname == host {
		return true
	}
	suffix, wildcard := strings.CutPrefix(hostname, "*")
	return wildcard && strings.HasSuffix(strings.TrimPrefix(host, "*"), suffix)
}

// Choosing returns the listener whose certificate clients of a host get: of those that
// speak TLS on the same port of the same Gateway that with the most specific hostname, as
// the server name chooses it.
func (f *Facts) Choosing(l *Listener, host string) *Listener {
	best := l
	for i := range f.Listeners {
		other := &f.Listeners[i]
		if other.Gateway == l.Gateway && other.Port == l.Port && other.SpeaksTLS() && other.Unknown == "" &&
			HoldsHost(other.Host(), host) && narrower(other.Host(), best.Host()) {
			best = other
		}
	}
	return best
}

// narrower reports whether of two hostnames that hold a host the first is more specific: a
// name before a wildcard, a long wildcard before a short one.
func narrower(a, b string) bool {
	wildA, wildB := strings.HasPrefix(a, "*") || a == "", strings.HasPrefix(b, "*") || b == ""
	if wildA != wildB {
		return wildB
	}
	return len(a) > len(b)
}
