package collect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// explain says why nothing could be read: what, where, and what to do about it.
func (c *client) explain(err error, who credential, now time.Time) error {
	advice := ""
	switch code := codeOf(err); {
	case code == http.StatusUnauthorized:
		advice = "the server doesn't accept these credentials; renew them or choose another context" + c.ended(who, now)
	case code == http.StatusForbidden:
		advice = "these credentials may read nothing at all; `kubevidence rbac` prints the role that reading takes"
	case code != 0:
		advice = "the server refuses even discovery; is it healthy, and is this the address of a Kubernetes API server?"
	default:
		advice = c.explainConnection(err, who, now)
	}
	if advice == "" {
		return fmt.Errorf("read %s: %w", c.server, err)
	}
	return fmt.Errorf("read %s: %w: %s", c.server, err, advice)
}

// ended says that the credentials have run out, where they tell.
func (c *client) ended(who credential, now time.Time) string {
	if who.until.IsZero() || now.Before(who.until) {
		return ""
	}
	what := "token"
	if who.Method == byCertificate {
		what = "client certificate"
	}
	return fmt.Sprintf(" (the %s of %s expired on %s)", what, who.Name, who.until.UTC().Format(time.RFC3339))
}

func (c *client) explainConnection(err error, who credential, now time.Time) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		network   net.Error
	)
	switch words := err.Error(); {
	case errors.As(err, &authority):
		return "the server's certificate isn't signed by the CA of the kubeconfig; is this the right context, or has the CA changed?"
	case errors.As(err, &hostname):
		return "the server's certificate is for other names; check the server's address, or tls-server-name, in the kubeconfig"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's own certificate isn't valid at this time; have the control plane renew it, and check this machine's clock"
	case errors.As(err, &invalid):
		return "the server's certificate can't be used"
	case strings.Contains(words, "remote error: tls:"):
		return "the server doesn't accept the client certificate; renew it or choose another context" + c.ended(who, now)
	case errors.As(err, &record), strings.Contains(words, "server gave HTTP response to HTTPS client"):
		return "the server doesn't speak TLS there; check its address in the kubeconfig"
	case errors.As(err, &dns):
		return "the server's name doesn't resolve; check its address in the kubeconfig, and this machine's network or VPN"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there; is the API server running, and is this the right context?"
	case errors.As(err, &network) && network.Timeout(), strings.Contains(words, "no complete answer"):
		return "the server doesn't answer; check its address in the kubeconfig, and this machine's network or VPN"
	}
	return ""
}
