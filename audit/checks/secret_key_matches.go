package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var secretKeyMatches = audit.Check{
	ID:       "SEC-02",
	Title:    "The private key belongs to the certificate",
	Expected: "tls.key belongs to the first certificate of tls.crt; where they can't be compared, the Certificate that makes the Secret is Ready",
	Doc: "A server can't prove that a certificate is its own without the key that the certificate was issued for: controllers refuse the pair and present a default " +
		"certificate instead, or none. It happens where one of the two was replaced by hand.",
	Logic: "The Secret's private key was compared with the first certificate of tls.crt when it was read, and dropped: they belong together: pass; they differ: fail; " +
		"tls.key is missing or empty: fail, as nothing can be served with it. " +
		"A key that this build can't parse (redacted, encrypted, of an uncommon kind), or a first certificate that can't be read, shows neither; and so does a Secret that wasn't read: " +
		"there the comparison of cert-manager counts, which makes a Certificate Ready only while the two belong together " +
		"(cert-manager, internal/controller/certificates/policies, SecretPublicKeysDiffer): pass, as issued. Else not assessed.",
	Fix: "Put key and certificate into the Secret together, as they were made: kubectl create secret tls NAME --cert=… --key=… --dry-run=client -o yaml | kubectl apply -f -. " +
		"Where cert-manager manages it: cmctl renew NAME -n NAMESPACE.",
	Controls:    keyManagement("A key is distributed together with the certificate that binds it to a name."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        slices.Concat([]audit.Resource{audit.Secrets}, defaultSources),
	Run:         func(f *audit.Facts) []audit.Finding { return eachPresentation(f, judgeKeyPair) },
}

func judgeKeyPair(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	text := secretText(t)
	defer j.By(secretKeysCommand(t))()
	if t.Presence == audit.Absent {
		j.NotAssessed(audit.Unknown, "%s doesn't exist, so there is no key to compare", text)
		return
	}
	switch t.Key {
	case audit.KeyMatches:
		j.Evidence(text+": tls.key", t.Key+" the first certificate of tls.crt", audit.Stored)
		j.Pass("%s: its private key belongs to its certificate", text)
	case audit.KeyDiffers:
		j.Evidence(text+": tls.key", t.Key+" from the first certificate of tls.crt", audit.Stored)
		j.Fail("%s: its private key isn't that of its certificate", text)
	case audit.KeyAbsent:
		j.Evidence(text+": tls.key", t.Key, audit.Stored)
		j.Fail("%s: it has no private key: tls.key is missing or empty", text)
	default:
		judgeKeyByOwner(f, j, t)
	}
}

// judgeKeyByOwner judges a key that couldn't be compared by what cert-manager compared.
func judgeKeyByOwner(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	text := secretText(t)
	if ready := readyOwner(t); ready != nil {
		defer j.By(ownerCommand(t))()
		j.Evidence("Certificate "+ready.Namespace+"/"+ready.Name+": status.conditions[type=Ready]", "True", audit.Issued)
		j.Pass("%s: Certificate %s/%s is Ready, so cert-manager found its private key and certificate to belong together", text, ready.Namespace, ready.Name)
		return
	}
	switch {
	case t.Presence == audit.NotRead:
		gap := secretGap(f, t)
		j.NotAssessed(gap.Reason, "%s: whether its private key belongs to its certificate isn't known: %s", text, gapWords(audit.Secrets, gap))
	case t.Key == audit.KeyUnreadable:
		j.Evidence(text+": tls.key", t.Key, audit.Stored)
		j.NotAssessed(audit.Unknown, "%s: tls.key holds no private key that can be parsed, so it can't be compared with the certificate", text)
	default:
		j.NotAssessed(audit.Unknown, "%s: its first certificate can't be read, so its private key can't be compared with it", text)
	}
}
