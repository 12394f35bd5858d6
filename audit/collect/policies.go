package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The groups of policies beside Kubernetes' own.
const (
	adminGroup     = "policy.networking.k8s.io"
	ciliumGroup    = "cilium.io"
	calicoGroup    = "projectcalico.org"
	calicoCRDGroup = "crd.projectcalico.org"
	antreaGroup    = "crd.antrea.io"
	awsGroup       = "networking.k8s.aws"
)

// policies are those of other engines. Each is read into a small struct of ours: no
// engine's module is imported.
var policies = []kind{
	admin(audit.AdminNetworkPolicies, "v1alpha1", "adminnetworkpolicies", "AdminNetworkPolicy"),
	admin(audit.BaselineAdminNetworkPolicies, "v1alpha1", "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy"),
	admin(audit.ClusterNetworkPolicies, "v1alpha2", "clusternetworkpolicies", "ClusterNetworkPolicy"),
	cilium(audit.CiliumNetworkPolicies, "ciliumnetworkpolicies", "CiliumNetworkPolicy", true),
	cilium(audit.CiliumClusterwidePolicies, "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", false),
	calico(audit.CalicoNetworkPolicies, calicoGroup, "v3", "networkpolicies", "NetworkPolicy", true),
	calico(audit.CalicoGlobalNetworkPolicies, calicoGroup, "v3", "globalnetworkpolicies", "GlobalNetworkPolicy", false),
	calico(audit.CRDCalicoNetworkPolicies, calicoCRDGroup, "v1", "networkpolicies", "NetworkPolicy", true),
	calico(audit.CRDCalicoGlobalNetworkPolicies, calicoCRDGroup, "v1", "globalnetworkpolicies", "GlobalNetworkPolicy", false),
	calicoTier(audit.CalicoTiers, calicoGroup, "v3"),
	calicoTier(audit.CRDCalicoTiers, calicoCRDGroup, "v1"),
	calicoSet(audit.CalicoNetworkSets, calicoGroup, "v3", "networksets", "NetworkSet", true),
	calicoSet(audit.CalicoGlobalNetworkSets, calicoGroup, "v3", "globalnetworksets", "GlobalNetworkSet", false),
	calicoSet(audit.CRDCalicoNetworkSets, calicoCRDGroup, "v1", "networksets", "NetworkSet", true),
	calicoSet(audit.CRDCalicoGlobalNetworkSets, calicoCRDGroup, "v1", "globalnetworksets", "GlobalNetworkSet", false),
	other(audit.AntreaNetworkPolicies, antreaGroup, "v1beta1", "networkpolicies", "NetworkPolicy", true, "v1alpha1"),
	other(audit.AntreaClusterNetworkPolicies, antreaGroup, "v1beta1", "clusternetworkpolicies", "ClusterNetworkPolicy", false, "v1alpha1"),
	other(audit.AWSClusterNetworkPolicies, awsGroup, "v1alpha1", "clusternetworkpolicies", "ClusterNetworkPolicy", false),
	other(audit.AWSApplicationNetworkPolicies, awsGroup, "v1alpha1", "applicationnetworkpolicies", "ApplicationNetworkPolicy", true),
}

func admin(r audit.Resource, version, plural, name string) kind {
	k := kind{resource: r, group: adminGroup, version: version, plural: plural, name: name, custom: true}
	says := metav1.TypeMeta{APIVersion: k.apiVersion(), Kind: name}
	k.codec = decoding(func(k *kept, p *netpol.AdminPolicy) string {
		p.TypeMeta = says
		k.AdminPolicies = append(k.AdminPolicies, *p)
		return ""
	})
	return k
}

func cilium(r audit.Resource, plural, name string, namespaced bool) kind {
	k := kind{resource: r, group: ciliumGroup, version: "v2", plural: plural, name: name, namespaced: namespaced, custom: true}
	says := metav1.TypeMeta{APIVersion: k.apiVersion(), Kind: name}
	k.codec = decoding(func(k *kept, p *netpol.CiliumPolicy) string {
		p.TypeMeta = says
		k.CiliumPolicies = append(k.CiliumPolicies, *p)
		return ""
	})
	return k
}

func calico(r audit.Resource, group, version, plural, name string, namespaced bool) kind {
	k := kind{resource: r, group: group, version: version, plural: plural, name: name, namespaced: namespaced, custom: true}
	says := metav1.TypeMeta{APIVersion: k.apiVersion(), Kind: name}
	k.codec = decoding(func(k *kept, p *netpol.CalicoPolicy) string {
		p.TypeMeta = says
		k.CalicoPolicies = append(k.CalicoPolicies, *p)
		return ""
	})
	return k
}

func calicoTier(r audit.Resource, group, version string) kind {
	k := kind{resource: r, group: group, version: version, plural: "tiers", name: "Tier", custom: true}
	says := metav1.TypeMeta{APIVersion: k.apiVersion(), Kind: "Tier"}
	k.codec = decoding(func(k *kept, t *netpol.CalicoTier) string {
		t.TypeMeta = says
		k.CalicoTiers = append(k.CalicoTiers, *t)
		return ""
	})
	return k
}

func calicoSet(r audit.Resource, group, version, plural, name string, namespaced bool) kind {
	k := kind{resource: r, group: group, version: version, plural: plural, name: name, namespaced: namespaced, custom: true}
	says := metav1.TypeMeta{APIVersion: k.apiVersion(), Kind: name}
	k.codec = decoding(func(k *kept, s *netpol.CalicoNetworkSet) string {
		s.TypeMeta = says
		k.CalicoNetworkSets = append(k.CalicoNetworkSets, *s)
		return ""
	})
	return k
}

// other is a kind of policy of which only the name is kept: where it may select a Pod,
// nothing is known about that Pod.
func other(r audit.Resource, group, version, plural, name string, namespaced bool, also ...string) kind {
	k := kind{resource: r, group: group, version: version, also: also, plural: plural, name: name, namespaced: namespaced, custom: true}
	apiVersion := k.apiVersion()
	k.codec = decoding(func(k *kept, o *metav1.PartialObjectMetadata) string {
		k.OtherPolicies = append(k.OtherPolicies, audit.OtherPolicy{Object: k.meta(&o.ObjectMeta), Resource: r, APIVersion: apiVersion, Kind: name})
		return ""
	})
	return k
}
