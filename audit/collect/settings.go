package collect

import (
	"encoding/json"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

// settings are objects of network plugins, meshes and admission controllers. Of each only
// the fields that checks rely on are kept, by path; "*" stands for every element of a list.
var settings = []kind{
	setting(kind{resource: audit.CiliumNodes, group: ciliumGroup, version: "v2", plural: "ciliumnodes", name: "CiliumNode", custom: true},
		"metadata.annotations", "spec.encryption.key"),
	setting(kind{resource: audit.FelixConfigurations, group: calicoGroup, version: "v3", plural: "felixconfigurations", name: "FelixConfiguration", custom: true},
		"spec.wireguardEnabled", "spec.wireguardEnabledV6"),
	setting(kind{resource: audit.CRDFelixConfigurations, group: calicoCRDGroup, version: "v1", plural: "felixconfigurations", name: "FelixConfiguration", custom: true},
		"spec.wireguardEnabled", "spec.wireguardEnabledV6"),
	setting(kind{resource: audit.OpenShiftNetworks, group: "config.openshift.io", version: "v1", plural: "networks", name: "Network", custom: true},
		"status.networkType", "status.clusterNetwork", "status.serviceNetwork"),
	setting(kind{resource: audit.OpenShiftNetworkOperators, group: "operator.openshift.io", version: "v1", plural: "networks", name: "Network", custom: true},
		"spec.defaultNetwork.type", "spec.defaultNetwork.ovnKubernetesConfig.ipsecConfig"),
	setting(kind{resource: audit.AWSPolicyEndpoints, group: awsGroup, version: "v1alpha1", plural: "policyendpoints", name: "PolicyEndpoint", namespaced: true, custom: true},
		"spec.policyRef"),
	setting(kind{resource: audit.PeerAuthentications, group: "security.istio.io", version: "v1", also: []string{"v1beta1"}, plural: "peerauthentications", name: "PeerAuthentication", namespaced: true, custom: true},
		"spec.selector.matchLabels", "spec.mtls.mode", "spec.portLevelMtls"),
	setting(kind{resource: audit.GatekeeperConstraints, group: "constraints.gatekeeper.sh", version: "v1beta1", plural: anyKind, name: anyKind, custom: true},
		"spec.enforcementAction", "spec.scopedEnforcementActions", "spec.match", "spec.parameters"),
	setting(kind{resource: audit.KyvernoClusterPolicies, group: "kyverno.io", version: "v1", plural: "clusterpolicies", name: "ClusterPolicy", custom: true},
		"spec.validationFailureAction", "spec.rules"),
	setting(kind{resource: audit.KyvernoPolicies, group: "kyverno.io", version: "v1", plural: "policies", name: "Policy", namespaced: true, custom: true},
		"spec.validationFailureAction", "spec.rules"),
	setting(kind{resource: audit.TraefikMiddlewares, group: "traefik.io", version: "v1alpha1", plural: "middlewares", name: "Middleware", namespaced: true, custom: true},
		"spec.redirectScheme", "spec.redirectRegex", "spec.ipAllowList", "spec.ipWhiteList", "spec.headers.stsSeconds", "spec.headers.customResponseHeaders.Strict-Transport-Security",
		"spec.headers.customResponseHeaders.strict-transport-security", "spec.chain"),
	setting(kind{resource: audit.TraefikTLSOptions, group: "traefik.io", version: "v1alpha1", plural: "tlsoptions", name: "TLSOption", namespaced: true, custom: true},
		"spec.minVersion", "spec.maxVersion"),
	setting(kind{resource: audit.GKEFrontendConfigs, group: "networking.gke.io", version: "v1beta1", plural: "frontendconfigs", name: "FrontendConfig", namespaced: true, custom: true},
		"spec.redirectToHttps", "spec.sslPolicy"),
	setting(kind{resource: audit.EnvoyClientPolicies, group: "gateway.envoyproxy.io", version: "v1alpha1", plural: "clienttrafficpolicies", name: "ClientTrafficPolicy", namespaced: true, custom: true},
		"metadata.creationTimestamp", "spec.targetRef", "spec.targetRefs", "spec.targetSelectors", "spec.tls.minVersion"),
	setting(kind{resource: audit.ValidatingAdmissionPolicies, group: "admissionregistration.k8s.io", version: "v1", plural: "validatingadmissionpolicies", name: "ValidatingAdmissionPolicy", custom: true},
		"spec.matchConstraints", "spec.validations", "spec.variables"),
	setting(kind{resource: audit.ValidatingAdmissionPolicyBindings, group: "admissionregistration.k8s.io", version: "v1", plural: "validatingadmissionpolicybindings", name: "ValidatingAdmissionPolicyBinding", custom: true},
		"spec.policyName", "spec.validationActions", "spec.matchResources"),
}

// fields is an object whose fields are taken out by path.
type fields struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	all               map[string]any
}

// UnmarshalJSON decodes the metadata and, beside it, everything.
func (f *fields) UnmarshalJSON(data []byte) error {
	var meta metav1.PartialObjectMetadata
	if err := kjson.Unmarshal(data, &meta); err != nil {
		return err
	}
	f.TypeMeta, f.ObjectMeta, f.all = meta.TypeMeta, meta.ObjectMeta, nil
	return kjson.Unmarshal(data, &f.all)
}

// setting completes a row of the table with the reduction to some fields.
func setting(k kind, paths ...string) kind {
	resource, apiVersion, name := k.resource, k.apiVersion(), k.name
	k.codec = decoding(func(k *kept, f *fields) string {
		s := audit.Setting{Object: k.meta(&f.ObjectMeta), Resource: resource, APIVersion: apiVersion, Kind: name}
		if name == anyKind {
			s.Kind, _ = f.all["kind"].(string)
		}
		for _, path := range paths {
			if value, ok := valueAt(f.all, strings.Split(path, ".")); ok {
				if s.Values == nil {
					s.Values = map[string]string{}
				}
				s.Values[path] = value
			}
		}
		k.Settings = append(k.Settings, s)
		return ""
	})
	return k
}

// valueAt returns the value at a path: a text as it is, anything else as JSON.
func valueAt(object map[string]any, path []string) (string, bool) {
	value, ok := object[path[0]]
	switch inner, isObject := value.(map[string]any); {
	case !ok || value == nil:
		return "", false
	case len(path) > 1 && isObject:
		return valueAt(inner, path[1:])
	case len(path) > 1:
		return "", false
	}
	if text, isText := value.(string); isText {
		return text, true
	}
	encoded, err := json.Marshal(value)
	return string(encoded), err == nil
}
