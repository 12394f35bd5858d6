package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

var core = []kind{
	{
		resource: audit.Namespaces, version: "v1", plural: "namespaces", name: "Namespace",
		codec: decoding(reduceNamespace),
	},
	{
		resource: audit.Pods, version: "v1", plural: "pods", name: "Pod", namespaced: true,
		mask: maskPod, codec: decoding(reducePod),
	},
	{
		resource: audit.Secrets, version: "v1", plural: "secrets", name: "Secret", namespaced: true,
		codec: decoding(reduceSecret),
	},
	{
		resource: audit.Nodes, version: "v1", plural: "nodes", name: "Node",
		codec: decoding(reduceNode),
	},
	{
		resource: audit.Services, version: "v1", plural: "services", name: "Service", namespaced: true,
		codec: decoding(reduceService),
	},
	{
		resource: audit.Endpoints, version: "v1", plural: "endpoints", name: "Endpoints", namespaced: true,
		codec: decoding(reduceEndpoints),
	},
	{
		resource: audit.ReplicationControllers, version: "v1", plural: "replicationcontrollers", name: "ReplicationController", namespaced: true,
		mask: maskReplicas, codec: decoding(reduceReplicationController),
	},
	{
		resource: audit.ConfigMaps, version: "v1", plural: "configmaps", name: "ConfigMap", namespaced: true,
		codec: decoding(reduceConfigMap),
	},
}

// RuleSolver is the exclusion of what cert-manager makes for the minutes of an HTTP-01
// challenge: it is neither the user's application nor the administrator's platform.
const RuleSolver = "solver: Pods, Services, Ingresses and routes of HTTP-01 challenges"

// solver is the label of those objects
// (github.com/cert-manager/cert-manager/pkg/apis/acme/v1, SolverIdentificationLabelKey).
const solver = "acme.cert-manager.io/http01-solver"

// namespaceName is the label that the server sets on every namespace
// (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name).
const namespaceName = corev1.LabelMetadataName

func reduceNamespace(k *kept, n *corev1.Namespace) string {
	if n.Labels[namespaceName] == "" {
		if n.Labels == nil {
			n.Labels = map[string]string{}
		}
		n.Labels[namespaceName] = n.Name
	}
	k.Namespaces = append(k.Namespaces, audit.Namespace{
		Object:      k.meta(&n.ObjectMeta),
		Created:     n.CreationTimestamp.UTC(),
		Terminating: n.DeletionTimestamp != nil || n.Status.Phase == corev1.NamespaceTerminating,
	})
	return ""
}

func reducePod(k *kept, p *corev1.Pod) string {
	switch {
	case p.Labels[solver] == "true":
		return RuleSolver
	case p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed:
		return audit.RuleTerminated
	}
	_, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]
	pod := audit.Pod{
		Object:    k.meta(&p.ObjectMeta),
		Template:  k.template(&p.Spec),
		Owner:     k.owner(p.OwnerReferences),
		Node:      k.text(p.Spec.NodeName),
		Addresses: podAddresses(&p.Status),
		Mirror:    mirror,
		Ready:     ready(&p.Status),
	}
	owner := ""
	if pod.Owner != nil {
		owner = pod.Owner.Name
	}
	recognize(&pod.Template, &p.Spec, pod.Namespace, owner, pod.Labels)
	k.Pods = append(k.Pods, pod)
	return ""
}

func podAddresses(s *corev1.PodStatus) []string {
	if len(s.PodIPs) == 0 && s.PodIP != "" {
		return []string{s.PodIP}
	}
	var list []string
	for i := range s.PodIPs {
		if s.PodIPs[i].IP != "" {
			list = append(list, s.PodIPs[i].IP)
		}
	}
	return list
}

// ready reports whether a Pod's condition Ready is True.
func ready(s *corev1.PodStatus) bool {
	for i := range s.Conditions {
		if s.Conditions[i].Type == corev1.PodReady {
			return s.Conditions[i].Status == corev1.ConditionTrue
		}
	}
	return false
}

func reduceReplicationController(k *kept, c *corev1.ReplicationController) string {
	controller := audit.Controller{
		Object: k.meta(&c.ObjectMeta), APIVersion: "v1", Kind: "ReplicationController",
		Owner: k.owner(c.OwnerReferences), Replicas: wanted(c.Spec.Replicas), Available: c.Status.AvailableReplicas,
	}
	if c.Spec.Template != nil {
		k.controller(&controller, c.Spec.Template)
	}
	k.Controllers = append(k.Controllers, controller)
	return ""
}
