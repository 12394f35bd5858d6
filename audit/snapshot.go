package audit

import (
	"time"

	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit/netpol"
	networkingv1 "k8s.io/api/networking/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A Snapshot is what was read from one cluster in one window of time, reduced to what
// checks rely on. Slices are sorted by namespace and name. Kubernetes' own types stand
// where volumes are small, without managedFields and without the last applied
// configuration. Nothing in it is a Secret's value but CERTIFICATE blocks.
type Snapshot struct {
	APIVersion string     `json:"apiVersion"` // SnapshotVersion
	Kind       string     `json:"kind"`       // "Snapshot"
	Cluster    Cluster    `json:"cluster"`
	Collection Collection `json:"collection"`

	Namespaces  []Namespace  `json:"namespaces,omitempty"`
	Pods        []Pod        `json:"pods,omitempty"`        // but Succeeded and Failed ones, which the ledger counts
	Controllers []Controller `json:"controllers,omitempty"` // of Pods: Deployments, ReplicaSets, Jobs …
	Secrets     []Secret     `json:"secrets,omitempty"`     // those that were asked for by name
	ConfigMaps  []ConfigMap  `json:"configMaps,omitempty"`  // likewise

	Nodes        []Node        `json:"nodes,omitempty"`
	Services     []Service     `json:"services,omitempty"`
	Backends     []Backends    `json:"backends,omitempty"` // EndpointSlices, and Endpoints that people wrote
	ServiceCIDRs []ServiceCIDR `json:"serviceCIDRs,omitempty"`
	Routes       []Route       `json:"routes,omitempty"`   // of Gateways
	Settings     []Setting     `json:"settings,omitempty"` // of network plugins, meshes and admission

	NetworkPolicies   []networkingv1.NetworkPolicy `json:"networkPolicies,omitempty"`
	AdminPolicies     []netpol.AdminPolicy         `json:"adminPolicies,omitempty"`
	CiliumPolicies    []netpol.CiliumPolicy        `json:"ciliumPolicies,omitempty"`
	CalicoPolicies    []netpol.CalicoPolicy        `json:"calicoPolicies,omitempty"`
	CalicoTiers       []netpol.CalicoTier          `json:"calicoTiers,omitempty"`
	CalicoNetworkSets []netpol.CalicoNetworkSet    `json:"calicoNetworkSets,omitempty"`
	OtherPolicies     []OtherPolicy                `json:"otherPolicies,omitempty"` // of engines that this build can't evaluate

	Ingresses      []networkingv1.Ingress      `json:"ingresses,omitempty"`
	IngressClasses []networkingv1.IngressClass `json:"ingressClasses,omitempty"`
	Gateways       []gatewayv1.Gateway         `json:"gateways,omitempty"`

	ListenerSets    []gatewayv1.ListenerSet    `json:"listenerSets,omitempty"`
	ReferenceGrants []gatewayv1.ReferenceGrant `json:"referenceGrants,omitempty"`

	Issuers             []cmv1.Issuer             `json:"issuers,omitempty"`
	ClusterIssuers      []cmv1.ClusterIssuer      `json:"clusterIssuers,omitempty"`
	Certificates        []cmv1.Certificate        `json:"certificates,omitempty"`
	CertificateRequests []cmv1.CertificateRequest `json:"certificateRequests,omitempty"`
	Orders              []cmacme.Order            `json:"orders,omitempty"`
	Challenges          []cmacme.Challenge        `json:"challenges,omitempty"`
	Leases              []Lease                   `json:"leases,omitempty"` // those that were asked for by name

	ClusterRoles        []ClusterRole        `json:"clusterRoles,omitempty"` // what they grant on Secrets
	ClusterRoleBindings []ClusterRoleBinding `json:"clusterRoleBindings,omitempty"`

	Handshakes []Handshake `json:"handshakes,omitempty"` // sorted by host, address and port
}

// SnapshotVersion is the apiVersion of snapshots that this build writes and reads.
const SnapshotVersion = "kubevidence/v1alpha1"

// A Cluster is identified by what can't be chosen twice: the UID of its kube-system
// namespace, its server and the digest of its CA.
type Cluster struct {
	Name     string `json:"name,omitempty"`     // the kubeconfig's name for it
	UID      string `json:"uid,omitempty"`      // of namespace kube-system
	Server   string `json:"server,omitempty"`   // URL
	CASHA256 string `json:"caSHA256,omitempty"` // hex, of the CA bundle's first certificate (DER)
	Version  string `json:"version,omitempty"`  // gitVersion, "v1.37.2"
}

// An Object is what every lean type has of its metadata.
type Object struct {
	Namespace       string            `json:"namespace,omitempty"`
	Name            string            `json:"name"`
	UID             string            `json:"uid,omitempty"`
	ResourceVersion string            `json:"resourceVersion,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
}

// A Namespace is a lean namespace.
type Namespace struct {
	Object
	Created     time.Time `json:"created,omitzero"`
	Terminating bool      `json:"terminating,omitempty"`
}

// A Pod is a lean Pod that isn't Succeeded or Failed.
type Pod struct {
	Object
	Template
	Owner     *Owner   `json:"owner,omitempty"` // its controller
	Node      string   `json:"node,omitempty"`
	Addresses []string `json:"addresses,omitempty"` // status.podIPs
	Mirror    bool     `json:"mirror,omitempty"`    // a static Pod's image in the API
	Ready     bool     `json:"ready,omitempty"`     // its condition Ready is True
}

// A Template is what is kept of a Pod's specification, whether it stands in a Pod or in a
// controller's template.
type Template struct {
	Ports       []Port      `json:"ports,omitempty"` // of containers and init containers
	HostNetwork bool        `json:"hostNetwork,omitempty"`
	DNSPolicy   string      `json:"dnsPolicy,omitempty"`   // "" for the default, ClusterFirst
	Nameservers []string    `json:"nameservers,omitempty"` // of dnsConfig
	Literals    []Literal   `json:"literals,omitempty"`    // IP addresses that stand in environment and arguments
	Component   string      `json:"component,omitempty"`   // a known platform component that runs in it (table components)
	Containers  []Container `json:"containers,omitempty"`
}

// A Literal is an IP address that stands in a container's environment or arguments. What
// stands around it is not kept.
type Literal struct {
	Container string `json:"container"`
	Field     string `json:"field"`          // env, command or args
	Name      string `json:"name,omitempty"` // of the variable; of an argument its flag or its index
	Address   string `json:"address"`
}

// An Owner is the controlling owner reference of an object.
type Owner struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid,omitempty"`
}

// A Port is a container's port.
type Port struct {
	Name     string `json:"name,omitempty"`
	Number   int32  `json:"number"`
	Protocol string `json:"protocol"` // TCP, UDP or SCTP, defaulted
	HostPort int32  `json:"hostPort,omitempty"`
	HostIP   string `json:"hostIP,omitempty"`
}

// A Container is kept of workloads that table components names only: its image and the
// flags that the table asks for, never its environment.
type Container struct {
	Name  string   `json:"name"`
	Image string   `json:"image"`
	Flags []string `json:"flags,omitempty"` // "--name=value", "--name"
}

// A Controller is an object that makes Pods from a template.
type Controller struct {
	Object
	Template
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Owner      *Owner            `json:"owner,omitempty"`
	Replicas   int32             `json:"replicas"`            // wanted; 1 where the kind has no number
	Available  int32             `json:"available"`           // status.availableReplicas, numberAvailable
	Observed   bool              `json:"observed,omitempty"`  // of Deployments: the status was written, so that 0 available means none
	PodLabels  map[string]string `json:"podLabels,omitempty"` // of the template; empty where an owner's template says it
}

// A Secret is what may be kept of a Secret that was asked for by name.
type Secret struct {
	Object
	Absent       bool   `json:"absent,omitempty"` // the server answered 404
	Type         string `json:"type,omitempty"`
	Certificates string `json:"certificates,omitempty"` // CERTIFICATE blocks of tls.crt, PEM
	Malformed    string `json:"malformed,omitempty"`    // why tls.crt holds none
	Key          string `json:"key,omitempty"`          // what comparing tls.key with the first certificate gave: the Key… words; "" where nobody compared
}

// What comparing a Secret's private key with its first certificate gave. The key itself
// is dropped as soon as it has been compared.
const (
	KeyMatches    = "matches"
	KeyDiffers    = "differs"
	KeyAbsent     = "absent"     // tls.key is missing or empty
	KeyUnreadable = "unreadable" // no private key that this build can parse
)
