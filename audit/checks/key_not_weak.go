package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var keyNotWeak = audit.Check{
	ID:       "SEC-06",
	Title:    "No private key follows from its public one",
	Expected: "an RSA key without the fingerprint of ROCA, without primes that Fermat's method finds in 100 rounds and without a prime factor below 752; other algorithms pass",
	Doc: "Faulty generators make RSA keys whose private half anybody can compute from the certificate alone: Infineon's chips (ROCA, CVE-2017-15361), " +
		"printers and appliances with close primes, keys with a small factor. Size doesn't help against any of them.",
	Logic: "Of an RSA key: the fingerprint of ROCA, primes that Fermat's method finds within 100 rounds, a prime factor of less than 752: fail " +
		"(CA/B BR 6.1.1.3 has CAs refuse these). More than 16,384 bits: not assessed. Keys of other algorithms have no such weakness that is known.",
	Fix: "Whoever has seen the certificate can have its key: replace it today. Managed: set spec.privateKey.rotationPolicy: Always, then cmctl renew NAME -n NAMESPACE. " +
		"By hand: make the new key with a current OpenSSL on another machine, and have the CA revoke the certificate (reason keyCompromise).",
	Controls:    keyManagement("Keys are generated so that only their holder knows them."),
	Responsible: audit.User,
	Severity:    audit.Critical,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeWeakness),
}

var judgeWeakness = known(func(_ *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, leaf *pki.Certificate) {
	conclude(j, certificateText(t), pki.Weakness(leaf), "no known weakness of its "+leaf.PublicKey.String()+" key")
})
