package checks

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// What makes text of certificates: of the first in a file, and of each.
const (
	textOfCertificate  = " | openssl x509 -noout -text"
	textOfCertificates = " | openssl crl2pkcs7 -nocrl -certfile /dev/stdin | openssl pkcs7 -print_certs -noout -text"
	keyOfCertificate   = " | openssl x509 -noout -pubkey" // the public one
)

// certificateCommand shows the certificate behind a Secret where what is known of it comes
// from; the Certificate that owns the Secret where it alone tells of it.
func certificateCommand(t *audit.TLSSecret) string {
	if len(t.Chain) > 0 && t.Leaf() != t.Chain[0] {
		return certificateAs(t, textOfCertificates) // openssl x509 would show another one
	}
	return certificateAs(t, textOfCertificate)
}

// chainCommand shows all certificates behind a Secret.
func chainCommand(t *audit.TLSSecret) string { return certificateAs(t, textOfCertificates) }

func certificateAs(t *audit.TLSSecret, text string) string {
	switch {
	case t.Level == audit.Issued:
		return requestAs(t.Namespace, t.Request, text)
	case t.Level == audit.Served:
		host, server, _ := strings.Cut(t.Server, " at ")
		return servedAs(server, host, text)
	case t.Level == audit.Stored:
		return audit.GetCommand("secret", t.Namespace, t.Name, `jsonpath={.data.tls\.crt}`) + " | base64 -d" + text
	case t.Presence == audit.NotRead && t.Owner() != nil:
		return audit.CertificateSubject(t.Owner()).Command()
	}
	return secretCommand(t)
}

// requestAs shows the certificate that a CertificateRequest got.
func requestAs(namespace, name, text string) string {
	return audit.GetCommand(string(audit.CertificateRequests), namespace, name, "jsonpath={.status.certificate}") + " | base64 -d" + text
}

// servedAs shows what a server presents for a host.
func servedAs(server, host, text string) string {
	all := ""
	if text == textOfCertificates {
		all = " -showcerts"
	}
	return "openssl s_client -connect " + audit.Quote(server) + " -servername " + audit.Quote(host) + all + " </dev/null 2>/dev/null" + text
}

// handshakeCommand shows what was presented in a handshake.
func handshakeCommand(h *audit.Handshake) string {
	return servedAs(h.Server(), h.Host, textOfCertificate)
}

// versionCommand tries a version of TLS: the oldest that a server accepted, or where that
// is one that it may, TLS 1.1, which it refused: there is no cipher then.
func versionCommand(h *audit.Handshake) string {
	flag := "-tls1_1"
	if h.Oldest == "1.0" {
		flag = "-tls1"
	}
	return "openssl s_client -connect " + audit.Quote(h.Server()) + " -servername " + audit.Quote(h.Host) + " " + flag +
		" -cipher DEFAULT@SECLEVEL=0 </dev/null 2>&1 | grep -e 'Cipher is' -e alert"
}

// secretCommand shows whether a Secret is there.
func secretCommand(t *audit.TLSSecret) string {
	return audit.GetCommand("secret", t.Namespace, t.Name, "")
}

// secretTypeCommand shows the type of a Secret.
func secretTypeCommand(t *audit.TLSSecret) string {
	return audit.GetCommand("secret", t.Namespace, t.Name, "jsonpath={.type}")
}

// secretKeysCommand shows what keys a Secret has and how long their values are, not these.
func secretKeysCommand(t *audit.TLSSecret) string {
	return audit.GetCommand("secret", t.Namespace, t.Name, `go-template={{range $key, $value := .data}}{{$key}}: {{len $value}} {{end}}`)
}

// ownerCommand shows the Certificate that tells of a Secret that nobody read, "" for none.
func ownerCommand(t *audit.TLSSecret) string {
	c := readyOwner(t)
	if c == nil {
		c = t.Owner()
	}
	if c == nil {
		return ""
	}
	return audit.CertificateSubject(c).Command()
}

