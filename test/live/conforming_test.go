package live

import (
	"slices"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// TestConformingExitsZero holds that a cluster as it should be, with a real cert-manager
// and the deployment of examples/deploy in it, has no deviation and no gap.
func TestConformingExitsZero(t *testing.T) {
	kubeconfig, _ := administrator(t, conforming)
	for name, args := range map[string][]string{
		"without Secrets": {"--config", conforming.Config},
		"with Secrets":    {"--config", conforming.Config, "--read-secrets"},
	} {
		t.Run(name, func(t *testing.T) {
			r, run := scan(t, kubeconfig, args...)
			if run.exit != exitOK {
				t.Errorf("exit code %d, want %d\n%s", run.exit, exitOK, run.stderr)
			}
			passes := 0
			for i := range r.Findings {
				f := &r.Findings[i]
				if f.Status == audit.Pass {
					passes++
				}
				if !conforms(f) {
					t.Errorf("%s %s %s: %s", f.Check, f.Status, f.Subject, f.Message)
				}
			}
			if passes == 0 {
				t.Error("nothing passes: nothing was judged")
			}
			if !slices.ContainsFunc(r.Inventory.Certificates, issuedFor("demo.example.com")) {
				t.Errorf("no certificate that cert-manager issued for the Ingress is in the inventory: %+v", r.Inventory.Certificates)
			}
		})
	}
}

// conforms reports whether a finding is one that the conforming example may have.
func conforms(f *audit.Finding) bool {
	switch f.Status {
	case audit.Pass, audit.Attested, audit.NotApplicable:
		return true
	}
	return f.Status == audit.NotAssessed && f.Reason == audit.NotRequested
}

// issuedFor finds a certificate of the example's ClusterIssuer for a host.
func issuedFor(host string) func(report.Certificate) bool {
	return func(c report.Certificate) bool {
		return c.Issuer == "ClusterIssuer letsencrypt-prod" && slices.Contains(c.Names, host) && c.SHA256 != ""
	}
}
