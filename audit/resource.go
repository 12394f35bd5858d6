package audit

import "k8s.io/apimachinery/pkg/runtime/schema"

// A Resource names a collection the way the API does: the plural and, after a dot, its
// group ("pods", "ingresses.networking.k8s.io"). Versions are collect's affair.
type Resource string

// The resources that this build reads.
const (
	Namespaces             Resource = "namespaces"
	Pods                   Resource = "pods"
	Secrets                Resource = "secrets"
	ReplicationControllers Resource = "replicationcontrollers"
	Deployments            Resource = "deployments.apps"
	StatefulSets           Resource = "statefulsets.apps"
	DaemonSets             Resource = "daemonsets.apps"
	ReplicaSets            Resource = "replicasets.apps"
	Jobs                   Resource = "jobs.batch"
	CronJobs               Resource = "cronjobs.batch"
	ConfigMaps             Resource = "configmaps"
	Nodes                  Resource = "nodes"
	Services               Resource = "services"
	Endpoints              Resource = "endpoints"
	EndpointSlices         Resource = "endpointslices.discovery.k8s.io"
	ServiceCIDRs           Resource = "servicecidrs.networking.k8s.io"
	NetworkPolicies        Resource = "networkpolicies.networking.k8s.io"
	Ingresses              Resource = "ingresses.networking.k8s.io"
	IngressClasses         Resource = "ingressclasses.networking.k8s.io"
	Gateways               Resource = "gateways.gateway.networking.k8s.io"
	HTTPRoutes             Resource = "httproutes.gateway.networking.k8s.io"
	GRPCRoutes             Resource = "grpcroutes.gateway.networking.k8s.io"
	TLSRoutes              Resource = "tlsroutes.gateway.networking.k8s.io"
	TCPRoutes              Resource = "tcproutes.gateway.networking.k8s.io"
	UDPRoutes              Resource = "udproutes.gateway.networking.k8s.io"
	Issuers                Resource = "issuers.cert-manager.io"
	ClusterIssuers         Resource = "clusterissuers.cert-manager.io"
	Certificates           Resource = "certificates.cert-manager.io"
	CertificateRequests    Resource = "certificaterequests.cert-manager.io"
	Orders                 Resource = "orders.acme.cert-manager.io"
	Challenges             Resource = "challenges.acme.cert-manager.io"
	Leases                 Resource = "leases.coordination.k8s.io"
	ListenerSets           Resource = "listenersets.gateway.networking.k8s.io"
	ReferenceGrants        Resource = "referencegrants.gateway.networking.k8s.io"
	GatewayClasses         Resource = "gatewayclasses.gateway.networking.k8s.io"
	ClusterRoles           Resource = "clusterroles.rbac.authorization.k8s.io"
	ClusterRoleBindings    Resource = "clusterrolebindings.rbac.authorization.k8s.io"
	TraefikMiddlewares     Resource = "middlewares.traefik.io"
	TraefikTLSOptions      Resource = "tlsoptions.traefik.io"
	GKEFrontendConfigs     Resource = "frontendconfigs.networking.gke.io"
	EnvoyClientPolicies    Resource = "clienttrafficpolicies.gateway.envoyproxy.io"

	// Handshakes are no collection of the API: what servers present, asked for with --probe.

	Handshakes Resource = "handshakes"

	// Policies beside Kubernetes' own, and what they refer to.

	AdminNetworkPolicies           Resource = "adminnetworkpolicies.policy.networking.k8s.io"
	BaselineAdminNetworkPolicies   Resource = "baselineadminnetworkpolicies.policy.networking.k8s.io"
	ClusterNetworkPolicies         Resource = "clusternetworkpolicies.policy.networking.k8s.io"
	CiliumNetworkPolicies          Resource = "ciliumnetworkpolicies.cilium.io"
	CiliumClusterwidePolicies      Resource = "ciliumclusterwidenetworkpolicies.cilium.io"
	CalicoNetworkPolicies          Resource = "networkpolicies.projectcalico.org"
	CalicoGlobalNetworkPolicies    Resource = "globalnetworkpolicies.projectcalico.org"
	CalicoTiers                    Resource = "tiers.projectcalico.org"
	CalicoNetworkSets              Resource = "networksets.projectcalico.org"
	CalicoGlobalNetworkSets        Resource = "globalnetworksets.projectcalico.org"
	CRDCalicoNetworkPolicies       Resource = "networkpolicies.crd.projectcalico.org"
	CRDCalicoGlobalNetworkPolicies Resource = "globalnetworkpolicies.crd.projectcalico.org"
	CRDCalicoTiers                 Resource = "tiers.crd.projectcalico.org"
	CRDCalicoNetworkSets           Resource = "networksets.crd.projectcalico.org"
	CRDCalicoGlobalNetworkSets     Resource = "globalnetworksets.crd.projectcalico.org"
	AntreaNetworkPolicies          Resource = "networkpolicies.crd.antrea.io"
	AntreaClusterNetworkPolicies   Resource = "clusternetworkpolicies.crd.antrea.io"
	AWSClusterNetworkPolicies      Resource = "clusternetworkpolicies.networking.k8s.aws"
	AWSApplicationNetworkPolicies  Resource = "applicationnetworkpolicies.networking.k8s.aws"

	// Settings: whether anything enforces or encrypts, and what admission requires.

	CiliumNodes                       Resource = "ciliumnodes.cilium.io"
	FelixConfigurations               Resource = "felixconfigurations.projectcalico.org"
	CRDFelixConfigurations            Resource = "felixconfigurations.crd.projectcalico.org"
	OpenShiftNetworks                 Resource = "networks.config.openshift.io"
	OpenShiftNetworkOperators         Resource = "networks.operator.openshift.io"
	AWSPolicyEndpoints                Resource = "policyendpoints.networking.k8s.aws"
	PeerAuthentications               Resource = "peerauthentications.security.istio.io"
	GatekeeperConstraints             Resource = "*.constraints.gatekeeper.sh"
	KyvernoClusterPolicies            Resource = "clusterpolicies.kyverno.io"
	KyvernoPolicies                   Resource = "policies.kyverno.io"
	ValidatingAdmissionPolicies       Resource = "validatingadmissionpolicies.admissionregistration.k8s.io"
	ValidatingAdmissionPolicyBindings Resource = "validatingadmissionpolicybindings.admissionregistration.k8s.io"
)

