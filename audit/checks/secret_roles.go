package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	aggregateTo    = "rbac.authorization.k8s.io/aggregate-to-"
	aggregateAdmin = aggregateTo + "admin"
	aggregateEdit  = aggregateTo + "edit"
	aggregateView  = aggregateTo + "view"
)

// ownRoles are the ClusterRoles of every API server, as far as Secrets go: files that were
// written for a cluster don't hold them
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings;
// k8s.io/kubernetes 1.37, plugin/pkg/auth/authorizer/rbac/bootstrappolicy).
var ownRoles = slices.Concat([]audit.ClusterRole{
	ownRole("cluster-admin", "", "", "get", "list", "watch"),
	ownRole("admin", "", aggregateAdmin, "get", "list", "watch"),
	ownRole("edit", aggregateAdmin, aggregateEdit, "get", "list", "watch"),
	ownRole("view", aggregateEdit, aggregateView),
	ownRole("system:aggregate-to-admin", aggregateAdmin, ""),
	ownRole("system:aggregate-to-edit", aggregateEdit, "", "get", "list", "watch"),
	ownRole("system:aggregate-to-view", aggregateView, ""),
	ownRole("system:kube-controller-manager", "", "", "get", "list", "watch"),
	ownRole("system:node", "", "", "get", "list", "watch"),
	ownRole("system:controller:generic-garbage-collector", "", "", "get", "list", "watch"),
	ownRole("system:controller:namespace-controller", "", "", "get", "list", "watch"),
	ownRole("system:controller:resourcequota-controller", "", "", "list", "watch"),
	ownRole("system:controller:storage-version-migrator-controller", "", "", "list"),
}, withoutSecrets("system:", systemRoles), withoutSecrets("system:controller:", controllerRoles))

// systemRoles are those of "system:" that read no Secrets.
const systemRoles = `
	auth-delegator basic-user certificates.k8s.io:certificatesigningrequests:nodeclient
	certificates.k8s.io:certificatesigningrequests:selfnodeclient certificates.k8s.io:kube-apiserver-client-approver
	certificates.k8s.io:kube-apiserver-client-kubelet-approver certificates.k8s.io:kubelet-serving-approver
	certificates.k8s.io:legacy-unknown-approver cluster-trust-bundle-discovery discovery heapster kube-aggregator kube-dns
	kube-scheduler kubelet-api-admin monitoring node-bootstrapper node-problem-detector node-proxier
	persistent-volume-provisioner public-info-viewer service-account-issuer-discovery volume-scheduler
`

// controllerRoles are those of the controllers that read no Secrets. persistent-volume-binder
// and expand-controller are missing: former releases let them.
const controllerRoles = `
	attachdetach-controller certificate-controller clusterrole-aggregation-controller cronjob-controller daemon-set-controller
	deployment-controller device-taint-eviction-controller disruption-controller endpoint-controller endpointslice-controller
	endpointslicemirroring-controller ephemeral-volume-controller horizontal-pod-autoscaler job-controller
	kube-apiserver-serving-clustertrustbundle-publisher legacy-service-account-token-cleaner node-controller pod-garbage-collector
	podcertificaterequestcleaner podgroup-protection-controller pv-protection-controller pvc-protection-controller replicaset-controller
	replication-controller resource-claim-controller resourcepoolstatusrequest-controller root-ca-cert-publisher route-controller
	selinux-warning-controller service-account-controller service-cidrs-controller service-controller statefulset-controller
	storage-version-garbage-collector ttl-after-finished-controller ttl-controller validatingadmissionpolicy-status-controller
	volumeattributesclass-protection-controller
`

// withoutSecrets are ClusterRoles that grant nothing on Secrets.
func withoutSecrets(prefix, names string) []audit.ClusterRole {
	var roles []audit.ClusterRole
	for _, name := range strings.Fields(names) {
		roles = append(roles, ownRole(prefix+name, "", ""))
	}
	return roles
}

// ownRole is a ClusterRole with a label by which others aggregate it, and one of those that it
// aggregates, "" for none.
func ownRole(name, label, aggregates string, verbs ...string) audit.ClusterRole {
	r := audit.ClusterRole{Object: audit.Object{Name: name}, SecretVerbs: verbs}
	if label != "" {
		r.Labels = map[string]string{label: "true"}
	}
	if aggregates != "" {
		r.Aggregates = []metav1.LabelSelector{{MatchLabels: map[string]string{aggregates: "true"}}}
	}
	return r
}

// secretVerbs returns what each known ClusterRole grants on Secrets, by its name.
func secretVerbs(f *audit.Facts) map[string][]string {
	roles := slices.Clone(f.ClusterRoles)
	if f.Collection.Source == audit.FromFiles {
		for i := range ownRoles {
			if !slices.ContainsFunc(f.ClusterRoles, func(r audit.ClusterRole) bool { return r.Name == ownRoles[i].Name }) {
				roles = append(roles, ownRoles[i])
			}
		}
	}
	verbs := make(map[string][]string, len(roles))
	for i := range roles {
		verbs[roles[i].Name] = aggregated(roles, &roles[i], map[string]bool{})
	}
	return verbs
}

// aggregated returns what a role grants on Secrets, by its own rules and those of the roles
// that it aggregates.
func aggregated(roles []audit.ClusterRole, r *audit.ClusterRole, seen map[string]bool) []string {
	if seen[r.Name] {
		return nil
	}
	seen[r.Name] = true
	verbs := slices.Clone(r.SecretVerbs)
	for i := range r.Aggregates {
		selector, err := metav1.LabelSelectorAsSelector(&r.Aggregates[i])
		if err != nil {
			continue // a server would have refused it
		}
		for k := range roles {
			if selector.Matches(labels.Set(roles[k].Labels)) {
				verbs = append(verbs, aggregated(roles, &roles[k], seen)...)
			}
		}
	}
	return verbs
}
