package checks

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressSecretExists = audit.Check{
	ID:       "ING-03",
	Title:    "Every Secret that an Ingress's TLS names exists",
	Expected: "each block of spec.tls has a secretName, and that Secret is in its namespace, or, where Secrets weren't read, the Certificate that names it is Ready",
	Doc: "The certificate and key of an Ingress come from a Secret in its own namespace. Without it controllers present a certificate of their own " +
		"that no client trusts, or refuse the connection.",
	Logic: "Each block of spec.tls: its Secret is in the Ingress's namespace: pass; it isn't: fail. No secretName: fail, " +
		"but a warning where the controller's default certificate is known and its Secret isn't known to be missing, and not assessed where this build doesn't know what the controller presents then (OpenShift, Cilium, Traefik …). Where the Secret wasn't read, the Certificate that names it: Ready: pass " +
		"(cert-manager says so only while the Secret is there), not Ready: fail, none: not assessed. " +
		"Where a load balancer or the workload ends TLS, a missing Secret is not assessed.",
	Fix: "kubectl get secret NAME -n NAMESPACE. Where cert-manager should make it: kubectl get certificate -n NAMESPACE, and ING-06 for the annotation; " +
		"else kubectl create secret tls NAME -n NAMESPACE --cert=… --key=…",
	Controls:    keyManagement("The key that protects the service has been distributed to where it is used."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.Secrets, audit.Certificates, audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.ConfigMaps},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeSecrets) },
}

func judgeSecrets(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	if inherits(f, j, e) {
		return
	}
	if len(e.Spec.TLS) == 0 {
		j.NotApplicable("it has no spec.tls that would name a Secret")
		return
	}
	for b := range e.Spec.TLS {
		path := fmt.Sprintf("spec.tls[%d].secretName", b)
		name := e.Spec.TLS[b].SecretName
		j.Evidence(path, fmt.Sprintf("%q", name), audit.Configured)
		if name == "" {
			judgeNoSecretName(f, j, e, path)
			continue
		}
		judgeSecret(f, j, e, f.TLS.Secret(e.Namespace, name))
	}
}

// judgeSecret judges a Secret that the Ingress names.
func judgeSecret(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, t *audit.TLSSecret) {
	defer j.By(secretCommand(t))()
	switch {
	case t.Presence == audit.Present:
		j.Evidence(secretText(t), "present", audit.Stored)
		j.Pass("%s is there", secretText(t))
	case e.TLSEnds == audit.AtWorkload || e.TLSEnds == audit.AtBalancer:
		j.NotAssessed(audit.Unknown, "%s isn't known to be there, but %s", secretText(t), e.Why)
	case t.Presence == audit.Absent:
		judgeAbsent(f, j, e, t)
	default:
		judgeSecretByOwner(f, j, t)
	}
}

// judgeAbsent judges a Secret that doesn't exist: what should have made it is the cause.
func judgeAbsent(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, t *audit.TLSSecret) {
	owner := t.Owner()
	j.Evidence(secretText(t), "absent", audit.Stored)
	switch {
	case owner == nil:
		j.Cause("ING-06", e.Subject)
		made := ", and no Certificate makes it"
		if _, unknown := f.Unread(audit.Certificates, t.Namespace); unknown {
			made = ""
		}
		j.Fail("%s doesn't exist%s", secretText(t), made)
	case audit.IsReady(owner):
		j.Fail("%s doesn't exist, though Certificate %s/%s, which makes it, is Ready", secretText(t), owner.Namespace, owner.Name)
	default:
		j.Cause("CRT-01", audit.CertificateSubject(owner))
		j.Fail("%s doesn't exist: Certificate %s/%s, which makes it, isn't Ready", secretText(t), owner.Namespace, owner.Name)
	}
}

// judgeSecretByOwner judges a Secret that wasn't read by the Certificate that names it.
func judgeSecretByOwner(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
	if t.Owner() != nil {
		defer j.By(ownerCommand(t))()
	}
	if ready := readyOwner(t); ready != nil {
		j.Evidence("Certificate "+ready.Namespace+"/"+ready.Name+": status.conditions[type=Ready]", "True", audit.Issued)
		j.Pass("%s is there: Certificate %s/%s is Ready", secretText(t), ready.Namespace, ready.Name)
		return
	}
	if owner := t.Owner(); owner != nil {
		j.Cause("CRT-01", audit.CertificateSubject(owner))
		j.Evidence("Certificate "+owner.Namespace+"/"+owner.Name+": status.conditions[type=Ready]", "not True", audit.Issued)
		j.Fail("%s can't be relied on: Certificate %s/%s, which makes it, isn't Ready", secretText(t), owner.Namespace, owner.Name)
		return
	}
	reason, why := unknownBecause(f, t)
	j.NotAssessed(reason, "whether %s is there isn't known: %s", secretText(t), why)
}

// judgeNoSecretName judges a block that names no Secret.
func judgeNoSecretName(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, path string) {
	if e.TLSEnds != audit.AtController {
		j.NotAssessed(audit.Unknown, "%s is empty, but %s", path, e.Why)
		return
	}
	if by, secret := e.Default.By, e.Default.Secret; secret != "" {
		j.Evidence(e.Default.Where, secret, audit.Configured)
		defer j.By(e.Subject.Command(), pathCommand(e.Default.Where))()
		if namespace, name, named := strings.Cut(secret, "/"); named {
			if t := f.TLS.Secret(namespace, name); t != nil && t.Presence == audit.Absent {
				defer j.By(secretCommand(t))()
				j.Fail("%s is empty, and the default certificate of %s, Secret %s, doesn't exist", path, by, secret)
				return
			}
		}
		j.Warn("%s is empty: it is served with the default certificate of %s, Secret %s", path, by, secret)
		return
	}
	if e.Default.Differ {
		if f.IngressClass(e.Class) != nil || !unread(f, j, audit.IngressClasses, "", path+" is empty, and which of several controllers serves it isn't known") {
			j.NotAssessed(audit.Unknown, "%s is empty, and the instances of the controller that may serve it have different default certificates", path)
		}
		return
	}
	if gap := e.Default.Unread; gap != nil {
		j.NotAssessed(gap.Reason, "%s is empty, and whether %s has a default certificate isn't known: %s was not read: %s", path, e.Default.By, e.Default.Where, gap.Message)
		return
	}
	judgeNoDefault(f, j, e, path)
}

// judgeNoDefault judges a block that names no Secret where nothing names a default
// certificate: that says something only of controllers of which it is known where one would
// be named.
func judgeNoDefault(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, path string) {
	if len(e.Controllers) == 0 {
		if !unread(f, j, audit.IngressClasses, "", path+" is empty, and which controller serves it isn't known") {
			j.NotAssessed(audit.Unknown, "%s is empty, and which controller serves it isn't known to this build (class %q)", path, e.Class)
		}
		return
	}
	for _, c := range e.Controllers {
		switch {
		case c.DefaultCertificate != "":
			continue
		case c.Unnamed != "":
			j.NotAssessed(audit.Unknown, "%s is empty: of certificates %s presents %s; which that is isn't known to this build", path, c.Name, c.Unnamed)
		default:
			j.NotAssessed(audit.Unknown, "%s is empty, and which certificate %s presents then isn't known to this build", path, c.Name)
		}
		return
	}
	for _, r := range []audit.Resource{audit.Deployments, audit.DaemonSets, audit.Pods} {
		if unread(f, j, r, "", path+" is empty, and the controller's default certificate isn't known") {
			return
		}
	}
	j.Fail("%s is empty, and no default certificate of the controller is known", path)
}
