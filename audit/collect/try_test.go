package collect

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
)

func TestTry(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true, absent: []string{"gateway.networking.k8s.io"}, stale: []string{"batch"}}
	server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		return r.URL.Path == "/api/v1/pods" && server.forbid(w, "pods") ||
			strings.HasSuffix(r.URL.Path, "/configmaps/tcp-services") && server.forbid(w, "configmaps")
	}
	o := server.start(t)
	o.Resources = []audit.Resource{audit.Pods, audit.Secrets, audit.ConfigMaps, audit.Leases, audit.Ingresses, audit.Gateways, audit.Jobs}
	got, err := Try(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	granted := func(group, resource string, r audit.Resource, state audit.ReadState) Trial {
		return Trial{Right: Right{Group: group, Resource: resource, Verb: "list", Reads: r}, State: state}
	}
	pods, jobs := granted("", "pods", audit.Pods, audit.Unread), granted("batch", "jobs", audit.Jobs, audit.Unread)
	pods.Gap = audit.Gap{Reason: audit.Forbidden, Verb: "list", Message: `pods is forbidden: User "auditor" cannot do that`}
	jobs.Gap = audit.Gap{Reason: audit.Failed, Verb: "list", Message: "discovery of batch/v1: the server that serves it doesn't answer (its discovery is stale)"}
	configMaps := Trial{Right: Right{Resource: "configmaps", Verb: "get", Reads: audit.ConfigMaps, Names: audit.NamedConfigMaps.Names()}}
	configMaps.Gap = audit.Gap{Namespace: "kube-system", Name: "tcp-services", Reason: audit.Forbidden, Verb: "get", Message: `configmaps is forbidden: User "auditor" cannot do that`}
	leases := Trial{Right: Right{Group: "coordination.k8s.io", Resource: "leases", Verb: "get", Reads: audit.Leases, Names: audit.LeaseNames}, State: audit.Read}
	want := []Trial{
		granted("", "namespaces", audit.Namespaces, audit.Read),
		pods,
		configMaps,
		jobs,
		leases,
		granted("networking.k8s.io", "ingresses", audit.Ingresses, audit.Read),
		granted("gateway.networking.k8s.io", "gateways", audit.Gateways, audit.NotServed),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if asked := server.requests("?"); len(asked) != 3 {
		t.Errorf("asked for %v, want one object of each that is served", asked)
	}

	server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool { // a login page is no right
		if r.URL.Path == "/api/v1/namespaces" {
			_, _ = w.Write([]byte("<html>"))
			return true
		}
		return false
	}
	if got, err = Try(context.Background(), o); err != nil || got[0].State != audit.Unread {
		t.Errorf("%+v, error %v", got, err)
	}
}

// The table is what the documentation and the role come from: every resource of the
// domain is in it, once.
func TestTable(t *testing.T) {
	seen := map[audit.Resource]bool{}
	for _, k := range table {
		want := k.plural
		if k.group != "" {
			want += "." + k.group
		}
		if seen[k.resource] || string(k.resource) != want || k.codec == nil || kindNamed(k.apiVersion(), k.name) == nil {
			t.Errorf("row %s", k.resource)
		}
		seen[k.resource] = true
	}
	for _, r := range audit.WorkloadKinds {
		if !seen[r] {
			t.Errorf("%s isn't in the table", r)
		}
	}
}