// ownersCommand shows which Certificates of a namespace own which Secrets.
func ownersCommand(namespace string) string {
	return audit.ListCommand(string(audit.Certificates), namespace, "custom-columns=NAME:.metadata.name,SECRET:.spec.secretName")
}

// issuerCommand shows an issuer, or that it doesn't exist.
func issuerCommand(f *audit.Facts, ref audit.IssuerRef) string {
	switch {
	case ref.External() || ref.Resource() == "":
		return ""
	case f.Issuance.Find(ref) == nil:
		return audit.GetCommand(string(ref.Resource()), ref.Namespace, ref.Name, "")
	}
	return audit.GetCommand(string(ref.Resource()), ref.Namespace, ref.Name, "yaml")
}

// imageCommand shows the images of a workload.
func imageCommand(s audit.Subject) string {
	if s.Kind == "Pod" {
		return s.Get("jsonpath={.spec.containers[*].image}")
	}
	return s.Get("jsonpath={.spec.template.spec.containers[*].image}")
}

// settingsCommand shows the ConfigMap with the settings of a controller, its arguments where
// these name none.
func settingsCommand(c *audit.IngressInstance) string {
	namespace, name, named := strings.Cut(c.ConfigMap, "/")
	if !named {
		return argumentsCommand(c.Subject)
	}
	return audit.GetCommand("configmap", namespace, name, "yaml")
}

// endpointsCommand shows what is behind a Service.
func endpointsCommand(namespace, service string) string {
	return audit.ListCommand(string(audit.EndpointSlices), namespace, "") + " -l " + audit.Quote("kubernetes.io/service-name="+service)
}

// classesCommand lists the IngressClasses.
var classesCommand = audit.GetCommand(string(audit.IngressClasses), "", "", "")

// agentsCommand lists the DaemonSets, among them those of network plugins.
var agentsCommand = audit.ListCommand("daemonsets.apps", "", "wide")

// listenerCommand shows the object that declares a listener.
func listenerCommand(l *audit.Listener) string {
	if l.Set != nil {
		return audit.ListenerSetSubject(l.Set).Command()
	}
	return audit.GatewaySubject(l.Gateway).Command()
}

// argumentsCommand shows the arguments of a workload's containers.
func argumentsCommand(s audit.Subject) string {
	if s.Kind == "Pod" {
		return s.Get("jsonpath={.spec.containers[*].args}")
	}
	return s.Get("jsonpath={.spec.template.spec.containers[*].args}")
}

// shownBy are the resources of objects that paths of evidence begin with, "Kind
// namespace/name: field", by kind. No Secret is among them: no command prints all of one.
var shownBy = map[string]string{
	"ConfigMap": "configmap", "Service": "service", "Ingress": "ingress.networking.k8s.io",
	"Deployment": "deployment.apps", "DaemonSet": "daemonset.apps", "StatefulSet": "statefulset.apps", "Pod": "pod",
	"Middleware": string(audit.TraefikMiddlewares), "TLSOption": string(audit.TraefikTLSOptions),
	"FrontendConfig": string(audit.GKEFrontendConfigs), "ClientTrafficPolicy": string(audit.EnvoyClientPolicies),
	"TCPRoute": string(audit.TCPRoutes), "UDPRoute": string(audit.UDPRoutes),
	"Gateway": "gateway.gateway.networking.k8s.io", "Lease": string(audit.Leases),
	"Certificate": string(audit.Certificates), "CertificateRequest": string(audit.CertificateRequests),
	"NetworkPolicy": string(audit.NetworkPolicies), "CiliumNetworkPolicy": string(audit.CiliumNetworkPolicies),
	"PeerAuthentication": string(audit.PeerAuthentications),
}

// pathCommand shows the object that a path of evidence begins with, "" where that is the
// subject itself.
func pathCommand(path string) string {
	object, _, _ := strings.Cut(path, ": ")
	kind, object, _ := strings.Cut(object, " ")
	namespace, name, named := strings.Cut(object, "/")
	if resource := shownBy[kind]; resource != "" && named {
		return audit.GetCommand(resource, namespace, name, "yaml")
	}
	return ""
}
