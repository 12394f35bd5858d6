package checks

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressControllerMaintained = audit.Check{
	ID:       "ING-12",
	Title:    "The controller that serves it is maintained",
	Expected: "the table of vendors has the image of each controller that serves it as maintained, neither retired nor with a day on which support ends",
	Doc: "An ingress controller stands between everybody and everything, and reads every certificate’s key. One that nobody mends keeps each hole that is found in it; " +
		"the community’s ingress-nginx is retired since March 2026 (kubernetes.io/blog/2025/11/11/ingress-nginx-retirement).",
	Logic: "By the image of each controller that serves the Ingress and a dated table: retired, or past the vendor’s support: fail; supported until a day to come: warning, with the day; " +
		"maintained as of the table: pass. A fork that the table doesn’t have, or a controller that wasn’t found to run: not assessed.",
	Fix: "Move to a controller that is maintained, or to Gateway API (gateway-api.sigs.k8s.io/guides/getting-started/migrating-from-ingress); run both side by side by IngressClass, and move one Ingress at a time. " +
		"A vendor’s fork whose support is known can be waived until the day that the vendor names.",
	Controls: refs(
		supportsNetworks("What stands at the border of the network is kept up to date."),
		supportsServices("The service that ends users’ connections is maintained."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachIngress(f, func(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
			byController(f, j, e, "whether it is maintained", judgeMaintained)
		})
	},
}

func judgeMaintained(f *audit.Facts, j *audit.Judgement, _ *audit.Exposure, c *ingressServer) {
	if len(c.instances) == 0 {
		noInstance(f, j, c.Name, "so its image and who maintains that aren't known")
		return
	}
	defer j.By()()
	asOf := "as of " + audit.Maintenance.Date.Format(time.DateOnly)
	for _, instance := range c.instances {
		image := instance.Container.Image
		j.By(imageCommand(instance.Subject))
		j.Evidence(instance.Subject.String()+": image", image, audit.Configured)
		m := audit.Maintenance.Of(image)
		switch {
		case m == nil:
			j.NotAssessed(audit.Unknown, "%s runs %s, of which this build doesn't know who maintains it (%s)", instance.Subject, audit.Repository(image), asOf)
		case !m.Retired.IsZero() && f.At.After(m.Retired.Time):
			j.Fail("%s runs %s, which is retired since %s (%s, %s)", instance.Subject, m.Name, m.Retired.Format(time.DateOnly), m.Docs, asOf)
		case !m.Until.IsZero() && !f.At.Before(m.Until.End()):
			j.Fail("%s runs %s, whose support ended on %s (%s, %s)", instance.Subject, m.Name, m.Until.Format(time.DateOnly), m.Docs, asOf)
		case !m.Until.IsZero():
			j.Warn("%s runs %s, which is supported until %s (%s, %s)", instance.Subject, m.Name, m.Until.Format(time.DateOnly), m.Docs, asOf)
		default:
			j.Pass("%s runs %s, which is maintained (%s)", instance.Subject, m.Name, asOf)
		}
	}
}
