package report

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// An Inventory is what was found, judged or not.
type Inventory struct {
	Certificates []Certificate  `json:"certificates"`
	Ingresses    []Host         `json:"ingresses"`
	Isolation    []Isolation    `json:"isolation"`
	Reachability []Reachability `json:"reachability"`
	Network      NetworkState   `json:"network"`
}

// A Certificate is a certificate behind a Secret, with what is known of it.
type Certificate struct {
	Namespace   string      `json:"namespace"`
	Secret      string      `json:"secret"`
	Certificate string      `json:"certificate"` // the Certificate object that owns the Secret, ""
	Issuer      string      `json:"issuer"`      // "ClusterIssuer letsencrypt-prod", or the X.509 issuer
	Names       []string    `json:"names"`       // DNS names and IP addresses
	Serial      string      `json:"serial"`      // hex
	SHA256      string      `json:"sha256"`      // fingerprint, hex
	PublicKey   string      `json:"publicKey"`   // SHA-256 of the SubjectPublicKeyInfo, hex
	Key         string      `json:"key"`         // "RSA 2048", "ECDSA P-256"
	Algorithm   string      `json:"algorithm"`   // of the key: RSA, ECDSA, Ed25519, DSA, unknown
	Bits        int         `json:"bits"`        // size of the key; 0 where it isn't known
	NotBefore   time.Time   `json:"notBefore,omitzero"`
	NotAfter    time.Time   `json:"notAfter,omitzero"`
	RenewalTime time.Time   `json:"renewalTime,omitzero"` // absent where renewal is off, or nothing says when
	RenewalOff  bool        `json:"renewalOff"`           // its Certificate has renewal policy Disabled: nobody renews it
	Level       audit.Level `json:"level"`                // "" where nothing is known
	Presence    string      `json:"presence"`             // of the Secret: present, absent, notRead
	Malformed   string      `json:"malformed"`            // why the certificate that was read can't be understood
	UsedBy      []string    `json:"usedBy"`               // "Ingress ns/name"
	Hosts       []string    `json:"hosts"`                // that are served with it
}

// A Host is a host that Ingresses or routes of Gateways serve, and how its users reach it.
// A verdict is the worst status of the findings of its checks, absent where none judged it.
type Host struct {
	Host        string   `json:"host"` // "*" for every host that no other row names
	Namespaces  []string `json:"namespaces"`
	Objects     []string `json:"objects"`     // "Ingress ns/name", "HTTPRoute ns/name on Gateway ns/name"
	Classes     []string `json:"classes"`     // IngressClasses, GatewayClasses
	Controllers []string `json:"controllers"` // that may serve it
	TLS         []TLSEnd `json:"tls"`
	Allowlist   []string `json:"allowlist"` // addresses that are let in, as SRC-01 read them

	Redirect *audit.Status `json:"redirect,omitempty"` // whether plain HTTP is closed: verdict of ING-05, GW-01
	Source   *audit.Status `json:"source,omitempty"`   // whether the client's address survives: verdict of SRC-02
}

// A TLSEnd is a place where TLS of a host ends.
type TLSEnd struct {
	At     string `json:"at"`     // controller, balancer, entrypoint (perhaps: settings that the API doesn't show), workload, nowhere
	Secret string `json:"secret"` // "ns/name" of the certificate, "" where none is named
}

// An Isolation says how NetworkPolicies isolate one workload.
type Isolation struct {
	Workload string    `json:"workload"` // "ns/name[Kind]"
	Pods     int       `json:"pods"`
	Ingress  Direction `json:"ingress"`
	Egress   Direction `json:"egress"`
}

// A Direction is one direction of a workload's isolation.
type Direction struct {
	ByNetworkPolicy string   `json:"byNetworkPolicy"` // restricted, open, none, notCoverable, indeterminate
	ByAdminTiers    string   `json:"byAdminTiers"`    // by policies of policy.networking.k8s.io alone
	Effective       string   `json:"effective"`       // by the policies of every engine together
	SelectedBy      []string `json:"selectedBy"`      // "ns/policy", "Kind ns/policy" for other engines
}

// Outside stands in a reachability for everything outside the cluster.
const Outside = "(outside)"

// A Reachability is what policies allow from each of its sources to each of its
// destinations, which are namespaces or [Outside]. It is declared policy, not observed
// traffic. A pair that stands in no row is denied, or has no Pods that policies cover.
type Reachability struct {
	Sources       []string            `json:"sources"`
	Destinations  []string            `json:"destinations"`
	Access        string              `json:"access"`        // all, some, indeterminate
	Allowed       []netpol.Connection `json:"allowed"`       // between any two Pods
	Indeterminate []netpol.Connection `json:"indeterminate"` // what may be allowed
	Addresses     []string            `json:"addresses"`     // of Outside: the networks that the row is about, "" of them all
	AllowedBy     []string            `json:"allowedBy"`     // "ns/policy spec.ingress[0]"
	Unisolated    []string            `json:"unisolated"`    // egress: Pods of the sources aren't isolated; ingress: Pods of the destinations
}

// A NetworkState is what enforces policies and encrypts the traffic between Pods, as far as
// the API shows it.
type NetworkState struct {
	Plugins     []string   `json:"plugins"`
	Enforcement Protection `json:"enforcement"`
	Encryption  Protection `json:"encryption"`
}

// A Protection says how far something is configured; no API proves it at work.
type Protection struct {
	Status    audit.Status     `json:"status"`
	Statement string           `json:"statement"`
	Evidence  []audit.Evidence `json:"evidence"`
}
