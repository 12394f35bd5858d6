package checks

import (
	"net/url"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var issuerACMESecure = audit.Check{
	ID:       "ISS-04",
	Title:    "Issuers speak to their ACME server over TLS that is verified",
	Expected: "spec.acme.server begins with https:, skipTLSVerify isn't true, and each certificate of caBundle, where given, has at least 30 days to live",
	Doc: "Whoever stands between cert-manager and a server that isn't authenticated " +
		"can refuse, delay or redirect issuance and learn the account (RFC 8555, 6.1 requires HTTPS).",
	Logic: "Of issuers with spec.acme: server begins with http:, or skipTLSVerify is true: fail. caBundle that can't be read, or in which every certificate has expired: fail; " +
		"one of its certificates expired, or with less than 30 days to live: warning. A server of neither http nor https: not assessed.",
	Fix: "Use the https address of the CA's directory, take skipTLSVerify out, and put the current CA of a private ACME server into spec.acme.caBundle (base64 of PEM): " +
		"kubectl edit clusterissuer NAME (or issuer NAME -n NAMESPACE).",
	Controls: refs(
		cryptography("The channel over which certificates are ordered is itself protected."),
		services("The service that certificates are ordered from is authenticated."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIssuer(f, isACME, judgeACME) },
}

// caBundleWarning is how long before its end a CA of a caBundle is warned of.
const caBundleWarning = 30 * day

func judgeACME(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	acme := i.GetSpec().ACME
	j.Evidence("spec.acme.server", acme.Server, audit.Configured)
	switch u, err := url.Parse(strings.TrimSpace(acme.Server)); {
	case err != nil:
		j.NotAssessed(audit.Unknown, "spec.acme.server %q is no URL", acme.Server)
	case u.Scheme == "https":
		j.Pass("%s is spoken to over TLS", u.Hostname())
	case u.Scheme == "http":
		j.Fail("%s is spoken to in the clear", u.Hostname())
	default:
		j.NotAssessed(audit.Unknown, "spec.acme.server %q is neither http nor https", acme.Server)
	}
	if acme.SkipTLSVerify {
		j.Evidence("spec.acme.skipTLSVerify", "true", audit.Configured)
		j.Fail("skipTLSVerify: the server's certificate isn't verified")
	}
	if len(acme.CABundle) > 0 {
		judgeBundle(f.At, j, acme.CABundle)
	}
}

func judgeBundle(at time.Time, j *audit.Judgement, bundle []byte) {
	cas, err := pki.Parse(bundle)
	if err != nil {
		j.Fail("caBundle can't be read: %v", err)
		return
	}
	expired := 0
	for _, ca := range cas {
		j.Evidence("spec.acme.caBundle", ca.Subject+", SHA-256 "+ca.Fingerprint+", until "+instant(ca.NotAfter), audit.Configured)
		if at.After(ca.NotAfter) {
			expired++
		}
	}
	if expired == len(cas) {
		j.Fail("caBundle has expired: %s on %s", cas[0].Subject, instant(cas[0].NotAfter))
		return
	}
	for _, ca := range cas {
		switch remaining := ca.Remaining(at); {
		case remaining < 0:
			j.Warn("caBundle holds a CA that has expired: %s on %s", ca.Subject, instant(ca.NotAfter))
		case remaining < caBundleWarning:
			j.Warn("caBundle: %s ends on %s, in %s", ca.Subject, instant(ca.NotAfter), lasting(remaining))
		}
	}
	j.Pass("its certificate is verified with caBundle")
}
