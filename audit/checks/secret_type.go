package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

var secretType = audit.Check{
	ID:       "SEC-01",
	Title:    "Certificates lie in Secrets of type kubernetes.io/tls",
	Expected: "the Secret's type is kubernetes.io/tls",
	Doc: "The API server holds a Secret of type kubernetes.io/tls to having a certificate and a key. Any other type may lack either, and whether a controller " +
		"takes it is that controller's affair: several of Ingresses do, Gateways needn't.",
	Logic: "The type of each Secret that an Ingress, a Gateway or a Certificate names: kubernetes.io/tls: pass. Another: fail behind a Gateway " +
		"(Gateway API, SecretObjectReference: support for kubernetes.io/tls is core, all else is implementation-specific), warning elsewhere. " +
		"The type is known only from the Secret itself, so without --read-secrets it isn't assessed.",
	Fix: "A Secret's type can't be changed: kubectl create secret tls NAME --cert=… --key=…, or delete it and let cert-manager make it again.",
	Controls: pair("A.10.1.2", "A.8.24", audit.Supporting,
		"A key that is stored as what it is can be found, renewed and guarded."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       certificateSubjects,
	Uses:        slices.Concat([]audit.Resource{audit.Secrets}, defaultSources),
	Run:         func(f *audit.Facts) []audit.Finding { return eachPresentation(f, judgeSecretType) },
}

func judgeSecretType(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	text := secretText(t)
	defer j.By(secretTypeCommand(t))()
	switch t.Presence {
	case audit.Absent:
		j.NotAssessed(audit.Unknown, "%s doesn't exist, so it has no type", text)
		return
	case audit.NotRead:
		gap := secretGap(f, t)
		j.NotAssessed(gap.Reason, "%s: its type isn't known: %s", text, gapWords(audit.Secrets, gap))
		return
	}
	j.Evidence(text+": type", t.Type, audit.Stored)
	switch {
	case t.Type == string(corev1.SecretTypeTLS):
		j.Pass("%s is of type %s", text, t.Type)
	case j.Subject().Kind == "Gateway":
		j.Fail("%s is of type %q, not kubernetes.io/tls: a Gateway needn't take it", text, t.Type)
	default:
		j.Warn("%s is of type %q, not kubernetes.io/tls: nothing holds it to having a certificate and a key", text, t.Type)
	}
}
