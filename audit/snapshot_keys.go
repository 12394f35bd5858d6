package audit

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Lease is what is kept of a lease that was asked for by name: who leads, and since when
// nobody has heard of them.
type Lease struct {
	Object
	Absent  bool      `json:"absent,omitempty"` // the server answered 404
	Holder  string    `json:"holder,omitempty"`
	Renewed time.Time `json:"renewed,omitzero"` // spec.renewTime
}

// A ClusterRole is what is kept of a ClusterRole: whether it lets its subjects read Secrets of
// any name.
type ClusterRole struct {
	Object
	SecretVerbs []string               `json:"secretVerbs,omitempty"` // of get, list and watch those granted on Secrets, sorted
	Aggregates  []metav1.LabelSelector `json:"aggregates,omitempty"`  // ClusterRoles whose rules are its own too
}

// A ClusterRoleBinding is a lean ClusterRoleBinding.
type ClusterRoleBinding struct {
	Object
	Role     string       `json:"role"` // the ClusterRole that it grants
	Subjects []RoleHolder `json:"subjects,omitempty"`
}

// A RoleHolder is a subject of RBAC.
type RoleHolder struct {
	Kind      string `json:"kind"`                // User, Group, ServiceAccount
	Namespace string `json:"namespace,omitempty"` // of a ServiceAccount
	Name      string `json:"name"`
}

// A Handshake is what one server presented when it was asked for a host with TLS.
type Handshake struct {
	Host         string    `json:"host"`                   // the server name that was asked for (SNI), in lower case
	Name         string    `json:"name,omitempty"`         // the hostname of the status that Address was found by, "" where the status has the address
	Address      string    `json:"address,omitempty"`      // IP address that was connected to, "" where Name led to none
	Port         int32     `json:"port"`                   // TCP
	At           time.Time `json:"at"`                     // UTC
	Version      string    `json:"version,omitempty"`      // of TLS, as negotiated: "1.3"
	Certificates string    `json:"certificates,omitempty"` // PEM, as presented, leaf first
	Cut          bool      `json:"cut,omitempty"`          // more were presented than are kept
	Error        string    `json:"error,omitempty"`        // why there is none, in words: nothing else is known then
	Oldest       string    `json:"oldest,omitempty"`       // the version that the server chose when it was offered older ones than 1.2; Version where it refused; "" where that isn't known
	Resolved     []string  `json:"resolved,omitempty"`     // what the host resolves to, sorted; empty where there is no such name
	ResolveError string    `json:"resolveError,omitempty"` // why that isn't known
}
