package netpol

import (
	"fmt"
	"math"
	"net/netip"
	"runtime"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// BenchmarkEvaluate evaluates at the largest 100,000 Pods in 2,000 namespaces under 10,000 policies, which of them
// select nothing among it, and reports the heap at its highest, what the result keeps in memory and the exponent of
// growth from a tenth of the size. Within a second and a few dozen megabytes, it is no reason to sample a cluster.
func BenchmarkEvaluate(b *testing.B) {
	var small time.Duration
	b.Run("10000Pods", func(b *testing.B) { small = evaluate(b, largeCluster(200, 50, 5)) })
	b.Run("100000Pods", func(b *testing.B) {
		if large := evaluate(b, largeCluster(2000, 50, 5)); small > 0 {
			b.ReportMetric(math.Log10(large.Seconds()/small.Seconds()), "exponent")
		}
	})
	b.Run("oneNamespace", func(b *testing.B) { evaluate(b, largeCluster(1, 100_000, 10_000)) })
}

func evaluate(b *testing.B, c *Cluster) time.Duration {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := Evaluate(c)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportAllocs()
	stop, start, n := watchHeap(), time.Now(), 0
	for b.Loop() {
		r = Evaluate(c)
		for _, p := range r.Policies() {
			p.SelectsNothing()
		}
		n++
	}
	took := time.Since(start) / time.Duration(n)
	b.ReportMetric(float64(stop())/1e6, "MB-peak")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "MB-kept")
	b.ReportMetric(float64(len(r.classes)), "classes")
	return took
}

// largeCluster has workloads of ten Pods each, whose labels differ by application, tier and a hash that no
// policy mentions. Of a namespace's policies the first denies by default, one opens a workload by its address
// ranges, and the others let workloads talk to each other.
func largeCluster(namespaces, pods, policies int) *Cluster {
	c := &Cluster{}
	tcp, http, dns := corev1.ProtocolTCP, intstr.FromString("http"), intstr.FromInt32(53)
	for n := range namespaces {
		ns := fmt.Sprintf("team-%04d", n)
		c.Namespaces = append(c.Namespaces, Namespace{ns, map[string]string{"team": ns}})
		for i := range pods {
			app := fmt.Sprintf("app-%d", i/10)
			c.Pods = append(c.Pods, Pod{
				Namespace: ns, Name: fmt.Sprintf("%s-%d", app, i),
				Labels:    map[string]string{"app": app, "tier": fmt.Sprint(i / 10 % 3), "pod-template-hash": fmt.Sprint(n*pods + i), "version": "v1"},
				Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, byte(n), byte(i >> 8), byte(i)})},
				Ports:     []Port{{"http", 8080, tcp}, {"metrics", 9090, tcp}},
			})
		}
		for i := range policies {
			p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: fmt.Sprintf("p-%05d", i)}}
			p.Spec.PolicyTypes = []networkingv1.PolicyType{"Ingress", "Egress"}
			switch i {
			case 0:
			case 1:
				p.Spec.PodSelector.MatchLabels = map[string]string{"app": "app-0"}
				p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{
					{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/1"}}, {IPBlock: &networkingv1.IPBlock{CIDR: "128.0.0.0/1"}},
				}}}
			default:
				p.Spec.PodSelector.MatchLabels = map[string]string{"app": fmt.Sprintf("app-%d", i)}
				p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{
					From: []networkingv1.NetworkPolicyPeer{
						{PodSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": fmt.Sprintf("app-%d", i-1)}}},
						{NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "team", Operator: metav1.LabelSelectorOpIn, Values: []string{ns}}}}},
						{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"169.254.169.254/32"}}},
					},
					Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &http}},
				}}
				p.Spec.Egress = []networkingv1.NetworkPolicyEgressRule{{Ports: []networkingv1.NetworkPolicyPort{{Port: &dns}}}}
			}
			c.Policies = append(c.Policies, p)
		}
	}
	return c
}
