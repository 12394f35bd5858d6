package audit

import (
	"slices"
	"strings"
)

// A DefaultCertificate is what the controller that serves an Ingress shows to clients where a
// TLS block names no Secret, as far as its arguments and settings tell. Several instances are
// told apart by the class that they serve; those that serve the same have to agree.
type DefaultCertificate struct {
	By     string // the instance, as a subject in words; "" where nothing tells
	Where  string // what names the Secret: object and field
	Secret string // "namespace/name"; "" where nothing tells
	Differ bool   // instances that may serve it have different ones, or some have one and others don't
	Unread *Gap   // why the ConfigMap of Where, which may name one, isn't known; nil where it is
}

// defaultCertificate finds that of an Ingress among the instances of each component.
func defaultCertificate(s *Snapshot, e *Exposure, running func(component string) []Instance) DefaultCertificate {
	var all []DefaultCertificate // of all instances that may serve it, those that name the same once
	for i := range e.Controllers {
		c := &e.Controllers[i]
		if c.DefaultCertificate == "" {
			continue
		}
		for _, instance := range running(c.Component) {
			if !s.serves(c, &instance, e) {
				continue
			}
			d := defaultOf(s, c, instance)
			if d.Unread != nil {
				return d
			}
			if !slices.ContainsFunc(all, func(other DefaultCertificate) bool { return other.Secret == d.Secret }) {
				all = append(all, d)
			}
		}
	}
	if len(all) == 1 && all[0].Secret != "" {
		return all[0]
	}
	return DefaultCertificate{Differ: len(all) > 1}
}

// defaultOf returns that of an instance: what its ConfigMap says, where its controller reads
// that there, else its flag.
func defaultOf(s *Snapshot, is *IngressController, i Instance) DefaultCertificate {
	d := DefaultCertificate{By: i.Subject.String()}
	if is.CertificateSetting != "" {
		c := IngressInstance{Instance: i, Is: is}
		c.readSettings(s)
		secret, _ := c.Setting(is.CertificateSetting)
		if secret != "" || c.Unread != nil {
			d.Where, d.Secret, d.Unread = "ConfigMap "+c.ConfigMap+": data."+is.CertificateSetting, secret, c.Unread
			if secret != "" && !strings.Contains(secret, "/") {
				d.Secret = i.Subject.Namespace + "/" + secret
			}
			return d
		}
	}
	secret, _ := i.Container.Flag(is.DefaultCertificate)
	// Charts leave the namespace to the Pod's environment.
	d.Where, d.Secret = d.By+": --"+is.DefaultCertificate, strings.ReplaceAll(secret, "$(POD_NAMESPACE)", i.Subject.Namespace)
	return d
}

// ShowsDefault reports whether clients are shown the controller's default certificate: a TLS
// block of the Ingress names no Secret.
func (e *Exposure) ShowsDefault() bool {
	if e.TLSEnds != AtController {
		return false
	}
	for _, block := range e.Spec.TLS {
		if block.SecretName == "" {
			return true
		}
	}
	return false
}
