package collect

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// compareKey says whether a private key, PEM, belongs to the first of some certificates,
// "" where that certificate can't be read. It is the only place where a private key is
// decoded: nothing of it is returned, and it is overwritten where it lies.
func compareKey(key []byte, certificates string) string {
	defer clear(key)
	if len(bytes.TrimSpace(key)) == 0 {
		return audit.KeyAbsent
	}
	private := parseKey(key)
	if private == nil {
		return audit.KeyUnreadable
	}
	defer forget(private)
	first, _ := pem.Decode([]byte(certificates))
	if first == nil {
		return ""
	}
	certificate, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return ""
	}
	public, comparable := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !comparable:
		return audit.KeyUnreadable
	case public.Equal(certificate.PublicKey):
		return audit.KeyMatches
	}
	return audit.KeyDiffers
}

// A privateKey tells its public half.
type privateKey interface{ Public() crypto.PublicKey }

// parseKey decodes the first block of a private key, as TLS libraries take it; nil where
// there is none, or none that crypto/x509 can parse: encrypted ones, uncommon curves.
func parseKey(text []byte) privateKey {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return nil
		}
		private := parseBlock(block)
		clear(block.Bytes)
		if private != nil || strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return private
		}
	}
}

func parseBlock(block *pem.Block) privateKey {
	var parsed any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	}
	if err != nil {
		return nil
	}
	private, _ := parsed.(privateKey)
	return private
}

// forget overwrites the numbers of a private key. Copies that the library keeps for itself
// end with the next collections of garbage; a test looks for them.
func forget(private privateKey) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		clear(k.D.Bits())
		for _, number := range append(k.Primes, k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv) {
			if number != nil {
				clear(number.Bits())
			}
		}
	case *ecdsa.PrivateKey:
		clear(k.D.Bits())
	case ed25519.PrivateKey:
		clear(k)
	}
}
