package checks

import (
	"cmp"
	"fmt"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

var issuerReady = audit.Check{
	ID:       "ISS-02",
	Title:    "Every issuer is ready to issue",
	Expected: "its condition Ready has status True, said of its current generation",
	Doc: "An issuer that isn't ready issues nothing and renews nothing. Ready is what cert-manager last found: " +
		"an ACME issuer isn't checked again while nothing about it changes.",
	Logic: "Condition Ready with status True: pass, but a warning where it speaks of an older generation of the issuer. Any other status: fail. " +
		"No condition for 10 minutes from creation on: fail; for less, or where the creation time isn't known either: not assessed.",
	Fix:         "kubectl describe clusterissuer NAME (or issuer NAME -n NAMESPACE) gives cert-manager's words; mend server, account, credentials or Secret as they say.",
	Controls:    keyManagement("The authority that issues certificates is able to."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachIssuer(f, func(*audit.Issuer) bool { return true }, judgeIssuerReady)
	},
}

// issuerGrace is how long cert-manager may take to judge a new issuer.
const issuerGrace = 10 * time.Minute

// eachIssuer judges the issuers that a requirement speaks of.
func eachIssuer(f *audit.Facts, of func(*audit.Issuer) bool, judge func(*audit.Facts, *audit.Judgement, *audit.Issuer)) []audit.Finding {
	var findings []audit.Finding
	for i := range f.Issuance.All {
		issuer := &f.Issuance.All[i]
		if of(issuer) {
			j := audit.Judge(issuer.Subject)
			judge(f, j, issuer)
			findings = append(findings, j.Finding())
		}
	}
	return findings
}

func judgeIssuerReady(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	ready := i.Ready()
	if ready != nil {
		j.Evidence("status.conditions[type=Ready]", string(ready.Status)+" "+ready.Reason, audit.Configured)
	} else {
		notReadyYet(j, i.GetCreationTimestamp().Time)
	}
	switch status, words := readinessOf(f, i); status {
	case audit.Fail:
		j.Fail("%s", words)
	case audit.NotAssessed:
		j.NotAssessed(audit.Unknown, "%s", words)
	default:
		if ready.ObservedGeneration > 0 && ready.ObservedGeneration < i.GetGeneration() {
			j.Warn("ready, but that was said of generation %d; the issuer is at %d", ready.ObservedGeneration, i.GetGeneration())
			return
		}
		j.Pass("%s", words)
	}
}

// readinessOf says whether an issuer is ready: Pass, Fail or NotAssessed, in words.
func readinessOf(f *audit.Facts, i *audit.Issuer) (audit.Status, string) {
	ready, created := i.Ready(), i.GetCreationTimestamp().Time
	switch {
	case ready != nil && i.IsReady():
		since := ""
		if ready.LastTransitionTime != nil {
			since = " since " + instant(ready.LastTransitionTime.Time)
		}
		return audit.Pass, "ready" + since + ", as cert-manager says"
	case ready != nil:
		return audit.Fail, fmt.Sprintf("not ready: %s: %s", cmp.Or(ready.Reason, "no reason given"), cmp.Or(ready.Message, "no message given"))
	case created.IsZero():
		return audit.NotAssessed, "it has no condition Ready and no creation time: its state was not given"
	case f.At.Sub(created) < issuerGrace:
		return audit.NotAssessed, "cert-manager hasn't judged it yet; it was created at " + instant(created)
	}
	return audit.Fail, "cert-manager hasn't judged it since its creation at " + instant(created) + ": it has no condition Ready"
}
