package audit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit/netpol"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWorkloadIsTheTopControllerThatIsKnown(t *testing.T) {
	controller := func(kind, name string, owner *Owner) Controller {
		return Controller{Object: Object{Namespace: "n", Name: name}, Kind: kind, APIVersion: "apps/v1", Owner: owner, PodLabels: map[string]string{"app": name}}
	}
	for name, test := range map[string]struct {
		owner       *Owner
		controllers []Controller
		want        string
	}{
		"a bare Pod":               {nil, nil, "Pod n/p"},
		"a static Pod":             {&Owner{Kind: "Node", Name: "node-1"}, nil, "Pod n/p"},
		"through the ReplicaSet":   {&Owner{Kind: "ReplicaSet", Name: "r"}, []Controller{controller("ReplicaSet", "r", &Owner{Kind: "Deployment", Name: "d"}), controller("Deployment", "d", nil)}, "Deployment n/d"},
		"a ReplicaSet not read":    {&Owner{Kind: "ReplicaSet", Name: "r"}, nil, "ReplicaSet n/r"},
		"a Deployment not read":    {&Owner{Kind: "ReplicaSet", Name: "r"}, []Controller{controller("ReplicaSet", "r", &Owner{Kind: "Deployment", Name: "d"})}, "Deployment n/d"},
		"an operator's own kind":   {&Owner{Kind: "Postgres", Name: "db"}, nil, "Postgres n/db"},
		"a StatefulSet of a thing": {&Owner{Kind: "StatefulSet", Name: "s"}, []Controller{controller("StatefulSet", "s", &Owner{Kind: "Prometheus", Name: "k8s"})}, "StatefulSet n/s"},
		"owners in a cycle":        {&Owner{Kind: "ReplicaSet", Name: "a"}, []Controller{controller("ReplicaSet", "a", &Owner{Kind: "ReplicaSet", Name: "b"}), controller("ReplicaSet", "b", &Owner{Kind: "ReplicaSet", Name: "a"})}, "ReplicaSet n/b"},
	} {
		s := &Snapshot{Pods: []Pod{{Object: Object{Namespace: "n", Name: "p"}, Owner: test.owner}}, Controllers: test.controllers}
		list, _ := workloads(s)
		if len(list) != 1 || list[0].Subject.String() != test.want || list[0].Pods != 1 {
			t.Errorf("%s: %+v, want %s", name, list, test.want)
		}
	}
}

func TestTemplatesStandInForPodsInFilesOnly(t *testing.T) {
	s := &Snapshot{Controllers: []Controller{{Object: Object{Namespace: "n", Name: "d"}, Kind: "Deployment", PodLabels: map[string]string{"app": "d"}}}}
	for source, want := range map[Source][2]int{FromFiles: {1, 0}, FromCluster: {0, 1}} {
		s.Collection.Source = source
		list, view := workloads(s)
		if got := [2]int{len(list), len(view.Cluster.Templates)}; got != want {
			t.Errorf("%s: %d workloads and %d templates, want %v", source, got[0], got[1], want)
		}
	}
}

// policiesRead are the readings of a cluster that has NetworkPolicies alone.
func policiesRead() []Reading {
	var readings []Reading
	for _, r := range PolicyResources {
		readings = append(readings, Reading{Resource: r, State: NotServed})
	}
	readings[0].State = Read
	return readings
}

func TestIsolationNamesThePodsThatDiffer(t *testing.T) {
	owner := &Owner{Kind: "StatefulSet", Name: "s"}
	pod := func(name, role string) Pod {
		return Pod{Object: Object{Namespace: "n", Name: name, Labels: map[string]string{"role": role}}, Owner: owner}
	}
	s := &Snapshot{
		Collection:      Collection{Readings: policiesRead()},
		Pods:            []Pod{pod("s-0", "old"), pod("s-1", "new"), pod("s-2", "new")},
		NetworkPolicies: denyIngress("n", "role", "new"),
	}
	f := Derive(s, DefaultConfig(), Options{})
	got := f.Isolation(&f.Workloads[0], netpol.Ingress)
	want := WorkloadIsolation{ByAdminTiers: netpol.None, ByNetworkPolicy: netpol.None, Verdict: netpol.None, SelectedBy: []netpol.PolicyRef{{Namespace: "n", Name: "deny"}}, Differing: []string{"s-1", "s-2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("isolation (-want +got):\n%s", diff)
	}
	s.Collection.Readings = nil
	if got := Derive(s, DefaultConfig(), Options{}).Isolation(&f.Workloads[0], netpol.Ingress); got.Verdict != netpol.Indeterminate {
		t.Errorf("policies unread: %s, want indeterminate", got.Verdict)
	}
}

// denyIngress is a policy that isolates the Pods with a label.
func denyIngress(namespace, key, value string) []networkingv1.NetworkPolicy {
	return []networkingv1.NetworkPolicy{{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "deny"},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{key: value}},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		},
	}}
}