// WorkloadKinds maps the kinds of Pod controllers that are read to their resource.
var WorkloadKinds = map[string]Resource{
	"Deployment":            Deployments,
	"StatefulSet":           StatefulSets,
	"DaemonSet":             DaemonSets,
	"ReplicaSet":            ReplicaSets,
	"Job":                   Jobs,
	"CronJob":               CronJobs,
	"ReplicationController": ReplicationControllers,
}

// Objects calls yield for every object of resource r that the snapshot keeps, with its
// namespace ("" for cluster-scoped ones) and its name; that one doesn't exist is no object.
// The ledger counts with it.
func (s *Snapshot) Objects(r Resource, yield func(namespace, name string)) {
	switch r {
	case Namespaces:
		for i := range s.Namespaces {
			yield("", s.Namespaces[i].Name)
		}
	case Pods:
		for i := range s.Pods {
			yield(s.Pods[i].Namespace, s.Pods[i].Name)
		}
	case Secrets:
		lean(s.Secrets, func(o *Secret) (*Object, bool) { return &o.Object, !o.Absent }, yield)
	case ConfigMaps:
		lean(s.ConfigMaps, func(o *ConfigMap) (*Object, bool) { return &o.Object, !o.Absent }, yield)
	case Nodes:
		lean(s.Nodes, func(o *Node) (*Object, bool) { return &o.Object, true }, yield)
	case Services:
		lean(s.Services, func(o *Service) (*Object, bool) { return &o.Object, true }, yield)
	case Endpoints, EndpointSlices:
		lean(s.Backends, func(o *Backends) (*Object, bool) { return &o.Object, BackendKinds[o.Kind] == r }, yield)
	case ServiceCIDRs:
		lean(s.ServiceCIDRs, func(o *ServiceCIDR) (*Object, bool) { return &o.Object, true }, yield)
	case HTTPRoutes, GRPCRoutes, TLSRoutes, TCPRoutes, UDPRoutes:
		lean(s.Routes, func(o *Route) (*Object, bool) { return &o.Object, RouteKinds[o.Kind] == r }, yield)
	case AdminNetworkPolicies, BaselineAdminNetworkPolicies, ClusterNetworkPolicies:
		eachOf(s.AdminPolicies, r, yield)
	case CiliumNetworkPolicies, CiliumClusterwidePolicies:
		eachOf(s.CiliumPolicies, r, yield)
	case CalicoNetworkPolicies, CalicoGlobalNetworkPolicies, CRDCalicoNetworkPolicies, CRDCalicoGlobalNetworkPolicies:
		eachOf(s.CalicoPolicies, r, yield)
	case CalicoTiers, CRDCalicoTiers:
		eachOf(s.CalicoTiers, r, yield)
	case CalicoNetworkSets, CalicoGlobalNetworkSets, CRDCalicoNetworkSets, CRDCalicoGlobalNetworkSets:
		eachOf(s.CalicoNetworkSets, r, yield)
	case AntreaNetworkPolicies, AntreaClusterNetworkPolicies, AWSClusterNetworkPolicies, AWSApplicationNetworkPolicies:
		lean(s.OtherPolicies, func(o *OtherPolicy) (*Object, bool) { return &o.Object, o.Resource == r }, yield)
	case NetworkPolicies:
		each(s.NetworkPolicies, yield)
	case Ingresses:
		each(s.Ingresses, yield)
	case IngressClasses:
		each(s.IngressClasses, yield)
	case Gateways:
		each(s.Gateways, yield)
	case Issuers:
		each(s.Issuers, yield)
	case ClusterIssuers:
		each(s.ClusterIssuers, yield)
	case Certificates:
		each(s.Certificates, yield)
	case CertificateRequests:
		each(s.CertificateRequests, yield)
	case Orders:
		each(s.Orders, yield)
	case Challenges:
		each(s.Challenges, yield)
	case ListenerSets:
		each(s.ListenerSets, yield)
	case ReferenceGrants:
		each(s.ReferenceGrants, yield)
	case Leases:
		lean(s.Leases, func(o *Lease) (*Object, bool) { return &o.Object, !o.Absent }, yield)
	case ClusterRoles:
		lean(s.ClusterRoles, func(o *ClusterRole) (*Object, bool) { return &o.Object, true }, yield)
	case ClusterRoleBindings:
		lean(s.ClusterRoleBindings, func(o *ClusterRoleBinding) (*Object, bool) { return &o.Object, true }, yield)
	case Handshakes:
		for i := range s.Handshakes {
			yield("", s.Handshakes[i].Host)
		}
	default:
		lean(s.Controllers, func(o *Controller) (*Object, bool) { return &o.Object, WorkloadKinds[o.Kind] == r }, yield)
		lean(s.Settings, func(o *Setting) (*Object, bool) { return &o.Object, o.Resource == r }, yield)
	}
}

