package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var certificateManaged = audit.Check{
	ID:       "SEC-13",
	Title:    "Certificates behind Ingresses are renewed by cert-manager",
	Expected: "a Certificate owns each Secret that it presents (spec.secretName)",
	Doc:      "A certificate that is rotated by hand is rotated when somebody remembers, and its key has passed through that person’s hands.",
	Logic:    "Of each Secret that spec.tls of an Ingress names, and of the controller’s default certificate where it names none: no Certificate owns it (spec.secretName): warning.",
	Fix: "Let a Certificate own the Secret: annotate the Ingress with cert-manager.io/cluster-issuer: NAME, or apply a Certificate with spec.secretName. " +
		"What another tool renews (an external secret store, a cloud’s controller) is a matter for a waiver that says so.",
	Controls:    keyManagement("Keys are renewed by a process, not by memory."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses, audit.Certificates},
	Uses:        slices.Concat([]audit.Resource{audit.Secrets}, defaultSources),
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Presentations {
			if p := &f.Presentations[i]; p.Subject.Kind == "Ingress" {
				findings = append(findings, judgePresentation(f, p, judgeManaged))
			}
		}
		return findings
	},
}

func judgeManaged(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	defer j.By(ownersCommand(t.Namespace))()
	switch owner := t.Owner(); {
	case owner != nil:
		j.Evidence("Certificate "+owner.Namespace+"/"+owner.Name+": spec.secretName", t.Name, audit.Configured)
		j.Pass("%s: Certificate %s owns it", secretText(t), owner.Name)
	case unread(f, j, audit.Certificates, t.Namespace, secretText(t)+": whether a Certificate owns it isn't known"):
	case t.Presence == audit.Absent:
		j.NotAssessed(audit.Unknown, "%s doesn't exist, so there is nothing to renew", secretText(t))
	case t.CopyOf != nil:
		owner := t.CopyOf.Owner()
		defer j.By(ownersCommand(t.CopyOf.Namespace), certificateCommand(t), certificateCommand(t.CopyOf))()
		j.Evidence(secretText(t.CopyOf)+", which Certificate "+owner.Name+" owns: certificate", "SHA-256 "+t.Leaf().Fingerprint+", the same", t.Level)
		j.Cause("CRT-11", audit.CertificateSubject(owner))
		j.Warn("%s: no Certificate owns it: it is a copy of %s, which Certificate %s/%s owns, and only what copies it renews it", secretText(t), secretText(t.CopyOf), owner.Namespace, owner.Name)
	default:
		j.Evidence("Certificates of namespace "+t.Namespace+": spec.secretName", "none is "+t.Name, audit.Configured)
		j.Warn("%s: no Certificate owns it: it is rotated by hand, or by something that the API server doesn't show", secretText(t))
	}
}
