package audit

import "github.com/kubevidence/kubevidence/audit/pki"

// Trust says whose word the certificate behind a Secret is, by the embedded roots.
func (f *Facts) Trust(t *TLSSecret) pki.Trust { return f.Roots.Trust(t.Chain) }

// roots are Mozilla's, which this build embeds.
func roots() *pki.Roots {
	r, err := pki.NewRoots()
	if err != nil {
		panic(err.Error()) // built in: a test reads them
	}
	return r
}
