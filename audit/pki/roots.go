package pki

import (
	"crypto/x509"
	"fmt"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// RootsDate is the day of the embedded roots: that of the module's version.
const RootsDate = "2026-10-30"

// Roots are the certificates that chains may end in: Mozilla's, which this program embeds, with the constraints
// that Mozilla puts on some of them, and CAs that an organization names. The host's are never used. They may be
// shared between goroutines.
type Roots struct {
	public, named anchors
	staging       []string // how an attribute of the issuer's name begins where a CA for trials issued
	mu            sync.Mutex
	anchored      map[string][]chain // what issuer returned, by fingerprint
}

// anchors are the certificates of one store.
type anchors struct {
	pool       *x509.CertPool
	bySubject  map[string][]*Certificate
	constraint map[string]func([]*x509.Certificate) error // by fingerprint
}

func newAnchors() anchors {
	return anchors{x509.NewCertPool(), map[string][]*Certificate{}, map[string]func([]*x509.Certificate) error{}}
}

func (a *anchors) add(c *Certificate, constraint func([]*x509.Certificate) error) {
	if constraint == nil {
		a.pool.AddCert(c.x509)
	} else {
		a.pool.AddCertWithConstraint(c.x509, constraint)
		a.constraint[c.Fingerprint] = constraint
	}
	a.bySubject[string(c.x509.RawSubject)] = append(a.bySubject[string(c.x509.RawSubject)], c)
}

var embedded = sync.OnceValues(func() (anchors, error) {
	a := newAnchors()
	for root := range bundle.Roots() {
		x, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return a, fmt.Errorf("parse an embedded root: %w", err)
		}
		a.add(describe(x), root.Constraint)
	}
	return a, nil
})

// NewRoots returns the embedded roots and, beside them, the CAs in PEM bundles that an organization trusts. CAs
// for trials are told by how an attribute of their names begins.
func NewRoots(staging []string, extra ...[]byte) (*Roots, error) {
	public, err := embedded()
	if err != nil {
		return nil, err
	}
	r := &Roots{public: public, staging: staging, named: newAnchors(), anchored: map[string][]chain{}}
	for _, bundle := range extra {
		certificates, err := Parse(bundle)
		if err != nil {
			return nil, fmt.Errorf("parse CAs: %w", err)
		}
		for _, c := range certificates {
			r.named.add(c, nil)
		}
	}
	return r, nil
}

// signers returns the roots that signed a certificate.
func (a *anchors) signers(c *Certificate) (roots []*Certificate) {
	for _, root := range a.bySubject[string(c.x509.RawIssuer)] {
		if signed(root, c) == signedYes {
			roots = append(roots, root)
		}
	}
	return roots
}

// holds reports whether a certificate is one of the roots.
func (a *anchors) holds(c *Certificate) bool {
	for _, root := range a.bySubject[string(c.x509.RawSubject)] {
		if root.Fingerprint == c.Fingerprint {
			return true
		}
	}
	return false
}
