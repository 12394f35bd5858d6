package checks

import (
	"fmt"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var ingressServedAsMeant = audit.Check{
	ID:       "ING-14",
	Title:    "Servers present the certificate that an Ingress means, by TLS 1.2 or newer only",
	Expected: "for each of its hosts with TLS every server presents the certificate of the host's TLS block, and accepts TLS 1.2 and newer only",
	Doc: "A controller that can't use a Secret presents a certificate of its own, and goes on presenting an old one after a Secret turns invalid: the objects of the cluster look right " +
		"all the while. Only asking the server shows what its users meet.",
	Logic: "With --probe, each host with TLS of an Ingress is asked for at each address of its status, by a TLS handshake that nothing follows: the certificate is one that a controller makes for itself, " +
		"or not the one that is stored in the Secret of the host's TLS block, or was issued for it: fail; so is one that is presented though that Secret doesn’t exist or can’t be read; TLS 1.1 or 1.0 is accepted: fail. The same certificate, and no older TLS: pass. " +
		"Nothing to compare the certificate with, a handshake that failed, wildcards and an Ingress without an address: not assessed. Not asked: not requested.",
	Fix: "openssl s_client -connect ADDRESS:443 -servername HOST shows it too. Mend the Secret (ING-03, ING-04, SEC-02), or have it issued again (cmctl renew NAME -n NAMESPACE), then look at the controller's log " +
		"(kubectl logs -n NAMESPACE deployment/NAME). Set the controller's lowest version of TLS to 1.2: for ingress-nginx ssl-protocols: TLSv1.2 TLSv1.3 in its ConfigMap; ING-13 says where others have it.",
	Controls: refs(
		cryptography("What users are served is the encryption and the certificate that was decided on."),
		services("Users of the service authenticate the server that was set up for them."),
	),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.Handshakes, audit.IngressClasses, audit.Secrets, audit.Certificates, audit.CertificateRequests},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachIngress(f, func(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) { eachServedHost(f, j, e, judgeServed) })
	},
}

func judgeServed(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, host string, handshakes []*audit.Handshake) []hostVerdict {
	var verdicts []hostVerdict
	for _, h := range handshakes {
		if h.Error != "" {
			verdicts = append(verdicts, hostVerdict{reason: audit.Failed, command: handshakeCommand(h), text: fmt.Sprintf("no handshake with %s: %s", serverOf(h), h.Error)})
			continue
		}
		presented, version := judgePresented(f, j, e, host, h), judgeVersion(j, h)
		presented.command, version.command = handshakeCommand(h), versionCommand(h)
		verdicts = append(verdicts, presented)
		if presented.status == audit.Pass || version.status != audit.Pass { // half of an answer doesn't pass
			verdicts = append(verdicts, version)
		}
	}
	return verdicts
}

