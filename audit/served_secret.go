package audit

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit/pki"
)

// serve gives the Secrets of which neither what is stored nor what was issued is known the
// certificate that servers presented for their hosts. Where servers disagree, or presented
// more than was kept, none stands for the Secret; nor does one that controllers make for
// themselves. That Go's parser refuses what they presented is known of it too.
func (f *Facts) serve() {
	if len(f.Handshakes) == 0 {
		return
	}
	for i := range f.TLS.Secrets {
		t := &f.TLS.Secrets[i]
		if t.Presence != NotRead || t.Level != "" {
			continue
		}
		var presented *Handshake
		agreed := true
		for _, h := range f.handshakesBehind(t) {
			if h.Certificates == "" && h.Unparsable() == "" {
				continue
			}
			agreed = agreed && !h.Cut && (presented == nil || presented.Certificates == h.Certificates)
			presented = h
		}
		if presented == nil || !agreed {
			continue
		}
		if words := presented.Unparsable(); words != "" {
			t.Level, t.Malformed, t.Server = Served, words, presented.Text()
			continue
		}
		chain, err := pki.Parse([]byte(presented.Certificates))
		if err == nil && DefaultCertificateOf(chain[0]) == "" {
			t.Level, t.Chain, t.Server = Served, chain, presented.Text()
		}
	}
}

// handshakesBehind returns what was presented for the hosts that a Secret's certificate is
// meant for: those of the TLS blocks that name it, and those of the listeners that name it
// alone.
func (f *Facts) handshakesBehind(t *TLSSecret) []*Handshake {
	var list []*Handshake
	for i := range f.Exposures {
		e := &f.Exposures[i]
		if e.Namespace != t.Namespace || e.TLSEnds == AtBalancer || e.TLSEnds == AtWorkload {
			continue
		}
		for _, block := range e.Spec.TLS {
			if block.SecretName == t.Name {
				for _, host := range block.Hosts {
					list = append(list, f.HandshakesOf(e.Subject, host)...)
				}
			}
		}
	}
	for i := range f.Listeners {
		l := &f.Listeners[i]
		refs := l.CertificateRefs()
		if len(refs) != 1 || !RefersToSecret(&refs[0]) {
			continue
		}
		if namespace, name := l.SecretOf(&refs[0]); namespace != t.Namespace || name != t.Name {
			continue
		}
		list = append(list, f.ListenerHandshakes(l)...)
	}
	return list
}

// ListenerHandshakes returns what a Gateway presented for the hosts of which a listener has
// the certificate; empty where nobody asked.
func (f *Facts) ListenerHandshakes(l *Listener) []*Handshake {
	hosts := []string{l.Host()}
	for k := range l.Routes {
		hosts = append(hosts, l.Routes[k].Hosts...)
	}
	slices.Sort(hosts)
	var list []*Handshake
	for _, host := range slices.Compact(hosts) {
		if f.Choosing(l, host) == l {
			list = append(list, f.HandshakesOf(GatewaySubject(l.Gateway), host)...)
		}
	}
	return list
}

// Unparsable returns the parser's words on certificates that the server presented and that
// it refused, "" where that isn't why there are none (crypto/tls,
// Conn.verifyServerCertificate).
func (h *Handshake) Unparsable() string {
	words, refused := strings.CutPrefix(h.Error, "tls: failed to parse certificate from server: ")
	if !refused {
		return ""
	}
	return words
}

// Text names the server that was asked, and for what.
func (h *Handshake) Text() string { return h.Host + " at " + h.Server() }

// Server is the address and port that were connected to.
func (h *Handshake) Server() string {
	return net.JoinHostPort(cmp.Or(h.Address, h.Name), strconv.Itoa(int(h.Port)))
}

// defaultCertificates are the certificates that controllers make for themselves, by the
// common name of their subject.
var defaultCertificates = map[string]string{
	"Kubernetes Ingress Controller Fake Certificate": "ingress-nginx", // internal/net/ssl/ssl.go; HAProxy Ingress has it too
	"TRAEFIK DEFAULT CERT":                           "Traefik",       // pkg/tls/generate/generate.go
	"NGINXIngressController":                         "F5 NGINX Ingress Controller",
}

// DefaultCertificateOf returns the controller that makes a certificate for itself, to have
// one at all; "" where none is known to.
func DefaultCertificateOf(c *pki.Certificate) string {
	for _, name := range c.CommonNames {
		if controller := defaultCertificates[strings.TrimSpace(name)]; controller != "" {
			return controller
		}
	}
	return ""
}
