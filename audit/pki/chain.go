package pki

import (
	"bytes"
	"slices"
)

// EndEntity returns the certificate of a bundle that is the server's own: the first whose subject isn't the
// issuer of another one. Servers must put it first (RFC 8446, 4.4.2), but some bundles are the wrong way round;
// whether that is so is for others to say. Nil for no certificates.
func EndEntity(bundle []*Certificate) *Certificate {
	for _, c := range bundle {
		issued := func(other *Certificate) bool {
			return other != c && other.Fingerprint != c.Fingerprint && bytes.Equal(other.x509.RawIssuer, c.x509.RawSubject)
		}
		if !slices.ContainsFunc(bundle, issued) {
			return c
		}
	}
	if len(bundle) > 0 {
		return bundle[0]
	}
	return nil
}
