package collect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
)

// What cert-manager makes for an HTTP-01 challenge is left out of every kind, and counted.
func TestSolversAreExcludedEverywhere(t *testing.T) {
	const labels = `labels: {acme.cert-manager.io/http01-solver: "true"}`
	s := manifestsOf(t, strings.Join([]string{
		"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: app, " + labels + "}}",
		"{apiVersion: v1, kind: Service, metadata: {name: a, namespace: app, " + labels + "}, spec: {type: NodePort}}",
		"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a, namespace: app, " + labels + "}}",
		"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a, namespace: app, " + labels + "}}",
	}, "\n---\n"))
	excluded := map[audit.Resource]int{}
	for _, q := range s.Collection.Queries {
		for _, e := range q.Excluded {
			if e.Rule == RuleSolver {
				excluded[q.Resource] += e.Count
			}
		}
	}
	want := map[audit.Resource]int{audit.Pods: 1, audit.Services: 1, audit.Ingresses: 1, audit.HTTPRoutes: 1}
	if diff := cmp.Diff(want, excluded); diff != "" {
		t.Errorf("excluded (-want +got):\n%s", diff)
	}
	if n := len(s.Pods) + len(s.Services) + len(s.Ingresses) + len(s.Routes); n > 0 {
		t.Errorf("%d objects were kept", n)
	}
}

// Of a ConfigMap that a Gateway names as a CA only certificates are kept.
func TestCAKeepsCertificatesOnly(t *testing.T) {
	s := manifestsOf(t, `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra}
spec:
  gatewayClassName: example
  listeners: [{name: https, port: 443, protocol: HTTPS}]
  tls:
    frontend:
      default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}]}}
      perPort: [{port: 8443, tls: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: ca, namespace: keys}]}}}]
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: ca, namespace: infra}, data: {ca.crt: "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n", other: hunter2}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: ca, namespace: keys}, data: {ca.crt: hunter2}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: ca, namespace: app}, data: {ca.crt: hunter2}}
`)
	want := []audit.ConfigMap{
		{Object: audit.Object{Namespace: "infra", Name: "ca"}, Data: map[string]string{"ca.crt": ""}},
		{Object: audit.Object{Namespace: "keys", Name: "ca"}, Data: map[string]string{"ca.crt": ""}},
	}
	if diff := cmp.Diff(want, s.ConfigMaps); diff != "" {
		t.Errorf("ConfigMaps (-want +got):\n%s", diff)
	}
}
