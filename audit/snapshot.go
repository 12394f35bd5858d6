package audit

import (
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
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

	NetworkPolicies []networkingv1.NetworkPolicy `json:"networkPolicies,omitempty"`
	Ingresses       []networkingv1.Ingress       `json:"ingresses,omitempty"`
	IngressClasses  []networkingv1.IngressClass  `json:"ingressClasses,omitempty"`
	Gateways        []gatewayv1.Gateway          `json:"gateways,omitempty"`

	Issuers             []cmv1.Issuer             `json:"issuers,omitempty"`
	ClusterIssuers      []cmv1.ClusterIssuer      `json:"clusterIssuers,omitempty"`
	Certificates        []cmv1.Certificate        `json:"certificates,omitempty"`
	CertificateRequests []cmv1.CertificateRequest `json:"certificateRequests,omitempty"`
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
	Owner       *Owner      `json:"owner,omitempty"` // its controller
	Node        string      `json:"node,omitempty"`
	Addresses   []string    `json:"addresses,omitempty"` // status.podIPs
	Ports       []Port      `json:"ports,omitempty"`     // of containers and init containers
	HostNetwork bool        `json:"hostNetwork,omitempty"`
	Mirror      bool        `json:"mirror,omitempty"`    // a static Pod's image in the API
	Component   string      `json:"component,omitempty"` // a known platform component that runs in it (table components)
	Containers  []Container `json:"containers,omitempty"`
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
	APIVersion  string            `json:"apiVersion"`
	Kind        string            `json:"kind"`
	Owner       *Owner            `json:"owner,omitempty"`
	Replicas    int32             `json:"replicas"`            // wanted; 1 where the kind has no number
	Available   int32             `json:"available"`           // status.availableReplicas, numberAvailable
	Observed    bool              `json:"observed,omitempty"`  // of Deployments: the status was written, so that 0 available means none
	PodLabels   map[string]string `json:"podLabels,omitempty"` // of the template; empty where an owner's template says it
	Ports       []Port            `json:"ports,omitempty"`
	HostNetwork bool              `json:"hostNetwork,omitempty"`
	Component   string            `json:"component,omitempty"`
	Containers  []Container       `json:"containers,omitempty"`
}

// A Secret is what may be kept of a Secret that was asked for by name.
type Secret struct {
	Object
	Absent       bool   `json:"absent,omitempty"` // the server answered 404
	Type         string `json:"type,omitempty"`
	Certificates string `json:"certificates,omitempty"` // CERTIFICATE blocks of tls.crt, PEM
	Malformed    string `json:"malformed,omitempty"`    // why tls.crt holds none
}
