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
	"strings"
	"time"
)

func main() {
	cn := flag.String("cn", "", "common name of the subject")
	dns := flag.String("dns", "", "DNS names, separated by commas")
	ips := flag.String("ip", "", "IP addresses, separated by commas")
	from := flag.String("from", "2026-11-02T12:00:00Z", "notBefore")
	to := flag.String("to", "2027-01-31T12:00:00Z", "notAfter")
	key := flag.String("key", "p256", "p224, p256, ed25519, rsaBITS, rsaBITSeEXPONENT")
	ca := flag.Bool("ca", false, "a CA")
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
	authority := &x509.Certificate{Subject: pkix.Name{CommonName: "Case CA"}, IsCA: true, BasicConstraintsValid: true}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	der, err := x509.CreateCertificate(rand.Reader, template, authority, public(*key), signer)
	check(err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if *encode {
		text = []byte(base64.StdEncoding.EncodeToString(text))
	}
	fmt.Println(strings.TrimSpace(string(text)))
}

func public(kind string) crypto.PublicKey {
	switch kind {
	case "p224", "p256":
		curve := map[string]elliptic.Curve{"p224": elliptic.P224(), "p256": elliptic.P256()}[kind]
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		check(err)
		return key.Public()
	case "ed25519":
		key, _, err := ed25519.GenerateKey(rand.Reader)
		check(err)
		return key
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
