package checks

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var gatewayCertificatesSound = audit.Check{
	ID:       "GW-03",
	Title:    "The certificates that a Gateway presents are sound",
	Expected: "each certificate that its listeners name can be read and passes the checks SEC; with --probe, servers present no other",
	Doc: "A Gateway presents its certificates for everybody's routes: what is wrong with one is wrong for every host behind it, and few users " +
		"can mend it themselves.",
	Logic: "Each certificate that a listener of the Gateway names, those of ListenerSets that it admits too: it can't be read: fail; else the worst of what the checks of certificates " +
		"(SEC) say of it; the type of its Secret (SEC-01) counts where that was read. A Secret that doesn't exist is GW-02's. With --probe, a server that presents another certificate than those that the listener names: fail. TLS passed through: not assessed, as the workload presents the certificate.",
	Fix:         "The findings of the SEC checks for the same Gateway say what to do; a certificate that can't be read: kubectl get secret NAME -n NAMESPACE, and have it issued again.",
	Controls:    cryptography("Encryption at the Gateway rests on certificates that clients can verify."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Gateways},
	Uses:        []audit.Resource{audit.Secrets, audit.Certificates, audit.CertificateRequests, audit.ListenerSets, audit.Namespaces, audit.Handshakes},
	Run:         func(f *audit.Facts) []audit.Finding { return eachTLSListener(f, judgeSoundness) },
}

// certificateJudges are the checks of certificates, each a judgement of one Secret; judgeSecretType
// is one where the Secret was read. Where only what was issued is known SEC-01 says so, and the
// certificate can be sound all the same.
var certificateJudges = []judging{
	judgeKeyPair, judgeValidity, judgeNames, judgeKey, judgeWeakness, judgeSignatures, judgePurpose, judgeLife, judgeNameForms, judgeChain, judgeTrust,
}

func judgeSoundness(f *audit.Facts, j *audit.Judgement, l *audit.Listener) {
	if l.PassesThrough() {
		j.NotAssessed(audit.Unknown, "%s passes TLS through: the workload presents the certificate", l.Text())
		return
	}
	known := false
	for _, ref := range l.CertificateRefs() {
		if !audit.RefersToSecret(&ref) {
			continue
		}
		known = true
		t := f.TLS.Secret(l.SecretOf(&ref))
		back := j.By(certificateCommand(t))
		switch {
		case t.Malformed != "":
			j.Evidence(certificatePath(t), t.Malformed, t.Level)
			j.Fail("%s: its certificate can't be read: %s", secretText(t), t.Malformed)
		case t.Presence == audit.Absent:
			j.Cause("GW-02", audit.GatewaySubject(l.Gateway))
			j.NotAssessed(audit.Unknown, "%s doesn't exist, so there is no certificate to judge", secretText(t))
		default:
			judgeCertificate(f, j, t)
		}
		back()
	}
	if !known {
		j.NotAssessed(audit.Unknown, "%s names no Secret, so which certificate it presents isn't known", l.Text())
	}
	judgeListenerServed(f, j, l)
}

// judgeListenerServed judges what servers presented for the hosts of a listener, where they
// were asked: one of the certificates that it names.
func judgeListenerServed(f *audit.Facts, j *audit.Judgement, l *audit.Listener) {
	var meant []string // fingerprints
	var commands []string
	for _, ref := range l.CertificateRefs() {
		t := f.TLS.Secret(l.SecretOf(&ref))
		if !audit.RefersToSecret(&ref) || t.Presence == audit.NotRead && t.Level != audit.Issued {
			return // nothing to compare with
		}
		if leaf := t.Leaf(); leaf != nil {
			meant, commands = append(meant, leaf.Fingerprint), append(commands, certificateCommand(t))
		}
	}
	for _, h := range f.ListenerHandshakes(l) {
		chain, _ := pki.Parse([]byte(h.Certificates))
		if len(chain) == 0 || len(l.CertificateRefs()) == 0 {
			continue
		}
		leaf := chain[0] // the server's own comes first (RFC 8446, 4.4.2)
		back := j.By(append([]string{handshakeCommand(h)}, commands...)...)
		j.Evidence("TLS handshake, "+h.Text(), fmt.Sprintf("certificate SHA-256 %s, subject %s", leaf.Fingerprint, leaf.Subject), audit.Served)
		if slices.Contains(meant, leaf.Fingerprint) {
			j.Pass("%s: %s is presented a certificate that it names", l.Text(), h.Host)
		} else {
			j.Fail("%s: %s presents another certificate for %s (SHA-256 %.16s…) than those that it names", l.Text(), serverOf(h), h.Host, leaf.Fingerprint)
		}
		back()
	}
}

// judgeCertificate judges a certificate by every check of certificates; where all pass, it says so
// once.
func judgeCertificate(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	judges := certificateJudges
	if t.Presence == audit.Present {
		judges = append([]judging{judgeSecretType}, judges...)
	}
	alone := audit.Judge(j.Subject())
	for _, judge := range judges {
		judge(f, alone, t)
	}
	found := alone.Finding()
	if found.Status != audit.Pass || t.Leaf() == nil {
		for _, judge := range judges {
			judge(f, j, t)
		}
		return
	}
	for _, e := range found.Evidence {
		j.Evidence(e.Path, e.Value, e.Level)
	}
	j.Pass("%s: sound by %s", certificateText(t), counted(len(judges), "check"))
}
