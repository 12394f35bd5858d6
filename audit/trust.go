package audit

import (
	"fmt"

	"github.com/kubevidence/kubevidence/audit/pki"
)

// Trust says whose word the certificate behind a Secret is, by the embedded roots and the
// organization's own CAs.
func (f *Facts) Trust(t *TLSSecret) pki.Trust { return f.Roots.Trust(t.Chain) }

// roots are Mozilla's, which this build embeds, and the CAs that the configuration names.
func roots(c *Config) *pki.Roots {
	var named [][]byte
	for _, text := range c.Keys.Authorities {
		named = append(named, []byte(text))
	}
	r, err := pki.NewRoots(StagingCAs.IssuerPrefixes(), named...)
	if err != nil {
		panic(err.Error()) // built in, or validated as the configuration was read
	}
	return r
}

// InvalidAuthorities says why a text isn't CAs in PEM, "" where it is.
func InvalidAuthorities(text []byte) string {
	certificates, err := pki.Parse(text)
	switch {
	case err != nil:
		return fmt.Sprintf("not certificates in PEM: %v", err)
	case len(certificates) == 0:
		return "no certificate in PEM"
	}
	for _, c := range certificates {
		if !c.IsCA() {
			return fmt.Sprintf("%s is no CA: it can vouch for nobody", c.Subject)
		}
	}
	return ""
}
