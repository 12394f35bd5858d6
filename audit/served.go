package audit

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// A ServedHost is a host that an Ingress or a Gateway serves with TLS, at one address of
// its status: what can be asked with a handshake.
type ServedHost struct {
	Subject   Subject // the Ingress or Gateway
	Namespace string  // of the object that names the host: the subject, or a route
	Host      string  // in lower case, no wildcard
	Address   string  // an IP address, or a hostname of the status
	Port      int32
}

// ServedHosts lists the hosts that can be asked for, sorted, each once. Of a wildcard no
// name is known that could be.
func ServedHosts(s *Snapshot) []ServedHost {
	list := listeners(s)
	attach(s, list)
	return servedHosts(exposures(s), list)
}

func servedHosts(exposures []Exposure, listeners []Listener) []ServedHost {
	var served []ServedHost
	add := func(s ServedHost) {
		if s.Host != "" && !strings.Contains(s.Host, "*") && s.Address != "" {
			served = append(served, s)
		}
	}
	for i := range exposures {
		e := &exposures[i]
		for _, host := range e.TLSHosts() {
			for _, address := range e.Addresses() {
				add(ServedHost{Subject: e.Subject, Namespace: e.Namespace, Host: host, Address: address, Port: 443})
			}
		}
	}
	for i := range listeners {
		l := &listeners[i]
		if !l.SpeaksTLS() || l.Unknown != "" {
			continue
		}
		subject := GatewaySubject(l.Gateway)
		for _, address := range l.Gateway.Status.Addresses {
			add(ServedHost{Subject: subject, Namespace: l.Namespace(), Host: l.Host(), Address: address.Value, Port: l.Port})
			for k := range l.Routes {
				for _, host := range l.Routes[k].Hosts {
					add(ServedHost{Subject: subject, Namespace: l.Routes[k].Route.Namespace, Host: host, Address: address.Value, Port: l.Port})
				}
			}
		}
	}
	slices.SortFunc(served, func(a, b ServedHost) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port),
			strings.Compare(a.Subject.Key(), b.Subject.Key()), strings.Compare(a.Namespace, b.Namespace))
	})
	return slices.Compact(served)
}

// HasTLS reports whether users speak TLS with the hosts of an Ingress, whoever ends it, as
// far as its objects tell.
func (e *Exposure) HasTLS() bool { return len(e.Spec.TLS) > 0 || e.TLSEnds != AtController }

// TLSHosts are the hosts of an Ingress with TLS, of its TLS blocks and its rules, in lower
// case, sorted.
func (e *Exposure) TLSHosts() []string {
	if !e.HasTLS() {
		return nil
	}
	var hosts []string
	for _, block := range e.Spec.TLS {
		for _, host := range block.Hosts {
			hosts = append(hosts, strings.ToLower(host))
		}
	}
	for _, rule := range e.Spec.Rules {
		hosts = append(hosts, strings.ToLower(rule.Host))
	}
	slices.Sort(hosts)
	return slices.DeleteFunc(slices.Compact(hosts), func(host string) bool { return host == "" })
}

// Addresses are the addresses and hostnames at which an Ingress is reached, as its
// controller says, sorted.
func (e *Exposure) Addresses() []string {
	var addresses []string
	for _, given := range e.Status.LoadBalancer.Ingress {
		if address := cmp.Or(given.IP, given.Hostname); address != "" {
			addresses = append(addresses, address)
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// A ServedView knows which handshakes were made with which Ingress or Gateway.
type ServedView struct {
	hosts      []ServedHost
	handshakes map[serverKey][]*Handshake
}

// A serverKey is what was asked: the address is as the status has it.
type serverKey struct {
	host, address string
	port          int32
}

func servedView(s *Snapshot, exposures []Exposure, listeners []Listener) ServedView {
	v := ServedView{hosts: servedHosts(exposures, listeners), handshakes: map[serverKey][]*Handshake{}}
	for i := range s.Handshakes {
		h := &s.Handshakes[i]
		key := serverKey{h.Host, cmp.Or(h.Name, h.Address), h.Port}
		v.handshakes[key] = append(v.handshakes[key], h)
	}
	return v
}

// HandshakesOf returns what an Ingress or a Gateway presented for a host, at each of its
// addresses; empty where nobody asked.
func (f *Facts) HandshakesOf(s Subject, host string) []*Handshake {
	var list []*Handshake
	host = strings.ToLower(host)
	start, _ := slices.BinarySearchFunc(f.Served.hosts, host, func(s ServedHost, host string) int { return strings.Compare(s.Host, host) })
	for i := start; i < len(f.Served.hosts) && f.Served.hosts[i].Host == host; i++ {
		served := &f.Served.hosts[i]
		if served.Subject.Key() != s.Key() {
			continue
		}
		address := served.Address
		if a, err := netip.ParseAddr(address); err == nil {
			address = a.String()
		}
		for _, h := range f.Served.handshakes[serverKey{host, address, served.Port}] {
			if !slices.Contains(list, h) {
				list = append(list, h)
			}
		}
	}
	return list
}
