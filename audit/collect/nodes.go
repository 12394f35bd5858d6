package collect

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

// nodeAnnotations begin the annotations of Nodes that network plugins write and checks
// rely on.
var nodeAnnotations = []string{
	"network.cilium.io/", "projectcalico.org/", "k3s.io/node-args", "rke2.io/node-args",
	"flannel.alpha.coreos.com/", "k8s.ovn.org/",
}

func reduceNode(k *kept, n *corev1.Node) string {
	node := audit.Node{
		Object:        k.meta(&n.ObjectMeta),
		Created:       n.CreationTimestamp.UTC(),
		PodCIDRs:      n.Spec.PodCIDRs,
		Unschedulable: n.Spec.Unschedulable,
		OS:            n.Status.NodeInfo.OperatingSystem,
		Kubelet:       k.text(n.Status.NodeInfo.KubeletVersion),
		OSImage:       k.text(n.Status.NodeInfo.OSImage),
		ProviderID:    n.Spec.ProviderID,
	}
	if node.OS == "" {
		node.OS = n.Labels[corev1.LabelOSStable]
	}
	if len(node.PodCIDRs) == 0 && n.Spec.PodCIDR != "" {
		node.PodCIDRs = []string{n.Spec.PodCIDR}
	}
	for i := range n.Status.Conditions {
		if n.Status.Conditions[i].Type == corev1.NodeReady {
			node.Ready = string(n.Status.Conditions[i].Status)
		}
	}
	for _, a := range n.Status.Addresses {
		node.Addresses = append(node.Addresses, audit.NodeAddress{Type: string(a.Type), Address: a.Address})
	}
	for name, value := range n.Annotations {
		for _, prefix := range nodeAnnotations {
			if strings.HasPrefix(name, prefix) {
				if node.Annotations == nil {
					node.Annotations = map[string]string{}
				}
				node.Annotations[name] = value
			}
		}
	}
	k.Nodes = append(k.Nodes, node)
	return ""
}
