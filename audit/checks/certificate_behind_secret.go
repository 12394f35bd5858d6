package checks

import (
	"fmt"
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

// What checks of certificates take their subjects from, and the certificates themselves.
var (
	certificateSubjects = []audit.Resource{audit.Ingresses, audit.Gateways, audit.Certificates}
	certificateSources  = slices.Concat([]audit.Resource{audit.Secrets, audit.CertificateRequests}, defaultSources)
	defaultSources      = []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.ConfigMaps} // controllers, whose default certificates stand in
)

// eachPresentation judges everything that presents certificates, with a judgement over
// all the Secrets that one subject presents.
func eachPresentation(f *audit.Facts, judge judging) []audit.Finding {
	findings := make([]audit.Finding, 0, len(f.Presentations))
	for i := range f.Presentations {
		findings = append(findings, judgePresentation(f, &f.Presentations[i], judge))
	}
	return findings
}

func judgePresentation(f *audit.Facts, p *audit.Presentation, judge judging) audit.Finding {
	j := audit.Judge(p.Subject)
	for _, t := range p.Secrets {
		if id := absenceJudgedBy[p.Subject.Kind]; id != "" && t.Presence == audit.Absent {
			j.Cause(id, p.Subject)
		}
		back := j.By(certificateCommand(t))
		judge(f, j, t)
		back()
	}
	if p.Unnamed {
		unknownDefault(f, j)
	}
	return j.Finding()
}

// unknownDefault notes that a TLS block without a Secret is served with a certificate that
// nothing tells.
func unknownDefault(f *audit.Facts, j *audit.Judgement) {
	const what = "a block of spec.tls names no Secret, and the controller's default certificate isn't known"
	j.Cause("ING-03", j.Subject())
	for _, r := range defaultSources {
		if unread(f, j, r, "", what) {
			return
		}
	}
	j.NotAssessed(audit.Unknown, "%s", what)
}

// absenceJudgedBy names, by kind of subject, the check that fails for a missing Secret.
var absenceJudgedBy = map[string]string{"Ingress": "ING-03", "Gateway": "GW-02", cmv1.CertificateKind: "CRT-01"}

// leafBehind returns the certificate behind a Secret, noting it as evidence. Where it
// can't be read or isn't there, it notes so; where nobody read it, settled is false: the
// Certificate that owns the Secret may still tell.
func leafBehind(j *audit.Judgement, t *audit.TLSSecret) (leaf *pki.Certificate, settled bool) {
	leaf = t.Leaf()
	switch {
	case t.Malformed != "":
		j.NotAssessed(audit.Unknown, "%s: its certificate can't be understood: %s", secretText(t), t.Malformed)
	case t.Presence == audit.Absent:
		j.NotAssessed(audit.Unknown, "%s doesn't exist, so there is no certificate to judge", secretText(t))
	}
	if leaf != nil {
		j.Evidence(certificatePath(t), fmt.Sprintf("SHA-256 %s, valid from %s to %s, %s", leaf.Fingerprint,
			instant(leaf.NotBefore), instant(leaf.NotAfter), leaf.PublicKey), t.Level)
	}
	return leaf, leaf != nil || t.Malformed != "" || t.Presence == audit.Absent
}

// certificatePath says where what is known of a certificate stands.
func certificatePath(t *audit.TLSSecret) string {
	switch t.Level {
	case audit.Served:
		return "TLS handshake, " + t.Server
	case audit.Issued:
		return "CertificateRequest " + t.Namespace + "/" + t.Request + ": status.certificate"
	}
	return secretText(t) + ": tls.crt"
}

// unknownCertificate notes that nothing tells which certificate lies in a Secret.
func unknownCertificate(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	reason, why := unknownBecause(f, t)
	j.NotAssessed(reason, "%s: its certificate isn't known: %s", secretText(t), why)
}

// unknownBecause says why the certificate in a Secret that nobody read isn't known
// otherwise. A right that was refused outweighs an option that wasn't given: it is a gap.
func unknownBecause(f *audit.Facts, t *audit.TLSSecret) (audit.Reason, string) {
	gap := secretGap(f, t)
	reason, why := gap.Reason, gapWords(audit.Secrets, gap)
	would := audit.CertificateRequests // what would have told
	if len(t.Certificates) == 0 {
		would = audit.Certificates
	}
	other, missing := f.Unread(would, t.Namespace)
	switch {
	case missing && reason == audit.NotRequested:
		return other.Reason, why + "; " + gapWords(would, other)
	case missing:
		return reason, why + "; " + gapWords(would, other)
	case len(t.Certificates) == 0:
		return reason, why + "; no Certificate names it"
	}
	return reason, why + "; nor is what was issued for Certificate " + t.Namespace + "/" + t.Owner().Name
}

// specBehind returns the Certificate whose spec tells what lies in a Secret that nobody
// read, nil where none does: one that owns the Secret and is Ready, of which no issued
// certificate is left. Where CertificateRequests couldn't be read there may be one, and
// the spec would say less than it: nothing is told then.
func specBehind(f *audit.Facts, t *audit.TLSSecret) *cmv1.Certificate {
	if _, unread := f.Unread(audit.CertificateRequests, t.Namespace); unread {
		return nil
	}
	return readyOwner(t)
}

// readyOwner returns the Certificate that owns a Secret and is Ready, nil where none is.
// Ready means that the Secret's private key and certificate match the Certificate's spec
// (cert-manager, internal/controller/certificates/policies, NewReadinessPolicyChain).
func readyOwner(t *audit.TLSSecret) *cmv1.Certificate {
	for _, c := range t.Certificates {
		if audit.IsReady(c) {
			return c
		}
	}
	return nil
}

func secretText(t *audit.TLSSecret) string { return "Secret " + t.Namespace + "/" + t.Name }

// certificateText names a Secret and the certificate in it. The evidence has the whole
// fingerprint.
func certificateText(t *audit.TLSSecret) string {
	text := fmt.Sprintf("%s (certificate SHA-256 %.16s…", secretText(t), t.Leaf().Fingerprint)
	if t.Level == audit.Issued || t.Level == audit.Served {
		text += ", as " + string(t.Level)
	}
	return text + ")"
}
