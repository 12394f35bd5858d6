package checks

import (
	"cmp"
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var certificateReady = audit.Check{
	ID:       "CRT-01",
	Title:    "Every Certificate is Ready",
	Expected: "its condition Ready has status True",
	Doc: "cert-manager marks a Certificate Ready while its Secret holds an unexpired certificate and key that match what the Certificate asks for. " +
		"One that isn't Ready has no certificate, a wrong one, or one that expired.",
	Logic: "Condition Ready with status True: pass. Any other status: fail with cert-manager's reason, in the first 15 minutes after it changed a warning. " +
		"No condition at all counts from the Certificate's creation; where neither is known, as in a manifest that was never applied: not assessed.",
	Fix: "kubectl describe certificate NAME -n NAMESPACE, then follow it to the CertificateRequest, Order and Challenge that it names " +
		"(cmctl status certificate NAME -n NAMESPACE does so at once).",
	Controls:    keyManagement("A key and certificate that are issued as declared are the outcome that key management is for."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        issuerKinds,
	Run:         func(f *audit.Facts) []audit.Finding { return eachCertificate(f, judgeReady) },
}

// readyGrace is how long a Certificate may be on its way to Ready.
const readyGrace = 15 * time.Minute

// eachCertificate judges every Certificate.
func eachCertificate(f *audit.Facts, judge func(*audit.Facts, *audit.Judgement, *cmv1.Certificate)) []audit.Finding {
	findings := make([]audit.Finding, 0, len(f.Certificates))
	for i := range f.Certificates {
		c := &f.Certificates[i]
		j := audit.Judge(audit.CertificateSubject(c))
		judge(f, j, c)
		findings = append(findings, j.Finding())
	}
	return findings
}

// notReadyYet notes that cert-manager hasn't judged an object since its creation.
func notReadyYet(j *audit.Judgement, created time.Time) {
	j.Evidence("status.conditions[type=Ready]", "absent", audit.Configured)
	if !created.IsZero() {
		j.Evidence("metadata.creationTimestamp", instant(created), audit.Configured)
	}
}

// issuerKinds are what byIssuer looks into.
var issuerKinds = []audit.Resource{audit.Issuers, audit.ClusterIssuers}

// byIssuer names the issuer of a Certificate as the cause of a deviation, where it doesn't
// exist or isn't ready.
func byIssuer(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	if issuer := f.Issuance.Find(audit.IssuerRefOf(c)); issuer != nil {
		j.Cause("ISS-02", issuer.Subject)
		return
	}
	j.Cause("CRT-08", audit.CertificateSubject(c))
}

func judgeReady(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	byIssuer(f, j, c)
	ready, since := audit.Ready(c), c.CreationTimestamp.Time
	if ready == nil {
		notReadyYet(j, since)
		switch {
		case since.IsZero():
			j.NotAssessed(audit.Unknown, "it has no condition Ready and no creation time: its state was not given")
		case f.At.Sub(since) < readyGrace:
			j.Warn("cert-manager hasn't judged it yet; it was created at %s", instant(since))
		default:
			j.Fail("cert-manager hasn't judged it since its creation at %s: it has no condition Ready", instant(since))
		}
		return
	}
	j.Evidence("status.conditions[type=Ready]", string(ready.Status)+" "+ready.Reason, audit.Configured)
	if ready.Status == cmmeta.ConditionTrue {
		j.Pass("Ready: Secret %s/%s matches what it asks for, as cert-manager says", c.Namespace, c.Spec.SecretName)
		return
	}
	deviates, changed := j.Fail, ""
	if ready.LastTransitionTime != nil {
		changed = " since " + instant(ready.LastTransitionTime.Time)
		if f.At.Sub(ready.LastTransitionTime.Time) < readyGrace {
			deviates = j.Warn
		}
	}
	deviates("not Ready%s: %s: %s", changed, cmp.Or(ready.Reason, "no reason given"), cmp.Or(ready.Message, "no message given"))
}
