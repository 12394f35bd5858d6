package checks

import (
	"fmt"
	"strings"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var certManagerAvailable = audit.Check{
	ID:    "CM-01",
	Title: "cert-manager is installed and up",
	Doc: "cert-manager issues and renews the certificates that Ingresses ask for. Where it is missing or down, " +
		"new certificates don't come and old ones expire, without anything else failing until they do.",
	Logic: "Where its API isn't served: fail if an Ingress or Gateway carries its annotations, else not applicable. " +
		"Where it is: its Deployments are found by image or by the labels app.kubernetes.io/name, component and instance; one with no available replica (or, in files, without a status): fail; " +
		"no controller found: not assessed. In files, whose API is taken as served, cert-manager counts as installed where one of its objects, a Deployment of it or an annotation for it is there.",
	Fix: "kubectl get deployments -A -l 'app.kubernetes.io/component in (controller, webhook, cainjector)'; kubectl describe the one without replicas. " +
		"Not installed: install it as cert-manager.io/docs/installation says.",
	Controls:    keyManagement("Keys and certificates are generated, distributed and renewed by a system that works."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Deployments},
	Uses:        []audit.Resource{audit.Certificates, audit.CertificateRequests, audit.Issuers, audit.ClusterIssuers, audit.Ingresses, audit.Gateways},
	Run: func(f *audit.Facts) []audit.Finding {
		if f.Reading(audit.Certificates).State == audit.NotServed {
			return []audit.Finding{judgeNotInstalled(f)}
		}
		if f.Collection.Source == audit.FromFiles && !certManagerInUse(f) {
			return nil
		}
		return judgeCertManager(f)
	},
}

// judgeNotInstalled judges a cluster that doesn't serve cert-manager's API.
func judgeNotInstalled(f *audit.Facts) audit.Finding {
	j := audit.Judge(audit.ClusterSubject())
	j.Command("kubectl api-resources --api-group=cert-manager.io")
	if asking := certManagerAskedBy(f); len(asking) > 0 {
		j.Fail("cert-manager isn't installed, but its annotations ask it for certificates on %s", several(asking))
		return j.Finding()
	}
	ingresses := unread(f, j, audit.Ingresses, "", "whether an Ingress asks for cert-manager isn't known")
	gateways := unread(f, j, audit.Gateways, "", "whether a Gateway asks for cert-manager isn't known")
	if !ingresses && !gateways {
		j.NotApplicable("cert-manager isn't installed, and nothing asks for it")
	}
	return j.Finding()
}

// judgeCertManager returns a finding for each Deployment at fault, or one for the cluster.
func judgeCertManager(f *audit.Facts) []audit.Finding {
	cluster := audit.Judge(audit.ClusterSubject())
	cluster.Command("kubectl get deployments -A -l app.kubernetes.io/component=controller")
	var faults []audit.Finding
	var up []string
	controller := false
	for _, d := range certManagerDeployments(f.Snapshot) {
		controller = controller || d.part == "controller"
		if d.Available == 0 {
			j := audit.Judge(d.Subject())
			j.Evidence("status.availableReplicas", "0", audit.Configured)
			if f.Collection.Source == audit.FromFiles {
				j.Fail("cert-manager's %s has no available replica, of %d wanted, in what was given", d.part, d.Replicas)
			} else {
				j.Fail("cert-manager's %s has no available replica, of %d wanted", d.part, d.Replicas)
			}
			faults = append(faults, j.Finding())
			continue
		}
		up = append(up, fmt.Sprintf("%s %s/%s (%d of %d available)", d.part, d.Namespace, d.Name, d.Available, d.Replicas))
		cluster.Evidence(d.Subject().String()+": status.availableReplicas", fmt.Sprint(d.Available), audit.Configured)
	}
	if !controller {
		cluster.NotAssessed(audit.Unknown, "its API is there, but no Deployment of cert-manager's controller was found: it may run elsewhere")
		return append(faults, cluster.Finding())
	}
	if len(faults) == 0 {
		cluster.Pass("up: %s", strings.Join(up, ", "))
		faults = append(faults, cluster.Finding())
	}
	return faults
}

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

// partOf tells a part of cert-manager by its image, or the controller by its labels.
func partOf(c *audit.Controller) string {
	if part, ok := partsByImage[c.Component]; ok {
		return part
	}
	if c.Labels[labelName] == "cert-manager" && c.Labels[labelComponent] == "controller" {
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

// certManagerAskedBy names the Ingresses and Gateways whose annotations ask cert-manager
// for a certificate.
func certManagerAskedBy(f *audit.Facts) []string {
	var names []string
	note := func(o metav1.Object, subject audit.Subject) {
		_, issuer := o.GetAnnotations()[cmv1.IngressIssuerNameAnnotationKey]
		_, cluster := o.GetAnnotations()[cmv1.IngressClusterIssuerNameAnnotationKey]
		if issuer || cluster {
			names = append(names, subject.String())
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
