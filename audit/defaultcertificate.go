package audit

import (
	"slices"
	"strings"
)

// A DefaultCertificate is what the controller that serves an Ingress shows to clients where a
// TLS block names no Secret, as far as its arguments tell. Several instances are told apart
// by the class that they serve; those that serve the same have to agree.
type DefaultCertificate struct {
	By     string // the instance, as a subject in words; "" where nothing tells
	Secret string // "namespace/name"; "" where nothing tells
	Differ bool   // instances that may serve it have different ones, or some have one and others don't
}

// defaultCertificate finds that of an Ingress among the instances of each component.
func defaultCertificate(s *Snapshot, e *Exposure, running func(component string) []Instance) DefaultCertificate {
	var by string
	var secrets []string // of all instances that may serve it, "" for one without
	for i := range e.Controllers {
		c := &e.Controllers[i]
		if c.DefaultCertificate == "" {
			continue
		}
		for _, instance := range running(c.Component) {
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
	if len(secrets) == 1 && secrets[0] != "" {
		return DefaultCertificate{By: by, Secret: secrets[0]}
	}
	return DefaultCertificate{Differ: len(secrets) > 1}
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
