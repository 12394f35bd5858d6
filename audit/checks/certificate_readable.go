package checks

import "github.com/kubevidence/kubevidence/audit"

var certificateReadable = audit.Check{
	ID:       "SEC-14",
	Title:    "Certificates can be read",
	Expected: "tls.crt, or what was issued or served, holds at least 1 CERTIFICATE block, and Go’s parser takes each",
	Doc: "A controller that can’t read a certificate presents its default one, or the last that it could read: users meet a warning, or a certificate that nobody renews. " +
		"Nothing else can be judged of it.",
	Logic: "tls.crt that is empty, holds no CERTIFICATE block, or one that Go’s parser refuses: fail, with the parser’s words. " +
		"So too what was issued and, with --probe, what servers present, where the Secret wasn’t read. " +
		"Go refuses some certificates that are in use, those with a negative serial number for one: other clients may take them.",
	Fix: "kubectl get secret NAME -n NAMESPACE -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -text shows what is there. " +
		"Put PEM, leaf first, into tls.crt; of a managed one delete the Secret and cert-manager makes it again.",
	Controls:    cryptography("TLS protects only with a certificate that clients and controllers can read."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeReadable),
}

func judgeReadable(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	if t.Malformed != "" {
		j.Evidence(certificatePath(t), t.Malformed, t.Level)
		j.Fail("%s: unparsable%s: %s", secretText(t), servedBy(t), t.Malformed)
		return
	}
	leaf, settled := leafBehind(j, t)
	switch {
	case leaf != nil:
		j.Pass("%s: %s", certificateText(t), counted(len(t.Chain), "certificate"))
	case !settled:
		unknownCertificate(f, j, t)
	}
}

// servedBy says which server presented a certificate, "" where it is known otherwise.
func servedBy(t *audit.TLSSecret) string {
	if t.Level != audit.Served {
		return ""
	}
	return ", as " + t.Server + " presents it"
}
