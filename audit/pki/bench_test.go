package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"runtime"
	"runtime/debug"
	"testing"
)

// BenchmarkDefects judges 10,000 bundles of a leaf and an intermediate, half of them of RSA keys with 2048 bits,
// half of P-256, each under a public root: keys, names, chain and trust. The goals are 3 s on one core and 50 MB
// beyond what was parsed.
func BenchmarkDefects(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const count = 10_000
	rsaSigner, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	roots := testRoots(b)
	roots.public = newAnchors()
	bundles := make([][]*Certificate, 0, count)
	for _, signer := range []crypto.Signer{rsaSigner, testKey} {
		root := parsed(b, authority("Public Root"), signer)
		roots.public.add(root, nil)
		middle := signFor(b, root, authority("Public CA"), signer.Public(), signer)
		for i := range count / 2 {
			key := signer.Public()
			if signer == crypto.Signer(rsaSigner) {
				key = &rsa.PublicKey{N: odd(b, 2048), E: 65537}
			}
			leaf := signFor(b, middle, x509.Certificate{DNSNames: []string{fmt.Sprintf("host-%d.example.com", i)}}, key, signer)
			bundles = append(bundles, []*Certificate{leaf, middle})
		}
	}
	var before, after runtime.MemStats
	debug.FreeOSMemory()
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	for b.Loop() {
		roots.anchored = map[string][]chain{}
		for _, bundle := range bundles {
			bundle[0].signer.Store(nil)
			Defects(bundle, start, roots)
			if roots.Trust(bundle) != TrustPublic {
				b.Fatal("a public certificate isn't told")
			}
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapSys-after.HeapReleased-before.HeapSys+before.HeapReleased)/1e6, "MB-grown")
}

// odd returns a random odd number: it costs as much to look for a prime's weaknesses.
func odd(b *testing.B, size uint) *big.Int {
	n, err := rand.Int(rand.Reader, power(size-1))
	if err != nil {
		b.Fatal(err)
	}
	n.SetBit(n, int(size-1), 1)
	return n.SetBit(n, 0, 1)
}
