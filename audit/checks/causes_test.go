package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// TestCauses holds that findings which hang on another one name it, where both are of one
// evaluation.
func TestCauses(t *testing.T) {
	for _, test := range []struct {
		path          string // of a case
		check, object string // the finding
		cause, of     string // what explains it
	}{
		{"CRT-01/not-ready", "CRT-01", "Certificate/app/demo-tls", "CRT-08", "Certificate/app/demo-tls"},
		{"NET-01/isolated-but-open", "NET-01", "Pod/shop/web-1", "NET-04", "NetworkPolicy/shop/allow-all"},
		{"NET-03/cancelled", "NET-03", "Namespace//shop", "NET-04", "NetworkPolicy/shop/allow-all"},
		{"ING-02/no-tls", "ING-02", "Ingress/app/clear", "ING-01", "Ingress/app/clear"},
		{"ING-03/absent", "ING-04", "Ingress/app/web", "ING-03", "Ingress/app/web"},
		{"ING-03/absent", "SEC-05", "Ingress/app/web", "ING-03", "Ingress/app/web"},
		{"ING-03/absent-annotation-misspelt", "ING-03", "Ingress/app/web", "ING-06", "Ingress/app/web"},
		{"ING-03/absent-not-ready", "ING-03", "Ingress/app/web", "CRT-01", "Certificate/app/demo-tls"},
		{"ING-03/not-read-not-ready", "ING-03", "Ingress/app/web", "CRT-01", "Certificate/app/demo-tls"},
		{"ING-04/no-block-names-the-host", "ING-04", "Ingress/app/none", "ING-02", "Ingress/app/none"},
		{"ING-06/not-ready", "ING-06", "Ingress/app/hour", "ISS-02", "ClusterIssuer//hour"},
		{"SEC-03/absent", "SEC-03", "Certificate/app/demo-tls", "CRT-01", "Certificate/app/demo-tls"},
		{"SEC-03/dates-of-the-certificate", "SEC-03", "Certificate/app/late", "CRT-02", "Certificate/app/late"},
		{"SEC-03/renewal-off", "SEC-03", "Certificate/app/nearer", "CRT-03", "Certificate/app/nearer"},
	} {
		t.Run(test.check+" of "+test.path, func(t *testing.T) {
			id, _, _ := strings.Cut(test.path, "/")
			i := slices.IndexFunc(All, func(c audit.Check) bool { return c.ID == id })
			for _, tc := range cases(t, &All[i]) {
				if tc.path != "testdata/"+test.path+".txtar" {
					continue
				}
				findings := audit.Run(tc.facts(t, nil), All).Findings
				of := func(check, object string) *audit.Finding {
					n := slices.IndexFunc(findings, func(f audit.Finding) bool { return f.Check == check && f.Subject.Key() == object })
					if n < 0 {
						t.Fatalf("%s has no finding for %s", check, object)
					}
					return &findings[n]
				}
				if got, want := of(test.check, test.object).Cause, of(test.cause, test.of).ID; got != want {
					t.Errorf("cause is %q, want %q (%s of %s)", got, want, test.cause, test.of)
				}
				return
			}
			t.Fatalf("there is no case %s", test.path)
		})
	}
}
