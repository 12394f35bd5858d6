package recordtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// At is the sample's instant of evaluation.
var At = time.Date(2026, 11, 22, 21, 4, 50, 0, time.UTC)

// workload is a line of the sample's population.
type workload struct {
	namespace, kind, name string
	pods                  int
	component             string
}

var population = []workload{
	{"analytics", "Deployment", "dashboard", 2, ""},
	{"analytics", "StatefulSet", "clickhouse", 3, ""},
	{"batch", "CronJob", "invoice-export", 1, ""},
	{"batch", "Deployment", "scheduler", 1, ""},
	{"catalog", "Deployment", "catalog-api", 4, ""},
	{"catalog", "Deployment", "image-resizer", 2, ""},
	{"cert-manager", "Deployment", "cert-manager", 1, "cert-manager"},
	{"cert-manager", "Deployment", "cert-manager-cainjector", 1, "cert-manager-cainjector"},
	{"cert-manager", "Deployment", "cert-manager-webhook", 1, "cert-manager-webhook"},
	{"checkout", "Deployment", "checkout-api", 6, ""},
	{"checkout", "Deployment", "cart", 3, ""},
	{"ingress-nginx", "DaemonSet", "ingress-nginx-controller", 5, "ingress-nginx"},
	{"kube-system", "DaemonSet", "cilium", 5, "cilium"},
	{"kube-system", "Deployment", "coredns", 2, ""},
	{"monitoring", "StatefulSet", "prometheus", 2, ""},
	{"monitoring", "DaemonSet", "node-exporter", 5, ""},
	{"payments", "Deployment", "payments-api", 4, ""},
	{"payments", "StatefulSet", "ledger-db", 3, ""},
	{"sandbox-anna", "Deployment", "experiment", 1, ""},
	{"search", "StatefulSet", "opensearch", 3, ""},
	{"shop-web", "Deployment", "frontend", 8, ""},
	{"warehouse", "Deployment", "stock-sync", 2, ""},
}

// hostNetworked are the workloads that share their nodes' network.
var hostNetworked = []string{"cilium", "node-exporter"}

// uid is an identifier that a name always gives.
func uid(name string) string {
	sum := sha256.Sum256([]byte(name))
	h := hex.EncodeToString(sum[:])
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

func object(kind, namespace, name string) audit.Object {
	return audit.Object{
		Namespace: namespace, Name: name, UID: uid(kind + "/" + namespace + "/" + name),
		ResourceVersion: fmt.Sprint(100000 + len(kind)*1000 + len(namespace)*100 + len(name)),
		Labels:          map[string]string{"app": name},
	}
}

// snapshot is the sample's cluster as it was read.
func snapshot() *audit.Snapshot {
	s := &audit.Snapshot{
		APIVersion: audit.SnapshotVersion, Kind: "Snapshot",
		Cluster: audit.Cluster{
			Name: "prod-eu-1", UID: uid("kube-system"), Server: "https://k8s.prod-eu-1.example.com:6443",
			CASHA256: strings.Repeat("4f1c9d7a", 8), Version: "v1.35.2",
		},
		NetworkPolicies: policies(),
	}
	for i, w := range population {
		addWorkload(s, i, w)
	}
	slices.SortFunc(s.Controllers, func(a, b audit.Controller) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Pods, func(a, b audit.Pod) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	for _, name := range slices.Compact(namespaces()) {
		n := audit.Namespace{Object: object("Namespace", "", name), Created: At.AddDate(-1, 0, 0)}
		n.Labels = map[string]string{"kubernetes.io/metadata.name": name}
		s.Namespaces = append(s.Namespaces, n)
	}
	addCertificates(s)
	s.Collection = collection(s)
	return s
}

func namespaces() []string {
	names := make([]string, 0, len(population))
	for _, w := range population {
		names = append(names, w.namespace)
	}
	return names
}

// addWorkload adds a controller and its Pods.
func addWorkload(s *audit.Snapshot, index int, w workload) {
	apiVersion := "apps/v1"
	if w.kind == "CronJob" {
		apiVersion = "batch/v1"
	}
	host := slices.Contains(hostNetworked, w.name)
	c := audit.Controller{
		Object: object(w.kind, w.namespace, w.name), APIVersion: apiVersion, Kind: w.kind,
		Replicas: int32(w.pods), Available: int32(w.pods), Template: audit.Template{HostNetwork: host, Component: w.component},
		PodLabels: map[string]string{"app": w.name},
	}
	s.Controllers = append(s.Controllers, c)
	for n := range w.pods {
		p := audit.Pod{
			Object: object("Pod", w.namespace, fmt.Sprintf("%s-%d", w.name, n)),
			Owner:  &audit.Owner{APIVersion: apiVersion, Kind: w.kind, Name: w.name, UID: c.UID},
			Node:   fmt.Sprintf("node-%d", n%5), Addresses: []string{fmt.Sprintf("10.42.%d.%d", index, n+2)},
			Template: audit.Template{
				HostNetwork: host, Component: w.component,
				Ports: []audit.Port{{Name: "http", Number: 8080, Protocol: "TCP"}},
			},
		}
		p.Labels = map[string]string{"app": w.name}
		s.Pods = append(s.Pods, p)
	}
}

// policies are the sample's NetworkPolicies.
func policies() []networkingv1.NetworkPolicy {
	ingress, egress := networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress
	policy := func(namespace, name, app string, in []networkingv1.NetworkPolicyIngressRule, out []networkingv1.NetworkPolicyEgressRule, types ...networkingv1.PolicyType) networkingv1.NetworkPolicy {
		p := networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{Ingress: in, Egress: out, PolicyTypes: types}}
		p.Namespace, p.Name = namespace, name
		if app != "" {
			p.Spec.PodSelector.MatchLabels = map[string]string{"app": app}
		}
		return p
	}
	from := func(namespace string) []networkingv1.NetworkPolicyIngressRule {
		return []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": namespace}},
		}}}}
	}
	return []networkingv1.NetworkPolicy{
		policy("analytics", "allow-all", "dashboard", []networkingv1.NetworkPolicyIngressRule{{}}, nil, ingress),
		policy("catalog", "allow-web", "catalog-api", from("shop-web"), nil, ingress),
		policy("catalog", "default-deny", "", nil, nil, ingress, egress),
		policy("checkout", "allow-web", "checkout-api", from("shop-web"), nil, ingress),
		policy("checkout", "default-deny", "", nil, nil, ingress),
		policy("payments", "allow-checkout", "payments-api", from("checkout"), nil, ingress),
		policy("payments", "default-deny", "", nil, nil, ingress, egress),
		policy("search", "allow-retired", "elasticsearch", from("catalog"), nil, ingress),
		policy("shop-web", "allow-ingress", "frontend", from("ingress-nginx"), nil, ingress),
		policy("shop-web", "default-deny", "", nil, nil, ingress, egress),
	}
}
