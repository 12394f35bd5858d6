package checks

import (
	"cmp"
	"slices"
	"strconv"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var keyChanged = audit.Check{
	ID:       "CRT-10",
	Title:    "The key changed when the certificate was renewed",
	Expected: "its public key differs from that of the certificate before (by the last 2 revisions, and the earlier record of --previous); a CA may keep its key",
	Doc: "rotationPolicy says what is meant; this is what happened. A key that outlives its certificate stays of use to whoever copied it, " +
		"and a renewal that keeps it ends nothing.",
	Logic: "The certificates of the last two revisions whose CertificateRequests are there (spec.revisionHistoryLimit keeps one by default, since cert-manager 1.18), and the certificate that " +
		"an earlier record (--previous) has for the Secret: another certificate with the same public key: fail; with another one: pass. A CA’s own key is kept on purpose: pass. " +
		"One of the two that can’t be understood, or isn’t known now: not assessed. Nothing to compare with: not applicable.",
	Fix: "kubectl patch certificate NAME -n NAMESPACE --type=merge -p '{\"spec\":{\"privateKey\":{\"rotationPolicy\":\"Always\"}}}', " +
		"then cmctl renew NAME -n NAMESPACE: the key that was kept is replaced now.",
	Controls:    keyManagement("That keys are really changed shows in what was issued."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        []audit.Resource{audit.CertificateRequests, audit.Secrets},
	Run: func(f *audit.Facts) []audit.Finding {
		issued := audit.IssuedRequests(f.Snapshot)
		return eachCertificate(f, func(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
			compared := judgeRevisions(j, c, issued[c.Namespace+"/"+c.Name])
			compared = judgeSincePrevious(f, j, c) || compared
			if !compared && !unread(f, j, audit.CertificateRequests, c.Namespace, "whether the key changed at the last renewal isn't known") {
				j.NotApplicable("no earlier certificate is known that its key could be compared with")
			}
		})
	},
}

// judgeRevisions compares the two latest revisions that were issued, and reports whether
// it had something to say: not where there is one alone.
func judgeRevisions(j *audit.Judgement, c *cmv1.Certificate, requests []*cmv1.CertificateRequest) bool {
	if len(requests) < 2 {
		return false
	}
	revision := func(r *cmv1.CertificateRequest) int {
		number, _ := strconv.Atoi(r.Annotations[cmv1.CertificateRequestRevisionAnnotationKey]) // 0 where it is no number: the oldest
		return number
	}
	requests = slices.SortedFunc(slices.Values(requests), func(a, b *cmv1.CertificateRequest) int {
		return cmp.Or(cmp.Compare(revision(b), revision(a)), cmp.Compare(a.Name, b.Name))
	})
	before := slices.IndexFunc(requests, func(r *cmv1.CertificateRequest) bool { return revision(r) < revision(requests[0]) })
	if before < 0 {
		return false
	}
	latest, understood := issuedLeaf(j, requests[0])
	earlier, alsoUnderstood := issuedLeaf(j, requests[before])
	if !understood || !alsoUnderstood {
		return true
	}
	if latest.Fingerprint == earlier.Fingerprint {
		return false
	}
	j.Evidence("CertificateRequest "+requests[before].Name+": public key of status.certificate", "sha256:"+earlier.PublicKey.Digest, audit.Issued)
	j.Evidence("CertificateRequest "+requests[0].Name+": public key of status.certificate", "sha256:"+latest.PublicKey.Digest, audit.Issued)
	defer j.By(requestAs(c.Namespace, requests[before].Name, keyOfCertificate), requestAs(c.Namespace, requests[0].Name, keyOfCertificate))()
	judgeRenewedKey(j, c, latest.PublicKey.Digest == earlier.PublicKey.Digest,
		"from revision "+strconv.Itoa(revision(requests[before]))+" to "+strconv.Itoa(revision(requests[0])))
	return true
}

// issuedLeaf is the certificate that a request got. One that can't be understood is noted.
func issuedLeaf(j *audit.Judgement, r *cmv1.CertificateRequest) (leaf *pki.Certificate, understood bool) {
	chain, err := pki.Parse(r.Status.Certificate)
	if err != nil {
		defer j.By(requestAs(r.Namespace, r.Name, keyOfCertificate))()
		j.NotAssessed(audit.Unknown, "whether the key changed at the last renewal isn't known: the certificate of CertificateRequest %s/%s can't be understood: %s", r.Namespace, r.Name, err)
		return nil, false
	}
	return pki.EndEntity(chain), true
}

// judgeSincePrevious compares with the certificate that the earlier record has for the
// Secret, and reports whether it had something to say: not where it is the same one.
func judgeSincePrevious(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) bool {
	earlier, now := f.Options.Previous.Certificate(c.Namespace, c.Spec.SecretName), f.TLS.Secret(c.Namespace, c.Spec.SecretName)
	switch {
	case earlier == nil || now == nil:
		return false
	case now.Leaf() == nil && now.Malformed != "":
		defer j.By(certificateAs(now, keyOfCertificate))()
		j.NotAssessed(audit.Unknown, "whether the key changed since the record of %s isn't known: the certificate in %s can't be understood: %s", instant(f.Options.Previous.At), secretText(now), now.Malformed)
		return true
	case now.Leaf() == nil && now.Presence == audit.NotRead:
		reason, why := unknownBecause(f, now)
		j.NotAssessed(reason, "whether the key changed since the record of %s isn't known: %s", instant(f.Options.Previous.At), why)
		return true
	case now.Leaf() == nil || now.Leaf().Fingerprint == earlier.SHA256:
		return false
	}
	leaf := now.Leaf()
	defer j.By(certificateAs(now, keyOfCertificate))()
	j.Evidence("record "+f.Options.Previous.UID+": public key of Secret "+c.Spec.SecretName, "sha256:"+earlier.PublicKey, audit.Configured)
	j.Evidence("public key of the certificate in force", "sha256:"+leaf.PublicKey.Digest, now.Level)
	judgeRenewedKey(j, c, leaf.PublicKey.Digest == earlier.PublicKey, "since the record of "+instant(f.Options.Previous.At))
	return true
}

func judgeRenewedKey(j *audit.Judgement, c *cmv1.Certificate, same bool, between string) {
	switch {
	case !same:
		j.Pass("the certificate was renewed with a new key, %s", between)
	case c.Spec.IsCA:
		j.Pass("the certificate was renewed with the same key, %s: it is a CA's, whose key is kept on purpose", between)
	default:
		j.Fail("the certificate was renewed with the same key, %s", between)
	}
}
