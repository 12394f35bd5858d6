package pki

import (
	"slices"
	"time"
)

// CertificateDefects returns everything that is wrong at an instant with a certificate as a server's own, as far
// as it tells by itself: keys have the [Baseline] profile.
func CertificateDefects(c *Certificate, at time.Time, roots *Roots) []Defect {
	return slices.Concat(Validity(c, at), Names(c), Key(c, Baseline), Weakness(c), Signature(c), Server(c), Lifetime(c),
		NameForms(c), roots.Issuer(c), Serial(c))
}

// ChainDefects returns everything that is wrong at an instant with a bundle beyond its server's own certificate.
func ChainDefects(bundle []*Certificate, at time.Time, roots *Roots) []Defect {
	return slices.Concat(roots.Chain(bundle, at), ChainSignatures(bundle))
}

// Defects returns everything that is wrong at an instant with a bundle that a server presents.
func Defects(bundle []*Certificate, at time.Time, roots *Roots) []Defect {
	leaf := EndEntity(bundle)
	if leaf == nil {
		return nil
	}
	return slices.Concat(CertificateDefects(leaf, at, roots), ChainDefects(bundle, at, roots))
}
