package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/report"
	"golang.org/x/tools/txtar"
)

// TestProbeToRecord: a certificate that a TLS server presents gets through a whole scan into
// the record, as evidence of findings and into the inventory. The server stands on loopback,
// where no address of a status is asked: the connection alone is led there.
func TestProbeToRecord(t *testing.T) {
	const host = "shop.example.com"
	now := time.Now().Truncate(time.Second)
	served := certify(t, host, now.AddDate(0, 0, -1), now.AddDate(0, 0, 89))
	server := present(t, served)
	url, stop := canned(clusterOf(t, "scan_probe.txtar", "127.0.0.1", "192.0.2.7"))
	t.Cleanup(stop)
	config := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(config, []byte(kubeconfig(url)), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	var asked []string
	s := &scan{edition: bothEditions, output: "json", exitZero: true, input: input{
		std: streams{out: &stdout, err: &stderr}, kubeconfig: config, probe: true,
		probing: collect.ProbeOptions{
			Timeout: time.Minute,
			Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				asked = append(asked, address)
				return new(net.Dialer).DialContext(ctx, network, server)
			},
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("192.0.2.7")}, nil
			},
		},
	}}
	if err := s.complete(); err != nil {
		t.Fatal(err)
	}
	if err := s.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var record report.Record
	if err := json.Unmarshal(stdout.Bytes(), &record); err != nil {
		t.Fatal(err)
	}
	if asked = slices.Compact(asked); !slices.Equal(asked, []string{"192.0.2.7:443"}) {
		t.Errorf("connected to %v, not to the address of the status alone", asked)
	}

	for check, want := range map[string]audit.Status{"SEC-03": audit.Pass, "SEC-12": audit.Fail, "ING-04": audit.Pass, "ING-11": audit.Pass} {
		i := slices.IndexFunc(record.Findings, func(f audit.Finding) bool { return f.Check == check && f.Subject.Name == "web" })
		if i < 0 {
			t.Errorf("%s: no finding of Ingress shop/web", check)
			continue
		}
		f := &record.Findings[i]
		if f.Status != want || !slices.ContainsFunc(f.Evidence, func(e audit.Evidence) bool { return e.Level == audit.Served }) {
			t.Errorf("%s is %s by %+v, want %s at level served", check, f.Status, f.Evidence, want)
		}
	}
	sum := sha256.Sum256(served.Certificate[0])
	if len(record.Inventory.Certificates) != 1 {
		t.Fatalf("the inventory has %+v", record.Inventory.Certificates)
	}
	c := record.Inventory.Certificates[0]
	if c.Level != audit.Served || c.SHA256 != hex.EncodeToString(sum[:]) || c.Secret != "shop-tls" || c.Presence != "notRead" ||
		!c.NotAfter.Equal(now.AddDate(0, 0, 89)) || !slices.Equal(c.UsedBy, []string{"Ingress shop/web"}) || !slices.Equal(c.Hosts, []string{host}) {
		t.Errorf("in the inventory, of what was served with SHA-256 %x: %+v", sum, c)
	}
}

// certify makes a certificate for a host that signs itself, and its key.
func certify(t *testing.T, host string, start, end time.Time) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x5e7), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: start, NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

func pemOf(c tls.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
}

// present starts a server on loopback that makes TLS handshakes and nothing else, and returns
// its address.
func present(t *testing.T, certificate tls.Certificate) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()               //nolint:errcheck // a test's
				_ = conn.(*tls.Conn).Handshake() // what comes of it the client says
				_, _ = io.Copy(io.Discard, conn) // until the client goes
			}()
		}
	}()
	return listener.Addr().String()
}

// clusterOf writes the cluster of a script to a folder, with a text in it replaced.
func clusterOf(t *testing.T, script, was, is string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "script", script))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, file := range archive.Files {
		path := filepath.Join(folder, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.ReplaceAll(file.Data, []byte(was), []byte(is)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "cluster")
}
