package collect

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// presenting makes a certificate for a host, with a subject, and its key.
func presenting(t testing.TB, host, subject string, end time.Time) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject}, DNSNames: []string{host},
		NotBefore: end.AddDate(0, -3, 0), NotAfter: end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// A tlsServer answers on loopback, each connection by itself.
type tlsServer struct {
	address string
	after   chan error // what reading after the handshake gave: nobody sends anything
}

func listenOn(t testing.TB, loopback string, answer func(net.Conn)) *tlsServer {
	t.Helper()
	listener, err := net.Listen("tcp", loopback)
	if err != nil {
		t.Skipf("no %s on this machine: %v", loopback, err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return &tlsServer{address: listener.Addr().String()}
}

// serveTLS answers handshakes and notes what comes after them.
func serveTLS(t testing.TB, loopback string, config *tls.Config) *tlsServer {
	after := make(chan error, 100)
	s := listenOn(t, loopback, func(conn net.Conn) {
		defer conn.Close() //nolint:errcheck // a test's
		server := tls.Server(conn, config)
		if server.Handshake() != nil {
			return
		}
		_, err := server.Read(make([]byte, 1))
		after <- err
	})
	s.after = after
	return s
}

// asking is a prober whose connections to any address go to a server on loopback.
func asking(s *tlsServer, timeout time.Duration) *prober {
	return newProber(&ProbeOptions{
		Timeout: timeout,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.address)
		},
		Lookup: func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("nobody asks") },
	}, func() time.Time { return at })
}

const demo = "demo.example.com"

func TestHandshake(t *testing.T) {
	right := presenting(t, demo, demo, at.AddDate(0, 1, 0))
	other := presenting(t, "other.example.com", "other.example.com", at.AddDate(0, 1, 0))
	byName := func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName == demo {
			return &right, nil
		}
		return &other, nil
	}
	for _, test := range []struct {
		name, loopback string
		config         *tls.Config
		presented      tls.Certificate
		version        string
		oldest         string
	}{
		{"right", "127.0.0.1:0", &tls.Config{GetCertificate: byName}, right, "1.3", "1.3"},
		{"IPv6", "[::1]:0", &tls.Config{GetCertificate: byName}, right, "1.3", "1.3"},
		{"TLS 1.2 at most", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}, MaxVersion: tls.VersionTLS12}, right, "1.2", "1.2"},
		{"old ones too", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}, MinVersion: tls.VersionTLS10}, right, "1.3", "1.1"},
		{"TLS 1.1 only", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}, MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, right, "1.1", "1.1"},
		{"default certificate", "127.0.0.1:0", nil, presenting(t, "ingress.local", "Kubernetes Ingress Controller Fake Certificate", at.AddDate(1, 0, 0)), "1.3", "1.3"},
		{"expired", "127.0.0.1:0", nil, presenting(t, demo, demo, at.AddDate(0, 0, -1)), "1.3", "1.3"},
		{"wants a client's certificate", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, right, "1.2", "1.2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.config == nil {
				test.config = &tls.Config{Certificates: []tls.Certificate{test.presented}}
			}
			s := serveTLS(t, test.loopback, test.config)
			h := audit.Handshake{Host: demo, Address: "192.0.2.1", Port: 443}
			asking(s, time.Minute).handshake(t.Context(), &h)
			block, _ := pem.Decode([]byte(h.Certificates))
			if h.Error != "" || block == nil || string(block.Bytes) != string(test.presented.Certificate[0]) {
				t.Fatalf("presented another certificate, or none: %q\n%s", h.Error, h.Certificates)
			}
			if h.Version != test.version || h.Oldest != test.oldest || h.Cut || !h.At.Equal(at) {
				t.Errorf("TLS %s, oldest %s, cut %t, at %s; want %s and %s", h.Version, h.Oldest, h.Cut, h.At, test.version, test.oldest)
			}
			if test.config.ClientAuth == tls.NoClientCert {
				if err := <-s.after; !errors.Is(err, io.EOF) {
					t.Errorf("after the handshake the server read %v", err)
				}
			}
		})
	}
}

