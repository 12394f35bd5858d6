package collect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kubevidence/kubevidence/audit"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

func jwt(payload string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

func TestIdentity(t *testing.T) {
	certificate, key := makePair(t)
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte(jwt(`{"sub":"system:serviceaccount:a:b"}`)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		config rest.Config
		want   audit.Identity
	}{
		{"nobody", rest.Config{}, audit.Identity{Method: "none"}},
		{
			"certificate", rest.Config{BearerToken: "x", TLSClientConfig: rest.TLSClientConfig{CertData: []byte(certificate), KeyData: []byte(key)}},
			audit.Identity{Method: "certificate", Name: "auditor"},
		},
		{"service account", rest.Config{BearerTokenFile: tokenFile}, audit.Identity{Method: "jwt", Name: "system:serviceaccount:a:b"}},
		{"token that tells", rest.Config{BearerToken: jwt(`{"sub":"jane","exp":1}`)}, audit.Identity{Method: "jwt", Name: "jane"}},
		{"token that doesn't", rest.Config{BearerToken: "k8s-aws-v1.aHR0cHM6Ly9zdHM"}, audit.Identity{Method: "opaque"}},
		{"token of three parts", rest.Config{BearerToken: "a.b.c"}, audit.Identity{Method: "opaque"}},
		{"plugin", rest.Config{ExecProvider: &clientcmdapi.ExecConfig{}}, audit.Identity{Method: "opaque"}},
		{
			"impersonation", rest.Config{BearerToken: jwt(`{"sub":"jane"}`), Impersonate: rest.ImpersonationConfig{UserName: "root"}},
			audit.Identity{Method: "jwt", Name: "jane", Impersonated: "root"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, credentialOf(&test.config).Identity); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	sent := 0
	transport := ReadOnly(roundTripper(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}))
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", ""} {
		request := httptest.NewRequest(http.MethodGet, "http://x/api/v1/pods", nil)
		request.Method = method
		if _, err := transport.RoundTrip(request); err == nil || !strings.Contains(err.Error(), "kubevidence only reads") {
			t.Errorf("%s: error is %v", method, err)
		}
	}
	withBody := httptest.NewRequest(http.MethodGet, "http://x", strings.NewReader("x"))
	upgrade := httptest.NewRequest(http.MethodGet, "http://x/api/v1/namespaces/a/pods/b/exec", nil)
	upgrade.Header.Set("Upgrade", "websocket")
	for _, request := range []*http.Request{withBody, upgrade} {
		if _, err := transport.RoundTrip(request); err == nil {
			t.Errorf("sent %v", request)
		}
	}
	if sent != 0 {
		t.Errorf("%d requests left", sent)
	}
	if _, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, "http://x", nil)); err != nil || sent != 1 {
		t.Errorf("a GET wasn't sent: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The transport of Live itself refuses, whatever a kubeconfig wraps around it.
func TestLiveTransportIsReadOnly(t *testing.T) {
	c, err := newClient(&LiveOptions{Config: &rest.Config{Host: "http://127.0.0.1:1", BearerToken: "x", Impersonate: rest.ImpersonationConfig{UserName: "u"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.http.Post(c.server.String()+"/api/v1/pods", "application/json", strings.NewReader("{}")) //nolint:bodyclose // there is none
	if err == nil || !strings.Contains(err.Error(), "refused to send POST /api/v1/pods") {
		t.Errorf("error is %v", err)
	}
}

func TestLiveExplainsConnections(t *testing.T) {
	certificate, key := makePair(t)
	old, oldKey := makePairUntil(t, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	pair, err := tls.X509KeyPair([]byte(old), []byte(oldKey))
	if err != nil {
		t.Fatal(err)
	}
	secure := func(configure func(*tls.Config)) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{}
		configure(server.TLS)
		server.StartTLS()
		t.Cleanup(server.Close)
		return server
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	t.Cleanup(plain.Close)
	ordinary := secure(func(*tls.Config) {})
	asks := secure(func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool() })
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ordinary.Certificate().Raw})
	outdated := secure(func(c *tls.Config) { c.Certificates = []tls.Certificate{pair} })

	for _, test := range []struct {
		name   string
		config rest.Config
		now    time.Time
		want   string
	}{
		{"nothing listens", rest.Config{Host: closed.URL}, at, "connection refused: nothing listens there; is the API server running"},
		{"no such name", rest.Config{Host: "https://cluster.invalid"}, at, "the server's name doesn't resolve"},
		{"another CA", rest.Config{Host: ordinary.URL, TLSClientConfig: rest.TLSClientConfig{CAData: []byte(certificate)}}, at, "the server's certificate isn't signed by the CA of the kubeconfig"},
		{"no TLS", rest.Config{Host: strings.Replace(plain.URL, "http:", "https:", 1)}, at, "the server doesn't speak TLS there"},
		{"another name", rest.Config{Host: ordinary.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca, ServerName: "kubernetes"}}, at, "the server's certificate is for other names"},
		{"an old certificate", rest.Config{Host: outdated.URL, TLSClientConfig: rest.TLSClientConfig{CAData: []byte(old), ServerName: "example.com"}}, at, "the server's own certificate isn't valid at this time"},
		{
			"an expired client certificate",
			rest.Config{Host: asks.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca, CertData: []byte(certificate), KeyData: []byte(key)}},
			at.Add(48 * time.Hour),
			"(the client certificate of auditor expired on 2026-11-22T22:04:50Z)",
		},
		{
			"an expired token",
			rest.Config{Host: ordinary.URL, BearerToken: jwt(`{"sub":"jane","exp":1795300000}`), TLSClientConfig: rest.TLSClientConfig{CAData: ca}},
			at.Add(48 * time.Hour),
			"the server doesn't accept these credentials; renew them or choose another context (the token of jane expired on 2026-11-21T",
		},
		{"a CA that isn't there", rest.Config{Host: ordinary.URL, TLSClientConfig: rest.TLSClientConfig{CAFile: "/nowhere/ca.crt"}}, at, "credentials of the kubeconfig: "},
		{"a server that is no URL", rest.Config{Host: "https://[::"}, at, `server "https://[::" of the kubeconfig: `},
	} {
		t.Run(test.name, func(t *testing.T) {
			waited := 0
			s, err := Live(context.Background(), LiveOptions{
				Config: &test.config, Resources: Resources(), Now: func() time.Time { return test.now },
				Wait: func(context.Context, time.Duration) error { waited++; return nil },
			})
			if s != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is\n%v\nwant\n%s", err, test.want)
			}
			if waited > 0 {
				t.Errorf("tried again %d times what can't get better", waited)
			}
		})
	}
}

func TestClusterIdentity(t *testing.T) {
	certificate, _ := makePair(t)
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	o := server.start(t)
	o.Cluster = "production"
	o.Config.CAData = []byte(certificate)
	o.Config.Host = strings.Replace(o.Config.Host, "http://", "http://user:hunter2@", 1) + "/?token=hunter2"
	o.Config.CAData = nil // no TLS over plain HTTP
	s := scan(t, o)
	want := audit.Cluster{Name: "production", UID: "uid-kube-system", Version: "v1.37.2"}
	if diff := cmp.Diff(want, s.Cluster, cmpopts.IgnoreFields(audit.Cluster{}, "Server")); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(s.Cluster.Server, "hunter2") {
		t.Errorf("server is %s", s.Cluster.Server)
	}
	if got := caDigest(&rest.Config{TLSClientConfig: rest.TLSClientConfig{CAData: []byte(certificate)}}); len(got) != 64 {
		t.Errorf("CA digest is %q", got)
	}
}
