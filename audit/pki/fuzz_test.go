package pki

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

// FuzzParse feeds bundles of any shape. Nothing may panic; what isn't read is an error of the one type, and what
// is read was in a CERTIFICATE block.
func FuzzParse(f *testing.F) {
	f.Add(issue(f, x509.Certificate{DNSNames: []string{"*.example.com"}}, testKey))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		certificates, err := Parse(bundle)
		var refusal *ParseError
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("error %T", err)
		}
		if err == nil && len(certificates) == 0 {
			t.Error("nothing read, and no error")
		}
		for _, c := range certificates {
			Validity(c, time.Unix(0, 0))
			Names(c)
			Key(c, BSI)
			for _, host := range append(c.DNSNames, c.CommonNames...) {
				Covers(c, host)
			}
			_ = c.PublicKey.String()
		}
		EndEntity(certificates)
	})
}