// BackendKinds maps the kinds of [Backends] to their resource.
var BackendKinds = map[string]Resource{"EndpointSlice": EndpointSlices, "Endpoints": Endpoints}

// RouteKinds maps the kinds of [Route] to their resource.
var RouteKinds = map[string]Resource{
	"HTTPRoute": HTTPRoutes, "GRPCRoute": GRPCRoutes, "TLSRoute": TLSRoutes, "TCPRoute": TCPRoutes, "UDPRoute": UDPRoutes,
}

// PolicyKinds maps what policies of other engines say of themselves, their group and their
// kind, to their resource.
var PolicyKinds = map[[2]string]Resource{
	{"policy.networking.k8s.io", "AdminNetworkPolicy"}:         AdminNetworkPolicies,
	{"policy.networking.k8s.io", "BaselineAdminNetworkPolicy"}: BaselineAdminNetworkPolicies,
	{"policy.networking.k8s.io", "ClusterNetworkPolicy"}:       ClusterNetworkPolicies,
	{"cilium.io", "CiliumNetworkPolicy"}:                       CiliumNetworkPolicies,
	{"cilium.io", "CiliumClusterwideNetworkPolicy"}:            CiliumClusterwidePolicies,
	{"projectcalico.org", "NetworkPolicy"}:                     CalicoNetworkPolicies,
	{"projectcalico.org", "GlobalNetworkPolicy"}:               CalicoGlobalNetworkPolicies,
	{"projectcalico.org", "Tier"}:                              CalicoTiers,
	{"projectcalico.org", "NetworkSet"}:                        CalicoNetworkSets,
	{"projectcalico.org", "GlobalNetworkSet"}:                  CalicoGlobalNetworkSets,
	{"crd.projectcalico.org", "NetworkPolicy"}:                 CRDCalicoNetworkPolicies,
	{"crd.projectcalico.org", "GlobalNetworkPolicy"}:           CRDCalicoGlobalNetworkPolicies,
	{"crd.projectcalico.org", "Tier"}:                          CRDCalicoTiers,
	{"crd.projectcalico.org", "NetworkSet"}:                    CRDCalicoNetworkSets,
	{"crd.projectcalico.org", "GlobalNetworkSet"}:              CRDCalicoGlobalNetworkSets,
}

// lean walks those of a slice of lean objects that belong to a resource.
func lean[T any](objects []T, of func(*T) (*Object, bool), yield func(namespace, name string)) {
	for i := range objects {
		if o, belongs := of(&objects[i]); belongs {
			yield(o.Namespace, o.Name)
		}
	}
}

// eachOf walks those of a slice of policies whose apiVersion and kind belong to a resource.
func eachOf[T any, P interface {
	*T
	GetNamespace() string
	GetName() string
	GroupVersionKind() schema.GroupVersionKind
}](objects []T, r Resource, yield func(namespace, name string)) {
	for i := range objects {
		o := P(&objects[i])
		if kind := o.GroupVersionKind(); PolicyKinds[[2]string{kind.Group, kind.Kind}] == r {
			yield(o.GetNamespace(), o.GetName())
		}
	}
}

// each walks a slice of Kubernetes' own types.
func each[T any, P interface {
	*T
	GetNamespace() string
	GetName() string
}](objects []T, yield func(namespace, name string)) {
	for i := range objects {
		o := P(&objects[i])
		yield(o.GetNamespace(), o.GetName())
	}
}
