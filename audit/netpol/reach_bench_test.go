package netpol

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// BenchmarkMatrix sums up what policies allow between namespaces, and between each and the outside: at the largest
// 100,000 Pods in 2,000 namespaces under 10,000 policies. It reports the heap at its highest and, for the last, the
// exponent of growth from a tenth of the size.
func BenchmarkMatrix(b *testing.B) {
	var took [2]time.Duration
	for i, namespaces := range []int{200, 2000} {
		b.Run(fmt.Sprintf("%dPods", 50*namespaces), func(b *testing.B) {
			c := talkative(largeCluster(namespaces, 50, 5))
			runtime.GC()
			stop := watchHeap()
			var cells int
			start := time.Now()
			n := 0
			for b.Loop() {
				r := EvaluateReachability(c)
				r.Sweeping()
				m := r.Matrix(r.Namespaces())
				cells = len(m.cells)
				n++
			}
			took[i] = time.Since(start) / time.Duration(n)
			b.ReportMetric(float64(stop())/1e6, "MB-peak")
			b.ReportMetric(float64(cells), "cells")
			if took[0] > 0 && i == 1 {
				b.ReportMetric(math.Log10(took[1].Seconds()/took[0].Seconds()), "exponent")
			}
		})
	}
}

// BenchmarkOneNamespace sums up what is allowed within a namespace of 5,000 kinds of Pods, and why.
func BenchmarkOneNamespace(b *testing.B) {
	c := talkative(largeCluster(1, 50_000, 5_000))
	runtime.GC()
	stop := watchHeap()
	for b.Loop() {
		r := EvaluateReachability(c)
		m := r.Matrix(r.Namespaces())
		b.ReportMetric(float64(len(m.members[0])), "classes")
		b.ReportMetric(float64(len(m.Grounds(0, 0).Rules)), "rules")
	}
	b.ReportMetric(float64(stop())/1e6, "MB-peak")
}

// BenchmarkCalico sums up a large cluster whose policies are Calico's, beside a tier of global ones.
func BenchmarkCalico(b *testing.B) {
	c := largeCluster(2000, 50, 5)
	c.CalicoTiers = []CalicoTier{{ObjectMeta: metav1.ObjectMeta{Name: "security"}}}
	for i, p := range c.Policies {
		app, http, tcp := p.Spec.PodSelector.MatchLabels["app"], intstr.FromString("http"), intstr.FromString("TCP")
		q := CalicoPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name}}
		q.Kind, q.APIVersion, q.Spec.Types = "NetworkPolicy", "projectcalico.org/v3", []string{"Ingress", "Egress"}
		if app != "" {
			q.Spec.Selector = fmt.Sprintf("app == '%s'", app)
			q.Spec.Ingress = []CalicoRule{
				{Action: "Allow", Protocol: &tcp, Source: CalicoEntity{Selector: "tier in {'0', '1'}"}, Destination: CalicoEntity{Ports: []intstr.IntOrString{http}}},
				{Action: "Allow", Source: CalicoEntity{NamespaceSelector: fmt.Sprintf("team == 'team-%04d'", (i/5+1)%2000)}},
			}
			q.Spec.Egress = []CalicoRule{{Action: "Allow", Destination: CalicoEntity{NotNets: []string{"169.254.169.254"}}}}
		}
		c.CalicoPolicies = append(c.CalicoPolicies, q)
	}
	for i := range 100 {
		q := CalicoPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("security.%d", i)}}
		q.Kind, q.APIVersion, q.Spec.Tier = CalicoGlobalNetworkPolicy, "projectcalico.org/v3", "security"
		q.Spec.Selector, q.Spec.Types = fmt.Sprintf("pcns.team ends with '%02d' && has(app)", i), []string{"Ingress"}
		q.Spec.Ingress = []CalicoRule{{Action: "Deny", Source: CalicoEntity{Selector: fmt.Sprintf("pcns.team starts with 'team-%02d'", i%20)}}, {Action: "Pass"}}
		c.CalicoPolicies = append(c.CalicoPolicies, q)
	}
	c.Policies = nil
	runtime.GC()
	stop := watchHeap()
	for b.Loop() {
		r := EvaluateReachability(c)
		b.ReportMetric(float64(len(r.Matrix(r.Namespaces()).cells)), "cells")
	}
	b.ReportMetric(float64(stop())/1e6, "MB-peak")
}

// BenchmarkColumns asks for every Pod of a large cluster what all its policies amount to.
func BenchmarkColumns(b *testing.B) {
	c := talkative(largeCluster(2000, 50, 5))
	c.AdminPolicies = []AdminPolicy{{}}
	c.AdminPolicies[0].Kind, c.AdminPolicies[0].Name = BaselineAdminNetworkPolicy, "default"
	c.AdminPolicies[0].Spec.Subject.Namespaces = &metav1.LabelSelector{}
	c.AdminPolicies[0].Spec.Ingress = []AdminRule{{Action: "Deny", From: []AdminPeer{{Namespaces: &metav1.LabelSelector{}}}}}
	r := EvaluateReachability(c)
	b.ReportAllocs()
	for b.Loop() {
		for i := range c.Pods {
			for _, d := range Directions {
				r.Columns(i, d)
			}
		}
	}
}

// talkative lets the workloads of a large cluster talk to the next namespace, to some Pods of half of all namespaces,
// and to a range of ports in their own.
func talkative(c *Cluster) *Cluster {
	for i := range c.Namespaces {
		c.Namespaces[i].Labels["half"] = fmt.Sprint(i % 2)
	}
	http, high, last := intstr.FromString("http"), intstr.FromInt32(8000), int32(9000)
	for i := range c.Policies {
		p := &c.Policies[i]
		if p.Spec.Egress == nil {
			continue
		}
		next := c.Namespaces[(i/5+1)%len(c.Namespaces)].Name
		expression := func(values ...string) *metav1.LabelSelector {
			return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "team", Operator: metav1.LabelSelectorOpIn, Values: values}}}
		}
		half, tier := &metav1.LabelSelector{MatchLabels: map[string]string{"half": fmt.Sprint(i % 2)}}, &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "1"}}
		p.Spec.Egress = append(p.Spec.Egress,
			networkingv1.NetworkPolicyEgressRule{
				To:    []networkingv1.NetworkPolicyPeer{{NamespaceSelector: expression(p.Namespace, next)}},
				Ports: []networkingv1.NetworkPolicyPort{{Port: &http}},
			},
			networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: half, PodSelector: tier}}},
			networkingv1.NetworkPolicyEgressRule{
				To:    []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}},
				Ports: []networkingv1.NetworkPolicyPort{{Port: &high, EndPort: &last}},
			})
		p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: half}}})
	}
	return c
}

// watchHeap returns a function that stops watching and says how many bytes of heap were in use at most.
func watchHeap() func() uint64 {
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var stats runtime.MemStats
		for {
			runtime.ReadMemStats(&stats)
			most.Store(max(most.Load(), stats.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(done); <-ended; return most.Load() }
}
