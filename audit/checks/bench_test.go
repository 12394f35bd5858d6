package checks

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
)

// BenchmarkRun derives the facts of 200 namespaces with 20 Deployments of 5 Pods each, 8
// NetworkPolicies and 3 Ingresses, and runs every check over them.
func BenchmarkRun(b *testing.B) {
	s, err := collect.Files(context.Background(), collect.FilesOptions{
		Paths: []string{"-"}, Stdin: strings.NewReader(largeCluster()), At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	findings := 0
	for b.Loop() {
		f := audit.Derive(s, audit.DefaultConfig(), audit.Options{At: s.Collection.Ended})
		findings = len(audit.Run(f, All).Findings)
	}
	b.ReportMetric(float64(findings), "findings")
}

func largeCluster() string {
	var text strings.Builder
	object := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	for n := range 200 {
		namespace := fmt.Sprintf("team-%03d", n)
		for d := range 20 {
			for p := range 5 {
				object(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"app-%d-%d","namespace":%q,"labels":{"app":"app-%d","pod-template-hash":"%d"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-%d","uid":"u","controller":true}]},"spec":{"containers":[{"name":"c","image":"example.com/app","ports":[{"name":"http","containerPort":8080}]}]},"status":{"phase":"Running","podIPs":[{"ip":"10.%d.%d.%d"}]}}`,
					d, p, namespace, d, p, d, n, d, p+1)
			}
		}
		for p := range 8 {
			object(`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"allow-%d","namespace":%q},"spec":{"podSelector":{"matchLabels":{"app":"app-%d"}},"policyTypes":["Ingress"],"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"team":"team-%d"}}}],"ports":[{"port":"http"}]}]}}`,
				p, namespace, p, p)
		}
		for i := range 3 {
			object(`{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web-%d","namespace":%q},"spec":{"ingressClassName":"public","rules":[{"host":"web-%d.%s.example.com"}],"tls":[{"hosts":["web-%d.%s.example.com"],"secretName":"web-%d"}]}}`,
				i, namespace, i, namespace, i, namespace, i)
		}
	}
	return text.String()
}
