package netpol

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A manifest is a Cluster read from YAML or JSON, with the workload of each Pod: "ns/name[Kind]".
type manifest struct {
	Cluster
	workloads []string
}

// object is what the kinds below have in common.
type object struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		Template *corev1.PodTemplateSpec `json:"template"`
		Replicas *int32                  `json:"replicas"`
	} `json:"spec"`
	Items []runtime.RawExtension `json:"items"`
}

// read adds the documents of a stream. Controllers stand in for Pods with their template, or count as templates
// where they are scaled to zero. Other kinds are passed over.
func (m *manifest) read(stream []byte) error {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			document, err = yaml.YAMLToJSON(document)
		}
		if err == nil && !bytes.Equal(document, []byte("null")) {
			err = m.add(document)
		}
		if err != nil {
			return err
		}
	}
}

func (m *manifest) add(document []byte) error {
	var o object
	if bytes.Contains(document, []byte(`"kind":"NetworkPolicy"`)) {
		var p networkingv1.NetworkPolicy
		if err := yaml.Unmarshal(document, &p); err == nil && p.GroupVersionKind().Group == networkingv1.GroupName {
			p.Namespace = orDefault(p.Namespace)
			m.Policies = append(m.Policies, p)
			return nil
		}
	}
	if bytes.Contains(document, []byte(`"apiVersion":"cilium.io/`)) {
		var p CiliumPolicy
		if err := yaml.Unmarshal(document, &p); err != nil {
			return fmt.Errorf("decode cilium policy: %w", err)
		}
		p.Namespace = orDefault(p.Namespace)
		m.CiliumPolicies = append(m.CiliumPolicies, p)
		return nil
	}
	if bytes.Contains(document, []byte(`projectcalico.org/v`)) {
		if added, err := m.addCalico(document); added || err != nil {
			return err
		}
	}
	if bytes.Contains(document, []byte(`"apiVersion":"policy.networking.k8s.io/`)) {
		var p AdminPolicy
		if err := yaml.Unmarshal(document, &p); err != nil {
			return fmt.Errorf("decode admin policy: %w", err)
		}
		m.AdminPolicies = append(m.AdminPolicies, p)
		return nil
	}
	if err := yaml.Unmarshal(document, &o); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	o.Namespace = orDefault(o.Namespace)
	for _, item := range o.Items {
		if err := m.add(item.Raw); err != nil {
			return err
		}
	}
	switch {
	case o.Kind == "ConfigMap" && o.Name == "cilium-config":
		return yaml.Unmarshal(document, &struct{ Data *CiliumSettings }{&m.Cilium})
	case o.Kind == "Node":
		var n corev1.Node
		if err := yaml.Unmarshal(document, &n); err != nil {
			return fmt.Errorf("decode node: %w", err)
		}
		node := Node{Name: n.Name, Labels: n.Labels}
		for _, address := range n.Status.Addresses {
			if a, err := netip.ParseAddr(address.Address); err == nil {
				node.Addresses = append(node.Addresses, a)
			}
		}
		m.Nodes = append(m.Nodes, node)
	case o.Kind == "Namespace":
		m.Namespaces = append(m.Namespaces, Namespace{o.Name, o.Labels})
	case o.Kind == "Pod":
		var p corev1.Pod
		if err := yaml.Unmarshal(document, &p); err != nil {
			return fmt.Errorf("decode pod: %w", err)
		}
		if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
			return nil
		}
		kind, name := "Pod", p.Name
		if len(p.OwnerReferences) > 0 {
			kind, name = p.OwnerReferences[0].Kind, p.OwnerReferences[0].Name
		}
		m.Pods = append(m.Pods, podOf(o.Namespace, p.Name, p.Labels, &p.Spec, &p.Status))
		m.workloads = append(m.workloads, fmt.Sprintf("%s/%s[%s]", o.Namespace, name, kind))
	case o.Spec.Template != nil:
		p := podOf(o.Namespace, o.Name, o.Spec.Template.Labels, &o.Spec.Template.Spec, &corev1.PodStatus{})
		if o.Spec.Replicas != nil && *o.Spec.Replicas == 0 {
			m.Templates = append(m.Templates, p)
			return nil
		}
		m.Pods = append(m.Pods, p)
		m.workloads = append(m.workloads, fmt.Sprintf("%s/%s[%s]", o.Namespace, o.Name, o.Kind))
	}
	return nil
}

// addCalico adds a policy, a tier or a network set of Calico, and reports whether the document is one.
func (m *manifest) addCalico(document []byte) (bool, error) {
	var o object
	if err := yaml.Unmarshal(document, &o); err != nil || !strings.HasSuffix(o.GroupVersionKind().Group, "projectcalico.org") {
		return false, err
	}
	switch o.Kind {
	case "Tier":
		m.CalicoTiers = append(m.CalicoTiers, CalicoTier{})
		return true, yaml.Unmarshal(document, &m.CalicoTiers[len(m.CalicoTiers)-1])
	case "NetworkSet", "GlobalNetworkSet":
		m.CalicoNetworkSets = append(m.CalicoNetworkSets, CalicoNetworkSet{})
		return true, yaml.Unmarshal(document, &m.CalicoNetworkSets[len(m.CalicoNetworkSets)-1])
	}
	m.CalicoPolicies = append(m.CalicoPolicies, CalicoPolicy{})
	return true, yaml.Unmarshal(document, &m.CalicoPolicies[len(m.CalicoPolicies)-1])
}

func orDefault(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

func podOf(namespace, name string, labels map[string]string, spec *corev1.PodSpec, status *corev1.PodStatus) Pod {
	p := Pod{Namespace: namespace, Name: name, Labels: labels, HostNetwork: spec.HostNetwork, Node: spec.NodeName, ServiceAccount: spec.ServiceAccountName}
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for _, c := range containers {
			for _, port := range c.Ports {
				p.Ports = append(p.Ports, Port{port.Name, port.ContainerPort, port.Protocol})
			}
		}
	}
	for _, ip := range status.PodIPs {
		if a, err := netip.ParseAddr(ip.IP); err == nil {
			p.Addresses = append(p.Addresses, a)
		}
	}
	return p
}
