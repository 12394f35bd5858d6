package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kubevidence/kubevidence/audit"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID("uid-" + namespace + name), ResourceVersion: "7"}
}

// smallCluster has a few objects of most kinds, over two namespaces and kube-system.
func smallCluster(t testing.TB) map[audit.Resource][]metav1.Object {
	certificate, key := makePair(t)
	objects := map[audit.Resource][]metav1.Object{}
	add := func(r audit.Resource, list ...metav1.Object) { objects[r] = append(objects[r], list...) }
	for _, name := range []string{"app", "kube-system", "other"} {
		add(audit.Namespaces, &corev1.Namespace{ObjectMeta: named("", name)})
	}
	for _, namespace := range []string{"app", "other"} {
		for i := range 3 {
			pod := &corev1.Pod{ObjectMeta: named(namespace, fmt.Sprintf("web-%d", i)), Spec: corev1.PodSpec{
				NodeName: "node", Containers: []corev1.Container{{
					Name: "web", Image: "quay.io/jetstack/cert-manager-controller:v1.21.2", Args: []string{"--config=x"},
					Env:   []corev1.EnvVar{{Name: "PASSWORD", Value: "hunter2"}},
					Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 80}},
				}},
			}}
			pod.Labels = map[string]string{"app": "web"}
			pod.Annotations = map[string]string{lastApplied: "hunter2"}
			pod.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "hunter2"}}
			pod.Status.PodIPs = []corev1.PodIP{{IP: fmt.Sprintf("10.0.0.%d", i)}}
			if i == 2 {
				pod.Status.Phase = corev1.PodFailed
			}
			add(audit.Pods, pod)
		}
		add(audit.Deployments, &appsv1.Deployment{ObjectMeta: named(namespace, "web"), Spec: appsv1.DeploymentSpec{
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}}},
		}})
		add(audit.NetworkPolicies, &networkingv1.NetworkPolicy{ObjectMeta: named(namespace, "deny"), Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{"Ingress"}, Egress: nil,
		}})
		add(audit.Ingresses, &networkingv1.Ingress{ObjectMeta: named(namespace, "web"), Spec: networkingv1.IngressSpec{
			TLS: []networkingv1.IngressTLS{{Hosts: []string{"example.com"}, SecretName: "web-tls"}},
		}})
		add(audit.Certificates, &cmv1.Certificate{ObjectMeta: named(namespace, "web"), Spec: cmv1.CertificateSpec{SecretName: "gone"}})
		add(audit.CertificateRequests, &cmv1.CertificateRequest{
			ObjectMeta: named(namespace, "web-1"),
			Spec:       cmv1.CertificateRequestSpec{Request: []byte("hunter2"), Username: "hunter2"},
			Status:     cmv1.CertificateRequestStatus{Certificate: []byte(certificate)},
		})
		add(audit.Secrets, &corev1.Secret{ObjectMeta: named(namespace, "web-tls"), Type: corev1.SecretTypeTLS, Data: map[string][]byte{
			"tls.crt": []byte(certificate), "tls.key": []byte(key),
		}}, &corev1.Secret{ObjectMeta: named(namespace, "unnamed"), Data: map[string][]byte{"password": []byte("hunter2")}})
	}
	add(audit.ClusterIssuers, &cmv1.ClusterIssuer{ObjectMeta: named("", "ca")})
	return objects
}

