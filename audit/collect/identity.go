package collect

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"k8s.io/client-go/rest"
)

// The methods by which a reader is known (audit.Identity).
const (
	byCertificate = "certificate"
	byJWT         = "jwt"
	byOpaque      = "opaque"
	byNothing     = "none"
)

// A credential is what the kubeconfig says about who reads, and until when.
type credential struct {
	audit.Identity
	until time.Time // zero where it isn't known
}

// credentialOf tells who reads from the credentials at hand: the server is never asked,
// it would take a POST. A client certificate goes before a token, as in the API server
// (kubernetes pkg/kubeapiserver/authenticator/config.go).
func credentialOf(config *rest.Config) credential {
	c := credential{Identity: audit.Identity{Method: byNothing, Impersonated: config.Impersonate.UserName}}
	token := config.BearerToken
	if data := content(config.BearerTokenFile, nil); len(data) > 0 {
		token = strings.TrimSpace(string(data)) // client-go prefers the file too
	}
	certificate := firstCertificate(content(config.CertFile, config.CertData))
	switch {
	case certificate != nil:
		c.Method, c.Name, c.until = byCertificate, certificate.Subject.CommonName, certificate.NotAfter
	case token != "":
		c.Method, c.Name, c.until = claims(token)
	case config.ExecProvider != nil, config.AuthProvider != nil, config.Username != "":
		c.Method = byOpaque
	}
	return c
}

// claims reads a token that is a JWT, without verifying it.
func claims(token string) (method, name string, until time.Time) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return byOpaque, "", until
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return byOpaque, "", until
	}
	var claim struct {
		Subject string  `json:"sub"`
		Expires float64 `json:"exp"` // RFC 7519: seconds, perhaps with a fraction
	}
	if json.Unmarshal(payload, &claim) != nil || claim.Subject == "" {
		return byOpaque, "", until
	}
	if claim.Expires > 0 {
		until = time.Unix(int64(claim.Expires), 0).UTC()
	}
	return byJWT, claim.Subject, until
}

// caDigest is the SHA-256 of the first certificate of the CA bundle, hex; "" where the
// kubeconfig brings none.
func caDigest(config *rest.Config) string {
	ca := firstCertificate(content(config.CAFile, config.CAData))
	if ca == nil {
		return ""
	}
	sum := sha256.Sum256(ca.Raw)
	return hex.EncodeToString(sum[:])
}

// content is inline data, or else that of a file: client-go's order.
func content(file string, data []byte) []byte {
	if len(data) > 0 || file == "" {
		return data
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil // the transport reads it too, and says so
	}
	return data
}

func firstCertificate(bundle []byte) *x509.Certificate {
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			return c
		}
	}
	return nil
}