// judgePresented judges the certificate that one server presented.
func judgePresented(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, host string, h *audit.Handshake) hostVerdict {
	chain, err := pki.Parse([]byte(h.Certificates))
	if len(chain) == 0 {
		return hostVerdict{reason: audit.Unknown, text: fmt.Sprintf("what %s presents can't be understood: %v", serverOf(h), err)}
	}
	leaf := chain[0] // the server's own comes first (RFC 8446, 4.4.2)
	j.Evidence("TLS handshake, "+h.Text(), fmt.Sprintf("certificate SHA-256 %s, subject %s", leaf.Fingerprint, leaf.Subject), audit.Served)
	if by := audit.DefaultCertificateOf(leaf); by != "" {
		return hostVerdict{status: audit.Fail, text: fmt.Sprintf("%s presents the certificate that %s makes for itself", serverOf(h), by)}
	}
	if e.TLSEnds == audit.AtBalancer || e.TLSEnds == audit.AtWorkload {
		return hostVerdict{reason: audit.Unknown, text: fmt.Sprintf("%s presents a certificate that there is nothing to compare with: %s", serverOf(h), e.Why)}
	}
	t := secretOfHost(f, e, host)
	switch {
	case t == nil:
		return hostVerdict{reason: audit.Unknown, text: fmt.Sprintf("%s presents a certificate that there is nothing to compare with: no TLS block of its host names a Secret", serverOf(h))}
	case t.Presence == audit.Absent:
		v := kept(h, leaf, secretText(t)+" doesn't exist")
		v.compared = secretCommand(t)
		return v
	case t.Level != audit.Stored && t.Level != audit.Issued:
		reason, why := unknownBecause(f, t)
		return hostVerdict{reason: reason, text: fmt.Sprintf("%s presents a certificate that there is nothing to compare with: that in %s isn't known: %s", serverOf(h), secretText(t), why)}
	case t.Leaf() == nil:
		j.Evidence(certificatePath(t), t.Malformed, t.Level)
		v := kept(h, leaf, "that in "+secretText(t)+" can't be read ("+t.Malformed+")")
		v.compared = certificateCommand(t)
		return v
	case t.Leaf().Fingerprint != leaf.Fingerprint:
		j.Evidence(secretText(t), "certificate SHA-256 "+t.Leaf().Fingerprint, t.Level)
		return hostVerdict{compared: certificateCommand(t), status: audit.Fail, text: fmt.Sprintf("%s presents another certificate (SHA-256 %.16s…) than that of %s", serverOf(h), leaf.Fingerprint, certificateText(t))}
	}
	return hostVerdict{compared: certificateCommand(t), status: audit.Pass, text: "presented as it is in " + certificateText(t)}
}

// kept is the verdict of a server that presents a certificate which the cluster doesn't hold
// (any more): controllers go on with the last one that they could read.
func kept(h *audit.Handshake, leaf *pki.Certificate, why string) hostVerdict {
	return hostVerdict{status: audit.Fail, text: fmt.Sprintf("%s presents a certificate (SHA-256 %.16s…), though %s: it keeps an old one, or has a default", serverOf(h), leaf.Fingerprint, why)}
}

// judgeVersion judges the versions of TLS that one server accepts. TLS 1.0 and 1.1 are
// deprecated (RFC 8996).
func judgeVersion(j *audit.Judgement, h *audit.Handshake) hostVerdict {
	old := func(version string) bool { return version == "1.0" || version == "1.1" }
	j.Evidence("TLS handshake, "+h.Text()+": versions", fmt.Sprintf("chosen %s, oldest accepted %q", h.Version, h.Oldest), audit.Served)
	switch {
	case old(h.Version):
		return hostVerdict{status: audit.Fail, text: fmt.Sprintf("%s speaks TLS %s, nothing newer", serverOf(h), h.Version)}
	case old(h.Oldest):
		return hostVerdict{status: audit.Fail, text: fmt.Sprintf("%s accepts TLS %s", serverOf(h), h.Oldest)}
	case h.Oldest == "":
		return hostVerdict{reason: audit.Failed, text: fmt.Sprintf("whether %s accepts older TLS than 1.2 isn't known: it didn't answer", serverOf(h))}
	}
	return hostVerdict{status: audit.Pass, text: "no TLS older than 1.2 is accepted"}
}

// secretOfHost returns the Secret that an Ingress means for a host: of the TLS block that
// speaks of it best; nil where that names none.
func secretOfHost(f *audit.Facts, e *audit.Exposure, host string) *audit.TLSSecret {
	best, secret := notAtAll, ""
	for b := range e.Spec.TLS {
		if how, _ := blockHolds(&e.Spec.TLS[b], host); how > best {
			best, secret = how, e.Spec.TLS[b].SecretName
		}
	}
	if secret == "" {
		return nil
	}
	return f.TLS.Secret(e.Namespace, secret)
}

func serverOf(h *audit.Handshake) string { return "the server at " + h.Server() }
