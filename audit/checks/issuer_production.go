package checks

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var issuerProduction = audit.Check{
	ID:       "ISS-03",
	Title:    "What is exposed has its certificates from a production CA",
	Expected: "spec.acme.server is no staging CA, Pebble, this machine or version 1 of ACME, or no Ingress or Gateway presents what the issuer issues",
	Doc: "Staging CAs, Pebble and servers on localhost issue certificates that no client trusts; version 1 of ACME was switched off in 2021. " +
		"Users of a host with such a certificate learn to click warnings away.",
	Logic: "Of issuers whose spec.acme.server is a staging CA, Pebble, this machine or version 1 of ACME: fail where an Ingress or Gateway presents what they issue, " +
		"by a Certificate or by annotation (of kubernetes.io/tls-acme the default issuer of the controller's arguments) and a TLS block or listener that names a Secret; else pass, with that information. Every other ACME server: pass. " +
		"Where it isn't known who refers to the issuer, or which issuer the default is that something exposed asks for: not assessed.",
	Fix: "Name a production issuer in the annotation cert-manager.io/cluster-issuer of the Ingress (spec.issuerRef of the Certificate), " +
		"then have the certificate issued again: cmctl renew NAME -n NAMESPACE.",
	Controls: refs(
		cryptography("A certificate of a test CA authenticates nothing to a user."),
		services("Users can rely on the identity of a service only if a CA that they trust vouches for it."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers},
	Uses:        slices.Concat([]audit.Resource{audit.Certificates, audit.Ingresses, audit.Gateways}, defaultSources),
	Run:         func(f *audit.Facts) []audit.Finding { return eachIssuer(f, isACME, judgeProduction) },
}

func isACME(i *audit.Issuer) bool { return i.GetSpec().ACME != nil }

func judgeProduction(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	server := i.GetSpec().ACME.Server
	j.Evidence("spec.acme.server", server, audit.Configured)
	u, err := url.Parse(strings.TrimSpace(server))
	if err != nil || u.Hostname() == "" {
		j.NotAssessed(audit.Unknown, "spec.acme.server %q has no host that could be judged", server)
		return
	}
	kind := testServer(u)
	if kind == "" {
		j.Pass("%s is not known as a test server", u.Hostname())
		return
	}
	var exposed []string
	for _, use := range i.References {
		presented := slices.DeleteFunc(slices.Clone(use.Presented), func(s audit.Subject) bool { return !f.InScope(s.Namespace) })
		if len(presented) > 0 {
			j.Evidence(use.By.String(), "refers to it", audit.Configured)
			exposed = append(exposed, subjectNames(presented)...)
		}
	}
	if len(exposed) > 0 {
		j.Fail("%s is %s, and what is exposed uses it: %s", u.Hostname(), kind, several(slices.Compact(slices.Sorted(slices.Values(exposed)))))
		return
	}
	if !usersUnknown(f, j, i, u.Hostname()+" is "+kind+", and who uses the issuer isn't known") {
		j.Pass("%s is %s, but nothing in scope that is exposed uses it", u.Hostname(), kind)
	}
}

// testServer says which kind of server, not for production, an ACME directory is on; ""
// where it isn't known to be one.
func testServer(directory *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(directory.Hostname(), "."))
	if addr, err := netip.ParseAddr(host); err == nil && (addr.Unmap().IsLoopback() || addr.IsUnspecified()) {
		return "the local machine"
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761, 6.3
		return "the local machine"
	}
	if kind := audit.StagingCAs.Host(host); kind != "" {
		return kind
	}
	if kind := audit.StagingCAs.Directory(directory); kind != "" {
		return kind + ", by its port and path"
	}
	return ""
}
