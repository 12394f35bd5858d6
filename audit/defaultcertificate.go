package audit

import "strings"

// DefaultCertificate returns the Secret of the default certificate of the controller that
// serves an Ingress, "namespace/name", and that controller, where its arguments tell them;
// "" else. It is what clients are shown where a TLS block names no Secret. Several instances
// are told apart by the class that they serve.
func (s *Snapshot) DefaultCertificate(e *Exposure) (by, secret string) {
	for i := range e.Controllers {
		c := &e.Controllers[i]
		if c.DefaultCertificate == "" {
			continue
		}
		wanted := c.Implements[0]
		if class := s.IngressClass(e.Class); class != nil {
			wanted = class.Spec.Controller
		}
		for _, instance := range s.Running(c.Component) {
			if secret, ok := instance.Container.Flag(c.DefaultCertificate); ok && c.Serves(&instance) == wanted {
				// Charts leave the namespace to the Pod's environment.
				return instance.Subject.String(), strings.ReplaceAll(secret, "$(POD_NAMESPACE)", instance.Subject.Namespace)
			}
		}
	}
	return "", ""
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
