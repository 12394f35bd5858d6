package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// mayEndBefore notes that a load balancer before the controller may end TLS of an Ingress that
// declares none, or that this isn't known, and reports whether that decides.
func mayEndBefore(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	const what = "no spec.tls, and whether a load balancer before the controller ends TLS isn't known"
	instances := f.InstancesOf(e)
	for _, c := range instances {
		if s := c.CertifiedService(); s != nil {
			j.NotAssessed(audit.Unknown, "no spec.tls, but the load balancer of Service %s/%s, which leads to %s, has a certificate and may end TLS", s.Namespace, s.Name, c.Subject)
			return true
		}
	}
	for _, c := range instances {
		if unread(f, j, audit.Services, c.Subject.Namespace, what) {
			return true
		}
	}
	r, gap, missing := f.UnknownInstances()
	if !missing || len(instances) > 0 || !slices.ContainsFunc(e.Controllers, func(c audit.IngressController) bool { return c.Component != "" }) {
		return false
	}
	j.NotAssessed(gap.Reason, what+": %s", gapWords(r, gap))
	return true
}
