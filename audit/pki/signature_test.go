package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSignature(t *testing.T) {
	pss := func(parameters []byte) []byte {
		der, err := asn1.Marshal(struct {
			TBS       []int
			Algorithm struct {
				OID        asn1.ObjectIdentifier
				Parameters asn1.RawValue
			}
			Signature asn1.BitString
		}{Algorithm: struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue
		}{oidPSS, asn1.RawValue{FullBytes: parameters}}})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	cases := []struct {
		name      string
		algorithm x509.SignatureAlgorithm
		raw       []byte
		want      []Code
	}{
		{"RSA with SHA-256", x509.SHA256WithRSA, nil, []Code{}},
		{"Ed25519", x509.PureEd25519, nil, []Code{}},
		{"RSA with SHA-1", x509.SHA1WithRSA, nil, []Code{SigSHA1}},
		{"DSA with SHA-1", x509.DSAWithSHA1, nil, []Code{SigSHA1}},
		{"ECDSA with SHA-1", x509.ECDSAWithSHA1, nil, []Code{SigSHA1}},
		{"RSA with MD5", x509.MD5WithRSA, nil, []Code{SigMD5}},
		{"RSA with MD2", x509.MD2WithRSA, nil, []Code{SigMD5}},
		{"unknown", x509.UnknownSignatureAlgorithm, nil, []Code{SigUnknown}},
		{"PSS with SHA-256", x509.SHA256WithRSAPSS, nil, []Code{}},
		{"PSS by default", x509.UnknownSignatureAlgorithm, pss([]byte{0x30, 0}), []Code{SigSHA1}},
		{"PSS with MD5", x509.UnknownSignatureAlgorithm, pss([]byte{0x30, 0x0e, 0xa0, 0x0c, 0x30, 0x0a, 0x06, 0x08,
			0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05}), []Code{SigMD5}},
		{"PSS with what isn't known", x509.UnknownSignatureAlgorithm, pss([]byte{0x30, 0x07, 0xa0, 0x05, 0x30, 0x03,
			0x06, 0x01, 0x2a}), []Code{SigUnknown}},
	}
	for _, x := range cases {
		c := describe(&x509.Certificate{SerialNumber: power(0), SignatureAlgorithm: x.algorithm, Raw: x.raw})
		if diff := cmp.Diff(x.want, codes(Signature(c))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
}
