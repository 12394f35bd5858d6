// Command mkcert prints a certificate for a case file, as PEM or, with -base64, the way
// YAML holds bytes. Its key is thrown away: no case needs one.
//
//	go run ./testdata/mkcert -cn demo -dns demo.example.com -from 2026-11-02T12:00:00Z -to 2027-01-31T12:00:00Z
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	cn := flag.String("cn", "", "common name of the subject")
	dns := flag.String("dns", "", "DNS names, separated by commas")
	ips := flag.String("ip", "", "IP addresses, separated by commas")
	from := flag.String("from", "2026-11-02T12:00:00Z", "notBefore")
	to := flag.String("to", "2027-01-31T12:00:00Z", "notAfter")
	key := flag.String("key", "p256", "p224, p256, ed25519, rsaBITS, rsaBITSeEXPONENT, close, factor, @FILE for that of a certificate")
	ca := flag.Bool("ca", false, "a CA")
	eku := flag.Bool("eku", true, "extended key usage serverAuth")
	client := flag.Bool("client", false, "extended key usage clientAuth alone")
	sha1 := flag.Bool("sha1", false, "signed with SHA-1")
	public := flag.Bool("public", false, "says that a public CA issued it (CA/B policy 2.23.140.1.2.1)")
	self := flag.Bool("self", false, "signed by its own key, an ECDSA one")
	issuer := flag.String("issuer", "Case CA", "common name of the issuer")
	chain := flag.String("chain", "", "print the issuer's certificate too, which ends at this instant")
	reversed := flag.Bool("reversed", false, "print the issuer's certificate first")
	encode := flag.Bool("base64", false, "print base64 of the PEM")
	flag.Parse()

	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: *cn},
		NotBefore:    instant(*from), NotAfter: instant(*to),
		BasicConstraintsValid: true, IsCA: *ca,
	}
	for name := range strings.SplitSeq(*dns, ",") {
		if name != "" {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	for ip := range strings.SplitSeq(*ips, ",") {
		if ip != "" {
			template.IPAddresses = append(template.IPAddresses, net.ParseIP(ip))
		}
	}
	switch {
	case *client:
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case *eku:
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if *sha1 {
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	if *public {
		policy, err := x509.OIDFromInts([]uint64{2, 23, 140, 1, 2, 1})
		check(err)
		template.Policies = []x509.OID{policy}
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: *issuer}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: instant("2020-01-01T00:00:00Z"), NotAfter: instant("2040-01-01T00:00:00Z"),
	}
	if *chain != "" {
		authority.NotAfter = instant(*chain)
	}
	var text []byte
	if *self {
		text = certify(template, template, signer.Public(), signer)
	} else {
		text = certify(template, authority, publicKey(*key), signer)
	}
	if *chain != "" {
		// Its own signature is another CA's: it is an intermediate.
		above := &x509.Certificate{Subject: pkix.Name{CommonName: "Case Root"}, IsCA: true, BasicConstraintsValid: true}
		root, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		check(err)
		intermediate := certify(authority, above, signer.Public(), root)
		if *reversed {
			text = append(intermediate, text...)
		} else {
			text = append(text, intermediate...)
		}
	}
	if *encode {
		text = []byte(base64.StdEncoding.EncodeToString(text))
	}
	fmt.Println(strings.TrimSpace(string(text)))
}

func certify(template, authority *x509.Certificate, key crypto.PublicKey, signer crypto.Signer) []byte {
	der, err := x509.CreateCertificate(rand.Reader, template, authority, key, signer)
	check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func publicKey(kind string) crypto.PublicKey {
	switch kind {
	case "p224", "p256":
		curve := map[string]elliptic.Curve{"p224": elliptic.P224(), "p256": elliptic.P256()}[kind]
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		check(err)
		return key.Public()
	case "close": // primes that Fermat's method finds
		p, err := rand.Prime(rand.Reader, 1024)
		check(err)
		q := new(big.Int).Add(p, big.NewInt(2))
		for !q.ProbablyPrime(20) {
			q.Add(q, big.NewInt(2))
		}
		return &rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}
	case "factor": // 3 divides the modulus
		p, err := rand.Prime(rand.Reader, 2046)
		check(err)
		return &rsa.PublicKey{N: p.Mul(p, big.NewInt(3)), E: 65537}
	case "ed25519":
		key, _, err := ed25519.GenerateKey(rand.Reader)
		check(err)
		return key
	}
	if file, ok := strings.CutPrefix(kind, "@"); ok {
		data, err := os.ReadFile(file)
		check(err)
		block, _ := pem.Decode(data)
		certificate, err := x509.ParseCertificate(block.Bytes)
		check(err)
		return certificate.PublicKey
	}
	var bits, exponent int
	if n, _ := fmt.Sscanf(kind, "rsa%de%d", &bits, &exponent); n == 0 {
		log.Fatalf("unknown key %q", kind)
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	check(err)
	if exponent != 0 {
		key.E = exponent
	}
	return key.Public()
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	check(err)
	return t
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
