package audit

import (
	"slices"
	"strings"
)

// DefaultCertificate returns the Secret of the default certificate of the controller that
// serves an Ingress, "namespace/name", and that controller, where its arguments tell them;
// "" else. It is what clients are shown where a TLS block names no Secret. Several instances
// are told apart by the class that they serve; those that serve the same have to agree.
func (s *Snapshot) DefaultCertificate(e *Exposure) (by, secret string) {
	if by, secrets := s.defaultCertificates(e); len(secrets) == 1 && secrets[0] != "" {
		return by, secrets[0]
	}
	return "", ""
}

// DefaultCertificatesDiffer reports whether instances that may serve an Ingress have different
// default certificates, or some have one and others don't.
func (s *Snapshot) DefaultCertificatesDiffer(e *Exposure) bool {
	_, secrets := s.defaultCertificates(e)
	return len(secrets) > 1
}

// defaultCertificates returns the Secrets of the default certificates of all instances that
// may serve an Ingress, "" for one without, and the last such instance.
func (s *Snapshot) defaultCertificates(e *Exposure) (by string, secrets []string) {
	for i := range e.Controllers {
		c := &e.Controllers[i]
		if c.DefaultCertificate == "" {
			continue
		}
		for _, instance := range s.Running(c.Component) {
			if !s.serves(c, &instance, e) {
				continue
			}
			secret, _ := instance.Container.Flag(c.DefaultCertificate)
			// Charts leave the namespace to the Pod's environment.
			secret = strings.ReplaceAll(secret, "$(POD_NAMESPACE)", instance.Subject.Namespace)
			by = instance.Subject.String()
			if !slices.Contains(secrets, secret) {
				secrets = append(secrets, secret)
			}
		}
	}
	return by, secrets
}

// Unnamed reports whether a TLS block of an Ingress names no Secret, so that clients are shown
// the controller's default certificate, and nothing tells which that is.
func (s *Snapshot) Unnamed(e *Exposure) bool {
	if e.TLSEnds != AtController || !e.namelessBlocks() {
		return false
	}
	_, secret := s.DefaultCertificate(e)
	return secret == ""
}

// namelessBlocks reports whether an Ingress has a TLS block that names no Secret.
func (e *Exposure) namelessBlocks() bool {
	for _, block := range e.Spec.TLS {
		if block.SecretName == "" {
			return true
		}
	}
	return false
}
