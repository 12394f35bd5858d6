package main

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A size says how large the cluster is: the numbers of one namespace, and how many
// namespaces there are.
type size struct {
	namespaces  int
	deployments int // each with its current ReplicaSet and the one before
	pods        int // of each Deployment
	policies    int
	ingresses   int // each with a Certificate and its CertificateRequest
}

// target is the cluster of the performance target: 20,000 Pods, 1,600 NetworkPolicies,
// 600 Ingresses, 4,000 Deployments and 8,000 ReplicaSets.
var target = size{namespaces: 200, deployments: 20, pods: 5, policies: 8, ingresses: 3}

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }

func appName(i int) string { return fmt.Sprintf("app-%02d", i) }

func host(namespace string, i int) string {
	return fmt.Sprintf("%s.%s.bench.example", appName(i), namespace)
}

func namespaceObject(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"team": name, "env": "production"}}}
}

func deployment(namespace, app string, replicas int32) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: app, Labels: labels(namespace, app, "")},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: selector(app)},
			Template: template(namespace, app, ""),
		},
	}
}

func replicaSet(owner *appsv1.Deployment, hash string, replicas int32) *appsv1.ReplicaSet {
	match := selector(owner.Name)
	match["pod-template-hash"] = hash
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: owner.Namespace, Name: owner.Name + "-" + hash, Labels: labels(owner.Namespace, owner.Name, hash),
			Annotations:     map[string]string{"deployment.kubernetes.io/desired-replicas": fmt.Sprint(replicas), "deployment.kubernetes.io/revision": "7"},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, appsv1.SchemeGroupVersion.WithKind("Deployment"))},
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: match},
			Template: template(owner.Namespace, owner.Name, hash),
		},
	}
}

// networkPolicy is the nth of a namespace: the first denies everything, the second lets
// DNS out, each further one opens one application.
func networkPolicy(namespace string, n int) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace}}
	udp, tcp := corev1.ProtocolUDP, corev1.ProtocolTCP
	dns, http := intstr.FromInt32(53), intstr.FromString("http")
	switch n {
	case 0:
		p.Name = "default-deny"
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	case 1:
		p.Name = "allow-dns"
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
		p.Spec.Egress = []networkingv1.NetworkPolicyEgressRule{{
			To: []networkingv1.NetworkPolicyPeer{{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "kube-system"}},
				PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"k8s-app": "kube-dns"}},
			}},
			Ports: []networkingv1.NetworkPolicyPort{{Protocol: &udp, Port: &dns}, {Protocol: &tcp, Port: &dns}},
		}}
	default:
		app := appName(n - 2)
		p.Name = "allow-" + app
		p.Spec.PodSelector.MatchLabels = selector(app)
		p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
		p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{
			From: []networkingv1.NetworkPolicyPeer{
				{PodSelector: &metav1.LabelSelector{MatchLabels: selector(appName(n - 1))}},
				{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "ingress-nginx"}}},
			},
			Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &http}},
		}}
	}
	return p
}

func ingress(namespace string, n int) *networkingv1.Ingress {
	class, prefix, app := "nginx", networkingv1.PathTypePrefix, appName(n)
	return &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: app, Labels: labels(namespace, app, ""),
			Annotations: map[string]string{"cert-manager.io/cluster-issuer": issuerName, "nginx.ingress.kubernetes.io/proxy-body-size": "8m"},
		},
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class,
			TLS:              []networkingv1.IngressTLS{{Hosts: []string{host(namespace, n)}, SecretName: app + "-tls"}},
			Rules: []networkingv1.IngressRule{{
				Host: host(namespace, n),
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
					Path: "/", PathType: &prefix,
					Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: app, Port: networkingv1.ServiceBackendPort{Name: "http"}}},
				}}}},
			}},
		},
	}
}

func ingressClass() *networkingv1.IngressClass {
	return &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: "nginx"},
		Spec:       networkingv1.IngressClassSpec{Controller: "k8s.io/ingress-nginx"},
	}
}

func selector(app string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": app}
}

// labels are those that Helm charts set and, with a hash, that of the Deployment
// controller.
func labels(namespace, app, hash string) map[string]string {
	set := map[string]string{
		"app.kubernetes.io/name":       app,
		"app.kubernetes.io/instance":   namespace + "-" + app,
		"app.kubernetes.io/version":    "4.17.2",
		"app.kubernetes.io/managed-by": "Helm",
		"helm.sh/chart":                app + "-1.8.3",
	}
	if hash != "" {
		set["pod-template-hash"] = hash
	}
	return set
}
