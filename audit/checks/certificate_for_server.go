package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateForServer = audit.Check{
	ID:       "SEC-08",
	Title:    "Certificates are a server's, and nothing more",
	Expected: "version 3, no CA, no keyCertSign, a positive serial number, extended key usage serverAuth or anyExtendedKeyUsage (a private certificate may have none)",
	Doc: "A certificate that may sign others turns a stolen server key into a CA. One that isn't meant for servers is refused by clients, " +
		"or was made for something else and is shared with it.",
	Logic: "A CA's certificate, key usage keyCertSign without being one, a version other than 3, extended key usages without serverAuth or anyExtendedKeyUsage: fail. " +
		"No extended key usage at all: fail of a public certificate (CA/B BR 7.1.2.7.6), pass of a private one. A serial number that isn't positive: warning (RFC 5280, 4.1.2.2). " +
		"A Certificate that nothing presents and that is for a CA, or for anything but servers: not applicable.",
	Fix: "Managed: spec.isCA: false and spec.usages: [digital signature, key encipherment, server auth] on the Certificate. " +
		"By hand: order a certificate of the profile TLS server.",
	Controls:    cryptography("A key serves one purpose."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(ofServers(judgePurpose)),
}

var judgePurpose = known(func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	defects := pki.Server(leaf)
	public := f.Trust(t).Public()
	if len(defects) > 0 {
		j.Fail("%s: %s", certificateText(t), details(defects))
	}
	if serial := pki.Serial(leaf); len(serial) > 0 {
		j.Warn("%s: %s", certificateText(t), details(serial))
	}
	switch usages := pki.HasUsages(leaf); {
	case !usages && public:
		j.Fail("%s: it names no extended key usage, which public certificates must", certificateText(t))
	case len(defects) == 0 && !usages:
		j.Pass("%s: a server's, though it names no extended key usage", certificateText(t))
	case len(defects) == 0:
		j.Pass("%s: a server's", certificateText(t))
	}
})
