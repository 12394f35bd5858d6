package checks

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// BenchmarkSegregation judges who reaches whom where that has no early answer: each
// namespace lets half of all others in by name. It reports the seconds of each check.
func BenchmarkSegregation(b *testing.B) {
	for _, namespaces := range []int{100, 400} {
		b.Run(fmt.Sprintf("%dNamespaces", namespaces), func(b *testing.B) {
			s := namedCluster(namespaces, 10)
			f := audit.Derive(s, audit.DefaultConfig(), audit.Options{At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)})
			for b.Loop() {
				for _, id := range []string{"NET-01", "NET-03", "NET-05", "SEG-01", "SEG-02", "SEG-03"} {
					i := slices.IndexFunc(All, func(c audit.Check) bool { return c.ID == id })
					start := time.Now()
					All[i].Run(f)
					b.ReportMetric(time.Since(start).Seconds(), "s-"+id)
				}
			}
		})
	}
}

// namedCluster has namespaces of two tenants by turns, each with a default-deny, a policy
// that lets the namespaces of half of the cluster in, and one a workload for its own.
func namedCluster(namespaces, workloads int) *audit.Snapshot {
	s := &audit.Snapshot{}
	for n := range namespaces {
		name := fmt.Sprintf("team-%04d", n)
		s.Namespaces = append(s.Namespaces, audit.Namespace{Object: audit.Object{Name: name, Labels: map[string]string{
			"kubernetes.io/metadata.name": name, "tenant": fmt.Sprint("t", n%20), "half": fmt.Sprint(n % 2), "env": []string{"production", "test"}[n%2],
		}}})
		half := &metav1.LabelSelector{MatchLabels: map[string]string{"half": fmt.Sprint(n % 2)}}
		s.NetworkPolicies = append(s.NetworkPolicies, networkingv1.NetworkPolicy{
			ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: "half"},
			Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{"Ingress"},
				Ingress: []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: half}}}}},
		})
		for w := range workloads {
			app := fmt.Sprint("app-", w)
			s.NetworkPolicies = append(s.NetworkPolicies, networkingv1.NetworkPolicy{
				ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: app},
				Spec: networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}, PolicyTypes: []networkingv1.PolicyType{"Ingress"},
					Ingress: []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}}}},
			})
			s.Pods = append(s.Pods, audit.Pod{
				Object:    audit.Object{Namespace: name, Name: app, Labels: map[string]string{"app": app, "sensitive": fmt.Sprint(w == 0)}},
				Addresses: []string{fmt.Sprintf("10.%d.%d.%d", n/256, n%256, w+1)},
			})
		}
	}
	return s
}
