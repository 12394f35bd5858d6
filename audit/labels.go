package audit

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ClusterName is what the cluster is called: as configured, else in the kubeconfig, else by
// its UID.
func (f *Facts) ClusterName() string {
	return cmp.Or(f.Config.ClusterName, f.Snapshot.Cluster.Name, f.Snapshot.Cluster.UID, "unnamed")
}

// ClusterNames are what the cluster goes by: its configured name, the kubeconfig's, and its
// UID, those that are known.
func (f *Facts) ClusterNames() []string {
	names := []string{f.Config.ClusterName, f.Snapshot.Cluster.Name, f.Snapshot.Cluster.UID}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// labelsOf returns the labels of subjects: of Namespaces, Pods and their controllers (of
// these, those of their Pods), Services, Ingresses, Gateways, NetworkPolicies, Certificates,
// Issuers and ClusterIssuers; nil for others, whose labels the snapshot doesn't keep.
func (f *Facts) labelsOf() func(Subject) map[string]string {
	var known map[string]map[string]string
	return func(s Subject) map[string]string {
		if known == nil {
			known = f.allLabels()
		}
		return known[s.Key()]
	}
}

func (f *Facts) allLabels() map[string]map[string]string {
	known := map[string]map[string]string{}
	add := func(kind string, namespace, name string, labels map[string]string) {
		if labels == nil {
			labels = map[string]string{}
		}
		known[Subject{Kind: kind, Namespace: namespace, Name: name}.Key()] = labels
	}
	object := func(kind string, o metav1.Object) { add(kind, o.GetNamespace(), o.GetName(), o.GetLabels()) }
	for i := range f.Namespaces {
		add("Namespace", "", f.Namespaces[i].Name, f.Namespaces[i].Labels)
	}
	for i := range f.Pods {
		add("Pod", f.Pods[i].Namespace, f.Pods[i].Name, f.Pods[i].Labels)
	}
	for i := range f.Controllers {
		add(f.Controllers[i].Kind, f.Controllers[i].Namespace, f.Controllers[i].Name, f.Controllers[i].PodLabels)
	}
	for i := range f.Services {
		add("Service", f.Services[i].Namespace, f.Services[i].Name, f.Services[i].Labels)
	}
	for i := range f.Ingresses {
		object("Ingress", &f.Ingresses[i])
	}
	for i := range f.Gateways {
		object("Gateway", &f.Gateways[i])
	}
	for i := range f.NetworkPolicies {
		object("NetworkPolicy", &f.NetworkPolicies[i])
	}
	for i := range f.Certificates {
		object("Certificate", &f.Certificates[i])
	}
	for i := range f.Issuers {
		object("Issuer", &f.Issuers[i])
	}
	for i := range f.ClusterIssuers {
		object("ClusterIssuer", &f.ClusterIssuers[i])
	}
	return known
}
