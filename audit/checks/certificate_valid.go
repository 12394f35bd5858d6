package checks

import (
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateValid = audit.Check{
	ID:       "SEC-03",
	Title:    "Certificates are valid now, and those that nobody renews automatically for a while yet",
	Expected: "the time of evaluation lies between notBefore and notAfter; where cert-manager doesn't renew it, at least 30 days or a third of its life, whichever is less, are left",
	Doc: "Clients refuse a certificate outside its validity. Users then either can't reach the service, or learn to click warnings away, " +
		"which lets anybody pose as the service.",
	Logic: "Expired, not yet valid, or ending before it begins: fail. Where cert-manager owns the Secret and renews it, renewal is judged by CRT-02, as of a copy for as long as it has the same certificate. " +
		"Where nothing does, or spec.renewal of the Certificate switches it off: less than 14 days or a sixth of its life left (whichever is less): fail; less than 30 days or a third (whichever is less): warning. " +
		"The certificate is taken from the Secret where it was read, else from the CertificateRequest in force, else its dates from the Certificate's status.",
	Fix: "Managed: kubectl describe certificate NAME -n NAMESPACE says why it isn't renewed; cmctl renew NAME -n NAMESPACE tries again. " +
		"Unmanaged: replace the Secret (kubectl create secret tls NAME --cert=… --key=… --dry-run=client -o yaml | kubectl apply -f -), " +
		"better let a Certificate own it.",
	Controls:    cryptography("TLS protects information in transit only while the certificate is valid."),
	Responsible: audit.User,
	Severity:    audit.Critical,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         func(f *audit.Facts) []audit.Finding { return eachPresentation(f, judgeValidity) },
}

func judgeValidity(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	leaf, settled := leafBehind(j, t)
	if leaf != nil {
		judgeDates(f, j, t, leaf, certificateText(t))
		return
	}
	if settled {
		return
	}
	// cert-manager copies both dates from the Secret, whether Ready or not
	// (pkg/controller/certificates/readiness).
	if c := t.Owner(); c != nil && c.Status.NotBefore != nil && c.Status.NotAfter != nil {
		dates := &pki.Certificate{NotBefore: c.Status.NotBefore.UTC(), NotAfter: c.Status.NotAfter.UTC()}
		defer j.By(audit.CertificateSubject(c).Command())()
		path := "Certificate " + c.Namespace + "/" + c.Name + ": status."
		j.Evidence(path+"notBefore", instant(dates.NotBefore), audit.Issued)
		j.Evidence(path+"notAfter", instant(dates.NotAfter), audit.Issued)
		judgeDates(f, j, t, dates, secretText(t)+" (dates of Certificate "+c.Namespace+"/"+c.Name+")")
		return
	}
	unknownCertificate(f, j, t)
}

// renewed reports whether a Certificate that owns a Secret renews it.
func renewed(t *audit.TLSSecret) bool {
	return slices.ContainsFunc(t.Certificates, func(c *cmv1.Certificate) bool { return !renewalOff(c) })
}

func judgeDates(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, c *pki.Certificate, text string) {
	defects := pki.Validity(c, f.At)
	for _, defect := range defects {
		if owner := t.Owner(); owner != nil && defect.Code == pki.Expired {
			j.Cause("CRT-02", audit.CertificateSubject(owner))
		}
		j.Fail("%s: %s", text, defect.Detail)
	}
	if len(defects) > 0 {
		return
	}
	switch {
	case renewed(t):
		j.Pass("%s: valid until %s, renewed by cert-manager", text, instant(c.NotAfter))
		return
	case t.CopyOf != nil && renewed(t.CopyOf): // once that is renewed and this isn't, they differ
		j.Pass("%s: valid until %s, the certificate of %s, which cert-manager renews", text, instant(c.NotAfter), secretText(t.CopyOf))
		return
	}
	remaining, life := c.Remaining(f.At), c.Lifetime()
	if remaining >= min(30*day, life/3) {
		j.Pass("%s: valid until %s", text, instant(c.NotAfter))
		return
	}
	owner, why := t.Owner(), "nothing renews it automatically"
	if owner != nil {
		why = "renewal of Certificate " + owner.Namespace + "/" + owner.Name + " is switched off"
		j.Cause("CRT-03", audit.CertificateSubject(owner))
	}
	if owner == nil && unread(f, j, audit.Certificates, t.Namespace, text+" ends on "+instant(c.NotAfter)+", and whether cert-manager renews it isn't known") {
		return
	}
	deviates := j.Warn
	if remaining < min(14*day, life/6) {
		deviates = j.Fail
	}
	deviates("%s: ends on %s, in %s, and %s", text, instant(c.NotAfter), lasting(remaining), why)
}
