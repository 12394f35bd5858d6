package checks

import (
	"github.com/kubevidence/kubevidence/audit"
)

var dnsWorks = audit.Check{
	ID:       "DNS-01",
	Title:    "The cluster's DNS answers, and stays inside the cluster",
	Expected: "its type is ClusterIP, and at least 2 endpoints are ready",
	Doc:      "Workloads find one another by name. Without DNS they fail, or fall back to addresses; a DNS that is reached from outside tells everybody what runs here.",
	Logic: "Over the Services of the DNS in use: no endpoint is ready: fail. One, which on a dual-stack cluster stands in the slices of both families: warning. A type other than ClusterIP: fail. " +
		"A managed DNS has no objects to look at, and no DNS that this build knows: not assessed.",
	Fix:         "kubectl -n kube-system get pods -l k8s-app=kube-dns tells why none is ready; run two replicas on different nodes, and make the Service a ClusterIP.",
	Controls:    refs(supportsServices("Name resolution is a network service that all others rest on.")),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Services, audit.EndpointSlices},
	Uses:        []audit.Resource{audit.DaemonSets, audit.Nodes, audit.Endpoints},
	Run: func(f *audit.Facts) []audit.Finding {
		if f.Reading(audit.Services).State == audit.NotServed {
			return nil
		}
		if len(f.DNS.Services) == 0 {
			j := audit.Judge(audit.ClusterSubject())
			j.NotAssessed(audit.Unknown, "%s", noDNSService(f))
			return []audit.Finding{j.Finding()}
		}
		var findings []audit.Finding
		for _, d := range f.DNS.Services {
			j := audit.Judge(serviceSubject(d.Service))
			j.Responsible(audit.Administrator)
			j.Observed("type %s, %s ready", d.Service.Type, counted(d.Ready, "endpoint"))
			j.Evidence("spec.type", d.Service.Type, audit.Configured)
			if d.Known || f.Collection.Source != audit.FromFiles {
				j.Evidence("EndpointSlices of "+serviceSubject(d.Service).String()+": endpoints[].conditions.ready", counted(d.Ready, "endpoint")+" ready", audit.Configured)
			}
			j.Command("%s", endpointsCommand(d.Service.Namespace, d.Service.Name))
			switch {
			case !d.Known && f.Collection.Source == audit.FromFiles:
				j.NotAssessed(audit.Unknown, "no EndpointSlice of it is among the files: whether anything answers isn't known")
			case d.Ready == 0:
				j.Fail("no endpoint is ready: nothing in the cluster resolves a name")
			case d.Ready == 1:
				j.Warn("one endpoint alone is ready: when it goes, nothing resolves a name")
			default:
				j.Pass("%s are ready", counted(d.Ready, "endpoint"))
			}
			if d.Service.Type != "ClusterIP" {
				j.Fail("its type is %s: it answers outside the cluster", d.Service.Type)
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

// noDNSService says why there is nothing to look at.
func noDNSService(f *audit.Facts) string {
	if len(f.DNS.Addresses) > 0 {
		return f.DNS.Addresses[0].What + " (" + f.DNS.Addresses[0].Address.String() + ") answers: it has no objects that could be looked at"
	}
	return "no DNS that this build knows was found (looked for the Services kube-dns, coredns and dns-default)"
}
