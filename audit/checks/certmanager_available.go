package checks

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var certManagerAvailable = audit.Check{
	ID:       "CM-01",
	Title:    "cert-manager is installed and up",
	Expected: "cert-manager's API is served, its controller's Deployment is there, and each Deployment of it has at least 1 available replica",
	Doc: "cert-manager issues and renews the certificates that Ingresses ask for. Where it is missing or down, " +
		"new certificates don't come and old ones expire, without anything else failing until they do.",
	Logic: "Where its API isn't served: fail if an Ingress or Gateway carries its annotations, else not applicable. " +
		"Where it is: its Deployments are found by image or by the labels app.kubernetes.io/name, component and instance; one with no available replica: fail; " +
		"no controller found, or a status that wasn't written while nothing else tells: not assessed. In files, whose API is taken as served, cert-manager counts as installed where one of its objects, a Deployment of it or an annotation for it is there.",
	Fix: "kubectl get deployments -A -l 'app.kubernetes.io/component in (controller, webhook, cainjector)'; kubectl describe the one without replicas. " +
		"Not installed: install it as cert-manager.io/docs/installation says.",
	Controls:    keyManagement("Keys and certificates are generated, distributed and renewed by a system that works."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Deployments},
	Uses: []audit.Resource{
		audit.Certificates, audit.CertificateRequests, audit.Issuers, audit.ClusterIssuers,
		audit.Ingresses, audit.Gateways, audit.Pods, audit.ReplicaSets,
	},
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
	if asking, keys := certManagerAskedBy(f); len(asking) > 0 {
		j.Evidence("API group cert-manager.io", "not served", audit.Configured)
		for i, name := range asking[:min(len(asking), mostEvidence)] {
			j.Evidence(name+": "+annotationPath(keys[i]), "present", audit.Configured)
		}
		j.Fail("cert-manager isn't installed, but its annotations stand on %s", several(asking))
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
			faults = append(faults, judgeUnavailable(f, d))
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

// judgeUnavailable judges a Deployment of which no replica is known to be available. One
// whose status nobody wrote is down where none is wanted, and on a cluster where no Pod of
// it is there either; else nothing has counted its replicas.
func judgeUnavailable(f *audit.Facts, d certManagerDeployment) audit.Finding {
	j := audit.Judge(d.Subject())
	if d.Observed || d.Replicas == 0 {
		j.Evidence("status.availableReplicas", "0", audit.Configured)
		j.Fail("cert-manager's %s has no available replica, of %d wanted", d.part, d.Replicas)
		return j.Finding()
	}
	j.Evidence("status", "not written", audit.Configured)
	if f.Collection.Source == audit.FromFiles {
		j.NotAssessed(audit.Unknown, "whether a replica of cert-manager's %s is available isn't known: its status was not given", d.part)
		return j.Finding()
	}
	const uncounted = "nothing has counted the replicas of cert-manager's %s yet"
	for _, r := range []audit.Resource{audit.Pods, audit.ReplicaSets} {
		if unread(f, j, r, d.Namespace, fmt.Sprintf(uncounted+", and whether it has Pods isn't known", d.part)) {
			return j.Finding()
		}
	}
	if pods := f.PodsOf(d.Subject()); pods > 0 {
		j.NotAssessed(audit.Unknown, uncounted+"; Pods of it that are there: %d", d.part, pods)
	} else {
		j.Fail(uncounted+", and no Pod of it is there", d.part)
	}
	return j.Finding()
}
