package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateSignatures = audit.Check{
	ID:       "SEC-07",
	Title:    "The signatures on certificates can't be forged",
	Expected: "neither the certificate nor an intermediate that it brings is signed with MD2, MD5 or SHA-1",
	Doc: "A hash in which collisions can be found lets somebody have one certificate signed and use another. MD5 has been broken so since 2008, SHA-1 since 2017 " +
		"(RFC 9155 deprecates both in TLS); clients refuse them.",
	Logic: "MD5 or SHA-1 on the server's certificate or on an intermediate that it brings: fail. A root's signature on itself proves nothing and doesn't count. " +
		"An algorithm that this build doesn't know: not assessed.",
	Fix: "Have the certificate issued again (cmctl renew NAME -n NAMESPACE where cert-manager keeps it): current CAs sign with SHA-256 or better. A private CA: change its signing algorithm, " +
		"and issue the intermediate anew where that is the one at fault.",
	Controls:    cryptography("That a certificate is the CA's rests on a hash that resists collisions."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeSignatures),
}

var judgeSignatures = known(func(_ *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	defer j.By(chainCommand(t))()
	conclude(j, certificateText(t), slices.Concat(pki.Signature(leaf), pki.ChainSignatures(t.Chain)), "signed with a hash that resists collisions")
})
