package collect

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// A kind is one row of the table of what can be read.
type kind struct {
	resource   audit.Resource
	group      string   // "" for the core
	version    string   // the version that is read: another one's fields may mean something else
	also       []string // versions that mean the same by the same fields, read where version isn't served
	plural     string   // the last element of the path
	name       string   // "Pod"
	namespaced bool
	custom     bool // defined by a CRD: may be absent, travels as JSON
	mask       mask // what is decoded of it in protobuf, nil for all
	codec      func() codec
}

// table is everything that can be read, in the order of the ledger.
var table = slices.Concat(core, apps, batch, coordination, rbac, networking, policies, gateway, certmanager, settings)

// anyKind stands for every kind of a group whose kinds the cluster makes up, such as
// Gatekeeper's constraints.
const anyKind = "*"

// apiVersion is the way objects write it: "v1", "apps/v1".
func (k *kind) apiVersion() string {
	if k.group == "" {
		return k.version
	}
	return k.group + "/" + k.version
}

// byName reports whether objects of the kind are got one by one, by names that are known
// from elsewhere, and never listed.
func (k *kind) byName() bool {
	return k.resource == audit.Secrets || k.resource == audit.ConfigMaps || k.resource == audit.Leases
}

// kindOf returns the row of a resource, nil where the table doesn't have it.
func kindOf(r audit.Resource) *kind {
	i := slices.IndexFunc(table, func(k kind) bool { return k.resource == r })
	if i < 0 {
		return nil
	}
	return &table[i]
}

// kindNamed returns the row of an object's apiVersion and kind. A kind that is known in
// another version only is not known.
func kindNamed(apiVersion, name string) *kind {
	i := slices.IndexFunc(table, func(k kind) bool {
		if k.name != name && k.name != anyKind {
			return false
		}
		return k.apiVersion() == apiVersion || slices.ContainsFunc(k.also, func(v string) bool { return k.group+"/"+v == apiVersion })
	})
	if i < 0 {
		return nil
	}
	return &table[i]
}

// A Right is what an RBAC role has to grant for a resource to be read.
type Right struct {
	Group    string         `json:"group"`           // "" for the core
	Resource string         `json:"resource"`        // the plural, as in a role
	Verb     string         `json:"verb"`            // list, or get for what is read by name
	Names    []string       `json:"names,omitempty"` // of the objects, where the verb is get and they are known beforehand
	Reads    audit.Resource `json:"reads"`           // what is unread without it
}

// DiscoveryURLs are the non-resource URLs that are read. Kubernetes grants them to every
// authenticated user with the ClusterRole system:discovery
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles).
var DiscoveryURLs = []string{"/api", "/api/*", "/apis", "/apis/*", "/version"}

// Rights returns what reading the resources takes, and the namespaces, which are always
// read, in the order of the table. Secrets, ConfigMaps and
// Leases are got by name and never listed.
func Rights(resources []audit.Resource) []Right {
	var rights []Right
	for i := range table {
		k := &table[i]
		if k.resource != audit.Namespaces && !slices.Contains(resources, k.resource) {
			continue
		}
		right := Right{Group: k.group, Resource: k.plural, Verb: "list", Reads: k.resource}
		if k.byName() {
			right.Verb = "get"
		}
		if k.resource == audit.ConfigMaps {
			right.Names = audit.NamedConfigMaps.Names()
		}
		if k.resource == audit.Leases {
			right.Names = audit.LeaseNames
		}
		rights = append(rights, right)
	}
	return rights
}

// Resources returns everything that this build can read, in the order of the table.
func Resources() []audit.Resource {
	all := make([]audit.Resource, 0, len(table))
	for i := range table {
		all = append(all, table[i].resource)
	}
	return all
}
