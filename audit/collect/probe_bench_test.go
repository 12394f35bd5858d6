package collect

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// BenchmarkProbe asks for 5,000 hosts on loopback, each of which has a certificate of its
// own: with two of an authority behind it, as public ones have, and with as many as fit into
// what crypto/tls takes of one server. The memory is the most that the heap held, that of
// the servers, which run in the same process, included.
func BenchmarkProbe(b *testing.B) {
	const servers = 5000
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // as cmd/kubevidence does
	for _, test := range []struct {
		name  string
		bytes int // of the chain
	}{{"usual", 3000}, {"largest", 250_000}} {
		b.Run(test.name, func(b *testing.B) {
			config := &tls.Config{GetCertificate: distinct(b, test.bytes)}
			server := listenOn(b, "127.0.0.1:0", func(conn net.Conn) {
				_ = tls.Server(conn, config).Handshake()
				_ = conn.Close()
			})
			hosts := make([]audit.ServedHost, servers)
			for i := range hosts {
				hosts[i] = audit.ServedHost{Host: fmt.Sprintf("h%d.example.com", i), Address: "192.0.2.1", Port: 443}
			}
			var most uint64
			for b.Loop() {
				p := asking(server, time.Minute)
				p.Lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, nil }
				var one sync.Mutex
				done := 0
				list := p.ask(context.Background(), hosts, func() {
					one.Lock()
					defer one.Unlock()
					if done++; done%100 == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most = max(most, m.HeapAlloc)
					}
				})
				if len(list) != servers {
					b.Fatalf("%d handshakes", len(list))
				}
			}
			b.ReportMetric(float64(most)/1e6, "MB")
		})
	}
}

// distinct makes a certificate for each name, of one key, with others behind it that weigh
// so much together, as many as are kept.
func distinct(b *testing.B, weight int) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	key := presenting(b, demo, demo, at).PrivateKey.(*ecdsa.PrivateKey)
	count := min(maxChain-1, weight/1500)
	filler := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: at, ExtraExtensions: []pkix.Extension{
		{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: make([]byte, weight/count-300)},
	}}
	der, err := x509.CreateCertificate(rand.Reader, filler, filler, key.Public(), key)
	if err != nil {
		b.Fatal(err)
	}
	rest := slices.Repeat([][]byte{der}, count)
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{hello.ServerName}, NotAfter: at}
		der, err := x509.CreateCertificate(rand.Reader, template, filler, key.Public(), key)
		return &tls.Certificate{Certificate: append([][]byte{der}, rest...), PrivateKey: key}, err
	}
}
