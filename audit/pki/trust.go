package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"
	"time"
)

// A Trust says whose word a certificate is.
type Trust string

// The trusts.
const (
	TrustPublic  Trust = "public"     // it chains to an embedded root
	TrustClaimed Trust = "claimed"    // it says that a public CA issued it, but doesn't chain to an embedded root
	TrustNamed   Trust = "named"      // it chains to a CA that the organization named
	TrustSelf    Trust = "selfSigned" // its own key signed it
	TrustStaging Trust = "staging"    // a public CA's staging environment issued it
	TrustPrivate Trust = "private"    // none of these: a private CA, as far as anybody can tell
)

// Public reports whether the requirements on public certificates hold. What claims to be public is held to them:
// an intermediate that a server forgot doesn't make its CA a private one.
func (t Trust) Public() bool { return t == TrustPublic || t == TrustClaimed }

// Trust says whose word the end entity of a bundle is. Whether it is valid now doesn't matter: an expired public
// certificate is a public one.
//
// Where a bundle doesn't lead to an embedded root, a certificate still tells a public CA's from a private one's:
// a policy that the CA/Browser Forum reserves (2.23.140.1.2 and, for EV, 2.23.140.1.1; BR 7.1.6.1) or embedded
// timestamps of Certificate Transparency logs (RFC 6962, 3.3), which take public CAs' certificates only.
func (r *Roots) Trust(bundle []*Certificate) Trust {
	leaf := EndEntity(bundle)
	switch {
	case leaf == nil:
		return TrustPrivate
	case r.anchors(&r.public, leaf, bundle):
		return TrustPublic
	case r.anchors(&r.named, leaf, bundle):
		return TrustNamed
	case r.stagingIssuer(leaf) != "":
		return TrustStaging
	case SelfSigned(leaf):
		return TrustSelf
	case claimsPublic(leaf):
		return TrustClaimed
	}
	return TrustPrivate
}

// A chain leads from an issuer to a root of one of the stores.
type chain struct {
	store *anchors
	path  []*x509.Certificate
}

// anchors reports whether a certificate is a root of a store, or is signed by one or by an intermediate of the
// bundle that leads to one.
func (r *Roots) anchors(store *anchors, leaf *Certificate, bundle []*Certificate) bool {
	if store.holds(leaf) {
		return true
	}
	for _, root := range store.signers(leaf) {
		if store.admits([]*x509.Certificate{leaf.x509, root.x509}) {
			return true
		}
	}
	for _, issuer := range issuersOf(leaf, bundle, signedYes) {
		for _, c := range r.chains(issuer, bundle) {
			if c.store == store && store.admits(append([]*x509.Certificate{leaf.x509}, c.path...)) {
				return true
			}
		}
	}
	return false
}

// admits reports whether the constraint that Mozilla puts on the root of a chain, if any, allows it.
func (a *anchors) admits(chain []*x509.Certificate) bool {
	constraint := a.constraint[digest(chain[len(chain)-1].Raw)]
	return constraint == nil || constraint(chain) == nil
}

// chains returns the chains from an issuer to the roots, over the other certificates of a bundle. They are kept:
// thousands of certificates share a few issuers.
func (r *Roots) chains(issuer *Certificate, bundle []*Certificate) []chain {
	if !issuer.x509.IsCA || !verifiable(issuer) {
		return nil
	}
	var key strings.Builder
	key.WriteString(issuer.Fingerprint)
	others := x509.NewCertPool()
	latest := issuer.NotBefore
	for _, c := range bundle {
		if c.x509.IsCA && verifiable(c) && c.Fingerprint != issuer.Fingerprint {
			key.WriteString(c.Fingerprint)
			others.AddCert(c.x509)
			if c.NotBefore.After(latest) {
				latest = c.NotBefore
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if kept, ok := r.anchored[key.String()]; ok {
		return kept
	}
	var found []chain
	for _, store := range []*anchors{&r.public, &r.named} {
		for _, at := range []time.Time{issuer.NotBefore, latest} {
			paths, err := issuer.x509.Verify(x509.VerifyOptions{
				Roots: store.pool, Intermediates: others, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			})
			if err != nil {
				continue
			}
			for _, path := range paths {
				found = append(found, chain{store, path})
			}
			break
		}
	}
	r.anchored[key.String()] = found
	return found
}

var (
	oidForumPolicies = asn1.ObjectIdentifier{2, 23, 140, 1, 2}
	oidForumEV       = asn1.ObjectIdentifier{2, 23, 140, 1, 1}
)

// claimsPublic reports whether a certificate bears the marks of a public CA.
func claimsPublic(c *Certificate) bool {
	forum := func(id asn1.ObjectIdentifier) bool {
		return id.Equal(oidForumEV) || len(id) == 6 && id[:5].Equal(oidForumPolicies)
	}
	return extension(c, oidTimestamps) || slices.ContainsFunc(c.x509.PolicyIdentifiers, forum)
}
