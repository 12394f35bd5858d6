package pki

import (
	"fmt"
	"time"
)

// Defects of a bundle's order and completeness.
const (
	ChainLeafNotFirst   Code = "chain_leaf_not_first"
	ChainIncomplete     Code = "chain_incomplete" // a public CA's intermediate is missing
	ChainDuplicate      Code = "chain_duplicate"
	ChainBroken         Code = "chain_broken" // a certificate that issued none before it
	ChainElementExpired Code = "chain_element_expired"
)

// Bundles may hold thousands of certificates of one name, made to keep their readers busy.
const (
	maxSignatures = 100 // verified to tell a bundle's order; beyond that names decide
	maxIssuers    = 8   // tried for one certificate
	maxDepth      = 10  // from a server's certificate to the last intermediate
)

// EndEntity returns the certificate of a bundle that is the server's own: of those whose subject isn't the issuer
// of another one the first that is no CA's, or simply the first. Servers must put it first (RFC 8446, 4.4.2), but
// some bundles are the wrong way round; [Roots.Chain] says so. Nil for no certificates.
func EndEntity(bundle []*Certificate) *Certificate {
	issued := map[string][]string{} // up to two fingerprints by issuer: one may be the issuer's own
	for _, c := range bundle {
		issuer := string(c.x509.RawIssuer)
		if by := issued[issuer]; len(by) == 0 || len(by) == 1 && by[0] != c.Fingerprint {
			issued[issuer] = append(by, c.Fingerprint)
		}
	}
	var first *Certificate
	for _, c := range bundle {
		by := issued[string(c.x509.RawSubject)]
		switch {
		case len(by) > 1 || len(by) == 1 && by[0] != c.Fingerprint:
		case !c.x509.IsCA:
			return c
		case first == nil:
			first = c
		}
	}
	if first == nil && len(bundle) > 0 {
		return bundle[0]
	}
	return first
}

// Chain returns what is wrong with a bundle as a chain, at an instant. That no root ends it isn't: clients have
// their own, and those of private CAs may have the intermediates too.
func (r *Roots) Chain(bundle []*Certificate, at time.Time) []Defect {
	if len(bundle) == 0 {
		return nil
	}
	var defects []Defect
	report := func(code Code, format string, values ...any) {
		defects = append(defects, Defect{code, fmt.Sprintf(format, values...)})
	}
	leaf, elements := EndEntity(bundle), distinct(bundle)
	if leaf.Fingerprint != bundle[0].Fingerprint {
		report(ChainLeafNotFirst, "%q stands first, not the server's own certificate %q", bundle[0].Subject, leaf.Subject)
	}
	if n := len(bundle) - len(elements); n > 0 {
		report(ChainDuplicate, "%d of %d certificates repeat another", n, len(bundle))
	}
	if c := outOfOrder(leaf, elements); c != nil {
		report(ChainBroken, "%q issued no certificate before it", c.Subject)
	}
	if issuer := r.missing(leaf, elements); issuer != "" {
		report(ChainIncomplete, "the certificate of %q is missing", issuer)
	}
	for _, c := range elements {
		if c.Fingerprint != leaf.Fingerprint && at.After(c.NotAfter) {
			report(ChainElementExpired, "intermediate %q expired on %s", c.Subject, day(c.NotAfter))
		}
	}
	return defects
}

// distinct returns the certificates of a bundle without repetitions.
func distinct(bundle []*Certificate) (elements []*Certificate) {
	seen := map[string]bool{}
	for _, c := range bundle {
		if !seen[c.Fingerprint] {
			seen[c.Fingerprint] = true
			elements = append(elements, c)
		}
	}
	return elements
}

// outOfOrder returns the first certificate that issued none before it, nil where there is none. Cross-signed
// intermediates stand side by side (RFC 8446, 4.4.2, lets them). Where the leaf isn't first that is the defect,
// and only a certificate that issued none at all counts.
func outOfOrder(leaf *Certificate, elements []*Certificate) *Certificate {
	wanted := map[string][]*Certificate{} // by the issuer's name, those that stand before
	want := func(c *Certificate) { wanted[string(c.x509.RawIssuer)] = append(wanted[string(c.x509.RawIssuer)], c) }
	want(leaf)
	reversed := leaf.Fingerprint != elements[0].Fingerprint
	if reversed {
		for _, c := range elements {
			want(c)
		}
	}
	signatures := 0
	issued := func(c *Certificate) bool {
		for _, child := range wanted[string(c.x509.RawSubject)] {
			if child.Fingerprint == c.Fingerprint || !names(c, child) {
				continue
			}
			if signatures++; signatures > maxSignatures || signed(c, child) != signedNot {
				return true
			}
		}
		return false
	}
	for _, c := range elements {
		switch {
		case c.Fingerprint == leaf.Fingerprint:
		case !issued(c):
			return c
		case !reversed:
			want(c)
		}
	}
	return nil
}

// issuersOf returns the certificates of a bundle whose signature on one is at least so sure.
func issuersOf(child *Certificate, bundle []*Certificate, sure signedBy) (issuers []*Certificate) {
	tried := 0
	for _, c := range bundle {
		if c.Fingerprint == child.Fingerprint || !names(c, child) {
			continue
		}
		if tried++; tried > maxIssuers {
			break
		}
		if signed(c, child) >= sure {
			issuers = append(issuers, c)
		}
	}
	return issuers
}

// missing returns the name of a public CA's intermediate that a bundle should hold and doesn't; "" where nothing
// is known to be missing.
func (r *Roots) missing(leaf *Certificate, elements []*Certificate) string {
	if r.Trust(elements) != TrustClaimed {
		return ""
	}
	top := leaf
	for range maxDepth {
		issuers := issuersOf(top, elements, signedUnknown)
		if len(issuers) == 0 {
			break
		}
		top = issuers[0]
	}
	// Roots sign no servers' certificates (CA/B BR 6.1.7), but they do sign intermediates, and some were removed
	// since. One that signed what may still be valid would be among the embedded ones.
	if top != leaf && (leaf.NotBefore.Before(firstKnown) || len(r.public.bySubject[string(top.x509.RawIssuer)]) > 0 || SelfSigned(top)) {
		return ""
	}
	return top.Issuer
}

// firstKnown is the first instant at which a certificate can begin that is valid on the day of the embedded roots:
// they lived 398 days at most.
var firstKnown = func() time.Time {
	date, _ := time.Parse(time.DateOnly, RootsDate) // a test parses it
	return date.AddDate(0, 0, -398)
}()
