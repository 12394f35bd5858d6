package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A certManagerDeployment is one part of an installation.
type certManagerDeployment struct {
	*audit.Controller
	part string // controller, webhook, cainjector
}

// The labels by which its Helm chart and release manifests tell its parts (deploy/charts/cert-manager).
const (
	labelComponent = "app.kubernetes.io/component"
	labelInstance  = "app.kubernetes.io/instance"
)

// parts are the parts of cert-manager by their names in the table of components.
var parts = map[string]string{
	"cert-manager": "controller", "cert-manager-webhook": "webhook", "cert-manager-cainjector": "cainjector",
}

// certManagerDeployments finds the parts that the table of components recognizes, and by
// the controller's instance the others that have images of other names.
func certManagerDeployments(s *audit.Snapshot) []certManagerDeployment {
	var found []certManagerDeployment
	instances := map[string]bool{}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Kind != "Deployment" || parts[c.Component] != "controller" {
			continue
		}
		if instance := c.Labels[labelInstance]; instance != "" {
			instances[c.Namespace+"/"+instance] = true
		}
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		part := parts[c.Component]
		if labelled := c.Labels[labelComponent]; part == "" && instances[c.Namespace+"/"+c.Labels[labelInstance]] &&
			(labelled == "webhook" || labelled == "cainjector") {
			part = labelled
		}
		if c.Kind == "Deployment" && part != "" {
			found = append(found, certManagerDeployment{c, part})
		}
	}
	return found
}

// certManagerInUse reports whether a cluster that was given as files holds a trace of
// cert-manager: one of its objects, its Deployment, or something that asks for it.
func certManagerInUse(f *audit.Facts) bool {
	objects := len(f.Issuance.All) + len(f.Certificates) + len(f.CertificateRequests)
	asking, _ := certManagerAskedBy(f)
	return objects > 0 || len(asking) > 0 || len(certManagerDeployments(f.Snapshot)) > 0
}

// certManagerAskedBy names the Ingresses and Gateways that carry cert-manager's annotations,
// and of each such an annotation.
func certManagerAskedBy(f *audit.Facts) (names, keys []string) {
	note := func(o metav1.Object, subject audit.Subject) {
		for _, key := range ingressAnnotations {
			if _, carries := o.GetAnnotations()[key]; carries && key != audit.TLSACME { // others read that one too
				names, keys = append(names, subject.String()), append(keys, key)
				return
			}
		}
	}
	for i := range f.Ingresses {
		note(&f.Ingresses[i], audit.IngressSubject(&f.Ingresses[i]))
	}
	for i := range f.Gateways {
		note(&f.Gateways[i], audit.GatewaySubject(&f.Gateways[i]))
	}
	return names, keys
}
