package recordtest

import (
	"fmt"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// requests are the lists that the sample's reader made, in their order. What is missing
// couldn't be read.
var requests = []struct {
	resource audit.Resource
	path     string
}{
	{audit.Namespaces, "/api/v1/namespaces"},
	{audit.Pods, "/api/v1/pods"},
	{audit.CronJobs, "/apis/batch/v1/cronjobs"},
	{audit.DaemonSets, "/apis/apps/v1/daemonsets"},
	{audit.Deployments, "/apis/apps/v1/deployments"},
	{audit.StatefulSets, "/apis/apps/v1/statefulsets"},
	{audit.Ingresses, "/apis/networking.k8s.io/v1/ingresses"},
	{audit.IngressClasses, "/apis/networking.k8s.io/v1/ingressclasses"},
	{audit.ClusterIssuers, "/apis/cert-manager.io/v1/clusterissuers"},
	{audit.Issuers, "/apis/cert-manager.io/v1/issuers"},
	{audit.Certificates, "/apis/cert-manager.io/v1/certificates"},
	{audit.CertificateRequests, "/apis/cert-manager.io/v1/certificaterequests"},
}

// unreadNamespace is the namespace whose NetworkPolicies were refused.
const unreadNamespace = "warehouse"

func refused(resource, group, where string) string {
	return fmt.Sprintf("%s is forbidden: User \"system:serviceaccount:audit:kubevidence\" cannot list resource %q in API group %q %s",
		resource+"."+group, resource, group, where)
}

// collection is the ledger of the sample: complete but for Gateways, for the
// NetworkPolicies of one namespace and for Secrets, which nobody asked for.
func collection(s *audit.Snapshot) audit.Collection {
	c := audit.Collection{
		Source: audit.FromCluster, Started: At.Add(-6 * time.Second), Ended: At, SkewMS: -42,
		Identity: audit.Identity{Method: "jwt", Name: "system:serviceaccount:audit:kubevidence"},
	}
	started := c.Started.Add(300 * time.Millisecond)
	query := func(resource audit.Resource, scope, path string) *audit.Query {
		n := 0
		s.Objects(resource, func(namespace, _ string) {
			if scope == "" || namespace == scope {
				n++
			}
		})
		c.Queries = append(c.Queries, audit.Query{
			Resource: resource, Scope: scope, Request: "GET " + path + "?limit=500", Pages: 1, Listed: n,
			ResourceVersion: "48211907", Started: started, DurationMS: int64(12 + n), AuditIDs: []string{uid(path)},
		})
		started = started.Add(20 * time.Millisecond)
		return &c.Queries[len(c.Queries)-1]
	}
	for _, r := range requests {
		q := query(r.resource, "", r.path)
		if r.resource == audit.Pods {
			q.Listed += 7
			q.Excluded = []audit.Excluded{{Rule: audit.RuleTerminated, Count: 7}}
		}
		c.Readings = append(c.Readings, audit.Reading{Resource: r.resource, State: audit.Read, Version: "v1"})
	}
	for _, r := range audit.PolicyResources {
		if r != audit.NetworkPolicies {
			c.Readings = append(c.Readings, audit.Reading{Resource: r, State: audit.NotServed})
		}
	}
	policies := refused("networkpolicies", "networking.k8s.io", "at the cluster scope")
	failed := query(audit.NetworkPolicies, "", "/apis/networking.k8s.io/v1/networkpolicies")
	failed.Listed, failed.Pages, failed.ResourceVersion, failed.Error = 0, 0, "", policies
	for i := range s.Namespaces {
		name := s.Namespaces[i].Name
		q := query(audit.NetworkPolicies, name, "/apis/networking.k8s.io/v1/namespaces/"+name+"/networkpolicies")
		if name == unreadNamespace {
			q.Pages, q.ResourceVersion = 0, ""
			q.Error = refused("networkpolicies", "networking.k8s.io", `in the namespace "`+name+`"`)
			c.Readings = append(c.Readings, audit.Reading{
				Resource: audit.NetworkPolicies, State: audit.Read, Version: "v1",
				Gaps: []audit.Gap{{Namespace: name, Reason: audit.Forbidden, Verb: "list", Message: q.Error}},
			})
		}
	}
	gateways := refused("gateways", "gateway.networking.k8s.io", "at the cluster scope")
	q := query(audit.Gateways, "", "/apis/gateway.networking.k8s.io/v1/gateways")
	q.Pages, q.ResourceVersion, q.Error = 0, "", gateways
	c.Readings = append(c.Readings,
		audit.Reading{Resource: audit.Gateways, Gaps: []audit.Gap{{Reason: audit.Forbidden, Verb: "list", Message: gateways}}},
		audit.Reading{Resource: audit.ReplicationControllers, State: audit.Read, Version: "v1"},
		audit.Reading{Resource: audit.Secrets, Gaps: []audit.Gap{{Reason: audit.NotRequested, Verb: "get", Message: "--read-secrets was not given"}}},
	)
	return c
}