// scan reads a server and holds the ledger to its promise.
func scan(t *testing.T, o LiveOptions) *audit.Snapshot {
	t.Helper()
	s, err := Live(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	checkLedger(t, s)
	return s
}

// checkLedger: listed = kept + excluded + errored, over each resource and for each list
// that worked.
func checkLedger(t *testing.T, s *audit.Snapshot) {
	t.Helper()
	if err := verify(s); err != nil {
		t.Error(err)
	}
	for _, q := range s.Collection.Queries {
		if q.Error != "" {
			continue
		}
		held := 0
		s.Objects(q.Resource, func(namespace, name string) {
			if q.Scope == "" || q.Scope == namespace || q.Resource == audit.Namespaces && q.Scope == name {
				held++
			}
		})
		for _, e := range q.Excluded {
			held += e.Count
		}
		if held += len(q.Errors); held != q.Listed {
			t.Errorf("row %s %q: %d listed, %d accounted for", q.Resource, q.Scope, q.Listed, held)
		}
	}
}

func row(s *audit.Snapshot, r audit.Resource, scope string) audit.Query {
	i := slices.IndexFunc(s.Collection.Queries, func(q audit.Query) bool { return q.Resource == r && q.Scope == scope })
	if i < 0 {
		return audit.Query{Error: "no such row"}
	}
	return s.Collection.Queries[i]
}

func TestLiveReads(t *testing.T) {
	objects := smallCluster(t)
	server := &apiServer{objects: objects, aggregated: true}
	o := server.start(t)
	o.ReadSecrets = true
	progress := map[audit.Resource]int{}
	o.Progress = func(r audit.Resource, objects int) { progress[r] = objects }
	s := scan(t, o)
	if progress[audit.Pods] != 6 || progress[audit.Namespaces] != 3 {
		t.Errorf("progress %v", progress)
	}

	want := map[audit.Resource]int{
		audit.Namespaces: 3, audit.Pods: 4, audit.Deployments: 2, audit.NetworkPolicies: 2, audit.Ingresses: 2,
		audit.Certificates: 2, audit.CertificateRequests: 2, audit.ClusterIssuers: 1, audit.Secrets: 2,
	}
	for _, k := range table {
		n := 0
		s.Objects(k.resource, func(string, string) { n++ })
		if n != want[k.resource] {
			t.Errorf("%d %s, want %d", n, k.resource, want[k.resource])
		}
		if reading := s.Reading(k.resource); reading.State != audit.Read || reading.Gaps != nil {
			t.Errorf("reading %+v", reading)
		}
	}
	if diff := cmp.Diff(audit.Query{
		Resource: audit.Pods, Request: "GET /api/v1/pods?limit=2", Pages: 3, Listed: 6,
		Excluded: []audit.Excluded{{Rule: audit.RuleTerminated, Count: 2}}, ResourceVersion: "42", Started: at,
	}, row(s, audit.Pods, ""), cmpopts.IgnoreFields(audit.Query{}, "AuditIDs")); diff != "" {
		t.Errorf("row of Pods (-want +got):\n%s", diff)
	}
	if ids := row(s, audit.Pods, "").AuditIDs; len(ids) != 2 || ids[0] == ids[1] {
		t.Errorf("audit IDs %v, want the first and the last page's", ids)
	}
	if q := row(s, audit.Leases, "kube-system"); q.Listed != 0 || q.Absent != 1 || len(q.Asked) != 1 {
		t.Errorf("a Lease that doesn't exist: %+v", q)
	}
	if s.Cluster.Version != "v1.37.2" || s.Cluster.UID != "uid-kube-system" || s.Cluster.Server != o.Config.Host {
		t.Errorf("cluster %+v", s.Cluster)
	}
	if s.Collection.SkewMS != 3000 {
		t.Errorf("skew is %d ms, want 3000", s.Collection.SkewMS)
	}
	for _, asked := range server.requests("") {
		if !strings.HasPrefix(asked, "GET ") || strings.Contains(asked, "/secrets?") || strings.HasSuffix(asked, "/secrets") {
			t.Errorf("asked for %s", asked)
		}
	}

	text := written(t, s)
	for _, secret := range []string{"hunter2", "aHVudGVyMg", "PRIVATE"} {
		if strings.Contains(text, secret) {
			t.Errorf("the snapshot holds %q", secret)
		}
	}

	// The same objects give the same snapshot whichever way they travel.
	for name, other := range map[string]*apiServer{
		"JSON":               {objects: objects, onlyJSON: true, aggregated: true},
		"discovery in parts": {objects: objects},
	} {
		t.Run(name, func(t *testing.T) {
			o := other.start(t)
			o.ReadSecrets = true
			if diff := cmp.Diff(s, scan(t, o), cmpopts.IgnoreFields(audit.Cluster{}, "Server"), cmpopts.IgnoreFields(audit.Query{}, "AuditIDs")); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("files", func(t *testing.T) {
		list := map[string]any{"apiVersion": "v1", "kind": "List"}
		var items []any
		for i := range table {
			for _, o := range objects[table[i].resource] {
				items = append(items, typed(t, &table[i], o))
			}
		}
		list["items"] = items
		dump, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		got := manifestsOf(t, string(dump))
		got.Secrets = nil
		want := *s
		want.Secrets, want.Leases = nil, nil // what is absent stands in no file
		if diff := cmp.Diff(&want, got, cmpopts.IgnoreFields(audit.Snapshot{}, "Cluster", "Collection"), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLiveAsksForWhatIsWanted(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	o := server.start(t)
	o.Resources = []audit.Resource{audit.NetworkPolicies}
	s := scan(t, o)
	if len(s.NetworkPolicies) != 2 || len(s.Namespaces) != 3 || len(s.Pods) != 0 || server.requests("/pods") != nil {
		t.Errorf("asked for %v", server.requests(""))
	}
	if _, gap := s.Reading(audit.Pods).Gap(""); !gap {
		t.Error("what wasn't asked for has no gap")
	}
}

func TestLiveSecretsNotRequested(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	s := scan(t, server.start(t))
	gap, _ := s.Reading(audit.Secrets).Gap("")
	if gap.Reason != audit.NotRequested || gap.Verb != "get" || server.requests("secrets") != nil {
		t.Errorf("gap %+v, asked for %v", gap, server.requests("secrets"))
	}
}

func TestLiveSecretsPartly(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/api/v1/namespaces/app/secrets/web-tls":
			return server.forbid(w, `secrets "web-tls"`)
		case "/api/v1/namespaces/other/secrets/gone": // not an API server's 404: nothing is known
			http.NotFound(w, r)
			return true
		}
		return false
	}
	o := server.start(t)
	o.ReadSecrets = true
	s := scan(t, o)
	if diff := cmp.Diff([]audit.Gap{
		{Namespace: "app", Name: "web-tls", Reason: audit.Forbidden, Verb: "get", Message: `secret web-tls: secrets "web-tls" is forbidden: User "auditor" cannot do that`},
		{Namespace: "other", Name: "gone", Reason: audit.Failed, Verb: "get", Message: "secret gone: 404 Not Found 404 page not found"},
	}, s.Reading(audit.Secrets).Gaps); diff != "" {
		t.Error(diff)
	}
	if len(s.Secrets) != 2 || !s.Secrets[0].Absent || s.Secrets[1].Certificates == "" {
		t.Errorf("Secrets %+v", s.Secrets)
	}
	for _, want := range []audit.Query{
		{Scope: "app", Asked: []string{"gone", "web-tls"}, Absent: 1, Error: s.Reading(audit.Secrets).Gaps[0].Message},
		{Scope: "other", Asked: []string{"gone", "web-tls"}, Listed: 1, Error: s.Reading(audit.Secrets).Gaps[1].Message},
	} {
		got := row(s, audit.Secrets, want.Scope)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(audit.Query{}, "Resource", "Request", "Pages", "Started", "AuditIDs")); diff != "" {
			t.Errorf("row of Secrets (-want +got):\n%s", diff)
		}
	}

	server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		return strings.Contains(r.URL.Path, "/secrets/") && server.forbid(w, "secrets")
	}
	if reading := scan(t, o).Reading(audit.Secrets); reading.State != audit.Unread || reading.Gaps[0].Namespace != "" || reading.Gaps[0].Reason != audit.Forbidden {
		t.Errorf("no Secret could be read, but the reading is %+v", reading)
	}

	server.broken, server.asked = nil, nil
	o.InScope = func(namespace string) bool { return namespace == "app" }
	if s := scan(t, o); len(s.Secrets) != 2 || server.requests("namespaces/other/secrets") != nil {
		t.Errorf("asked outside the scope: %v", server.requests("/secrets/"))
	}
}