func TestHandshakeFails(t *testing.T) {
	right := presenting(t, demo, demo, at.AddDate(0, 1, 0))
	huge := right
	for len(huge.Certificate) < 1<<20/len(right.Certificate[0]) {
		huge.Certificate = append(huge.Certificate, right.Certificate[0])
	}
	negative := right
	negative.Certificate = [][]byte{bytes.Replace(right.Certificate[0], []byte{0x02, 0x01, 0x01}, []byte{0x02, 0x01, 0xff}, 1)} // its serial number
	hangs := func(conn net.Conn) {
		_, _ = io.Copy(io.Discard, conn) // until the other side gives up
		_ = conn.Close()
	}
	for _, test := range []struct {
		name    string
		server  *tlsServer
		timeout time.Duration
		words   string
	}{
		{"resets", listenOn(t, "127.0.0.1:0", func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}), time.Minute, "read: connection reset by peer"},
		{"ends", listenOn(t, "127.0.0.1:0", func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1<<16))
			_ = conn.Close()
		}), time.Minute, "the server ended the connection before it presented a certificate"},
		{"hangs", listenOn(t, "127.0.0.1:0", hangs), 50 * time.Millisecond, "no handshake within 50ms"},
		{"speaks no TLS", listenOn(t, "127.0.0.1:0", func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
			_, _ = io.Copy(io.Discard, conn)
		}), time.Minute, "tls: first record does not look like a TLS handshake"},
		{"another name", serveTLS(t, "127.0.0.1:0", &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return nil, errors.New("no " + hello.ServerName)
		}}), time.Minute, "remote error: tls: internal error"},
		{"1 MB of certificates", serveTLS(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{huge}}), time.Minute, "exceeds maximum"},
		{"negative serial number", serveTLS(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{negative}}), time.Minute, "x509: negative serial number"},
		{"nobody listens", &tlsServer{address: "127.0.0.1:1"}, time.Minute, "dial: connection refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := audit.Handshake{Host: demo, Address: "192.0.2.1", Port: 443}
			asking(test.server, test.timeout).handshake(t.Context(), &h)
			if !strings.Contains(h.Error, test.words) || h.Certificates != "" || h.Version != "" || h.Oldest != "" {
				t.Errorf("%+v, want the error %q", h, test.words)
			}
			if words := h.Unparsable(); (words != "") != (test.name == "negative serial number") {
				t.Errorf("what it presented is unparsable: %q", words)
			}
		})
	}
}

// A server that takes too long with an old version has refused nothing.
func TestOldestIsUnknown(t *testing.T) {
	right := presenting(t, demo, demo, at.AddDate(0, 1, 0))
	p := asking(serveTLS(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}}), time.Minute)
	dial, dialled := p.Dial, 0
	p.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dialled++; dialled > 1 {
			return nil, context.DeadlineExceeded
		}
		return dial(ctx, network, address)
	}
	h := audit.Handshake{Host: demo, Address: "192.0.2.1", Port: 443}
	p.handshake(t.Context(), &h)
	if h.Version != "1.3" || h.Oldest != "" {
		t.Errorf("TLS %s, oldest %q (%s)", h.Version, h.Oldest, h.Error)
	}
}

func TestManyCertificatesAreCut(t *testing.T) {
	right := presenting(t, demo, demo, at.AddDate(0, 1, 0))
	for range 20 {
		right.Certificate = append(right.Certificate, right.Certificate[0])
	}
	s := serveTLS(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{right}})
	p := asking(s, time.Minute)
	h := audit.Handshake{Host: demo, Address: "192.0.2.1", Port: 443}
	p.handshake(t.Context(), &h)
	if got := strings.Count(h.Certificates, "BEGIN"); got != maxChain || !h.Cut {
		t.Errorf("%d certificates are kept, cut: %t", got, h.Cut)
	}
	p.kept.seen, p.kept.left = map[string]string{}, 1000
	p.handshake(t.Context(), &h)
	if got := strings.Count(h.Certificates, "BEGIN"); got != 1 || !h.Cut {
		t.Errorf("with little room %d certificates are kept, cut: %t", got, h.Cut)
	}
	p.kept.seen, p.kept.left = map[string]string{}, 10
	p.handshake(t.Context(), &h)
	if h.Certificates != "" || h.Error == "" {
		t.Errorf("without room %q is kept, and said: %q", h.Certificates, h.Error)
	}
}
