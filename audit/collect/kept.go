package collect

import (
	"maps"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kept is what one list has left behind so far. Texts and label sets that thousands of
// Pods repeat are held once: they are shared, and nobody may change them. Nothing points
// into the page that an object came from: both decoders copy every text.
type kept struct {
	audit.Snapshot
	texts      map[string]string
	labels     map[string]map[string]string // by their sorted content
	owners     map[audit.Owner]*audit.Owner
	components map[string]*audit.Component // by image
	scratch    []byte
	named      bool     // what is kept was asked for by name
	keys       []string // of ConfigMaps that were: those that are kept, nil for all

	unnamed []corev1.ConfigMap // in files: those that a component may still name
}

func newKept() *kept {
	return &kept{
		texts:      map[string]string{},
		labels:     map[string]map[string]string{},
		owners:     map[audit.Owner]*audit.Owner{},
		components: map[string]*audit.Component{},
	}
}

// text returns the one copy of a text.
func (k *kept) text(s string) string {
	if known, ok := k.texts[s]; ok {
		return known
	}
	k.texts[s] = s
	return s
}

// labelSet returns the one copy of a label set, nil for an empty one.
func (k *kept) labelSet(labels map[string]string) map[string]string {
	if len(labels) == 0 {
		return nil
	}
	var buffer [16]string
	keys := buffer[:0]
	for key := range labels {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	content := k.scratch[:0]
	for _, key := range keys {
		content = append(append(content, key...), 0)
		content = append(append(content, labels[key]...), 0)
	}
	k.scratch = content
	if known, ok := k.labels[string(content)]; ok {
		return known
	}
	set := make(map[string]string, len(labels))
	for _, key := range keys {
		set[k.text(key)] = k.text(labels[key])
	}
	k.labels[string(content)] = set
	return set
}

// meta reduces an object's metadata.
func (k *kept) meta(m *metav1.ObjectMeta) audit.Object {
	return audit.Object{
		Namespace:       k.text(m.Namespace),
		Name:            m.Name,
		UID:             string(m.UID),
		ResourceVersion: m.ResourceVersion,
		Labels:          k.labelSet(m.Labels),
	}
}

// owner returns the controlling owner of an object, nil where it has none.
func (k *kept) owner(references []metav1.OwnerReference) *audit.Owner {
	for i := range references {
		r := &references[i]
		if r.Controller == nil || !*r.Controller {
			continue
		}
		o := audit.Owner{APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name, UID: string(r.UID)}
		if known, ok := k.owners[o]; ok {
			return known
		}
		known := new(audit.Owner)
		*known = o
		k.owners[o] = known
		return known
	}
	return nil
}

// take appends what another list kept.
func (k *kept) take(other *kept) {
	s, o := &k.Snapshot, &other.Snapshot
	s.Namespaces = joined(s.Namespaces, o.Namespaces)
	s.Pods = joined(s.Pods, o.Pods)
	s.Controllers = joined(s.Controllers, o.Controllers)
	s.Secrets = joined(s.Secrets, o.Secrets)
	s.ConfigMaps = joined(s.ConfigMaps, o.ConfigMaps)
	s.Nodes = joined(s.Nodes, o.Nodes)
	s.Services = joined(s.Services, o.Services)
	s.Backends = joined(s.Backends, o.Backends)
	s.ServiceCIDRs = joined(s.ServiceCIDRs, o.ServiceCIDRs)
	s.Routes = joined(s.Routes, o.Routes)
	s.Settings = joined(s.Settings, o.Settings)
	s.AdminPolicies = joined(s.AdminPolicies, o.AdminPolicies)
	s.CiliumPolicies = joined(s.CiliumPolicies, o.CiliumPolicies)
	s.CalicoPolicies = joined(s.CalicoPolicies, o.CalicoPolicies)
	s.CalicoTiers = joined(s.CalicoTiers, o.CalicoTiers)
	s.CalicoNetworkSets = joined(s.CalicoNetworkSets, o.CalicoNetworkSets)
	s.OtherPolicies = joined(s.OtherPolicies, o.OtherPolicies)
	s.NetworkPolicies = joined(s.NetworkPolicies, o.NetworkPolicies)
	s.Ingresses = joined(s.Ingresses, o.Ingresses)
	s.IngressClasses = joined(s.IngressClasses, o.IngressClasses)
	s.Gateways = joined(s.Gateways, o.Gateways)
	s.Issuers = joined(s.Issuers, o.Issuers)
	s.ClusterIssuers = joined(s.ClusterIssuers, o.ClusterIssuers)
	s.Certificates = joined(s.Certificates, o.Certificates)
	s.CertificateRequests = joined(s.CertificateRequests, o.CertificateRequests)
	s.Orders = joined(s.Orders, o.Orders)
	s.Challenges = joined(s.Challenges, o.Challenges)
	s.Leases = joined(s.Leases, o.Leases)
	s.ListenerSets = joined(s.ListenerSets, o.ListenerSets)
	s.ReferenceGrants = joined(s.ReferenceGrants, o.ReferenceGrants)
	s.ClusterRoles = joined(s.ClusterRoles, o.ClusterRoles)
	s.ClusterRoleBindings = joined(s.ClusterRoleBindings, o.ClusterRoleBindings)
}

// joined appends b to a, or takes it over.
func joined[T any](a, b []T) []T {
	if len(a) == 0 {
		return b
	}
	return append(a, b...)
}

// counts are exclusions by rule.
type counts map[string]int

func (c counts) rows() []audit.Excluded {
	var rows []audit.Excluded
	for _, rule := range slices.Sorted(maps.Keys(c)) {
		rows = append(rows, audit.Excluded{Rule: rule, Count: c[rule]})
	}
	return rows
}
