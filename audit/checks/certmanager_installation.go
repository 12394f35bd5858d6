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
	labelName      = "app.kubernetes.io/name"
	labelComponent = "app.kubernetes.io/component"
	labelInstance  = "app.kubernetes.io/instance"
)

var partsByImage = map[string]string{
	"cert-manager": "controller", "cert-manager-webhook": "webhook", "cert-manager-cainjector": "cainjector",
}

// certManagerDeployments finds the parts by their images, which mirrors keep the names of,
// or by their labels: the controller by name, the others by the controller's instance.
func certManagerDeployments(s *audit.Snapshot) []certManagerDeployment {
	var found []certManagerDeployment
	instances := map[string]bool{}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		if c.Kind != "Deployment" || partOf(c) != "controller" {
			continue
		}
		if instance := c.Labels[labelInstance]; instance != "" {
			instances[c.Namespace+"/"+instance] = true
		}
	}
	for i := range s.Controllers {
		c := &s.Controllers[i]
		part := partOf(c)
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

// partOf tells a part of cert-manager by its image, or the controller by its labels: its
// name, or an instance of that name where it has none.
func partOf(c *audit.Controller) string {
	if part, ok := partsByImage[c.Component]; ok {
		return part
	}
	name, instance := c.Labels[labelName], c.Labels[labelInstance]
	if c.Labels[labelComponent] == "controller" && (name == "cert-manager" || name == "" && instance == "cert-manager") {
		return "controller"
	}
	return ""
}

// certManagerInUse reports whether a cluster that was given as files holds a trace of
// cert-manager: one of its objects, its Deployment, or something that asks for it.
func certManagerInUse(f *audit.Facts) bool {
	objects := len(f.Issuance.All) + len(f.Certificates) + len(f.CertificateRequests)
	return objects > 0 || len(certManagerDeployments(f.Snapshot)) > 0 || len(certManagerAskedBy(f)) > 0
}

// certManagerAskedBy names the Ingresses and Gateways that carry cert-manager's annotations.
func certManagerAskedBy(f *audit.Facts) []string {
	var names []string
	note := func(o metav1.Object, subject audit.Subject) {
		for _, key := range ingressAnnotations {
			if _, carries := o.GetAnnotations()[key]; carries && key != tlsACME { // others read that one too
				names = append(names, subject.String())
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
	return names
}
