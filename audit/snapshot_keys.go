package audit

import "time"

// A Lease is what is kept of a lease that was asked for by name: who leads, and since when
// nobody has heard of them.
type Lease struct {
	Object
	Absent  bool      `json:"absent,omitempty"` // the server answered 404
	Holder  string    `json:"holder,omitempty"`
	Renewed time.Time `json:"renewed,omitzero"` // spec.renewTime
}

// A ClusterRole is what is kept of a ClusterRole that lets its subjects read Secrets of any
// name.
type ClusterRole struct {
	Object
	SecretVerbs []string `json:"secretVerbs"` // of get, list and watch those granted on Secrets, sorted
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
	Host         string    `json:"host"`                   // the server name that was asked for (SNI)
	Address      string    `json:"address"`                // IP address that was connected to
	Port         int32     `json:"port"`                   // TCP
	At           time.Time `json:"at"`                     // UTC
	Version      string    `json:"version,omitempty"`      // of TLS, as negotiated: "1.3"
	Certificates string    `json:"certificates,omitempty"` // PEM, as presented, leaf first
	Error        string    `json:"error,omitempty"`        // why there is none, in words: nothing else is known then
	Oldest       string    `json:"oldest,omitempty"`       // the oldest version of TLS that the server accepted, "1.0"
	Resolved     []string  `json:"resolved,omitempty"`     // what the host resolves to for users, sorted
	ResolveError string    `json:"resolveError,omitempty"` // why that isn't known
}
