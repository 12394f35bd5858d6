package audit

import "cmp"

// LeaseNames are the leases that checks ask for, by name: the one that cert-manager's
// controller leads by (cert-manager, deploy/charts/cert-manager/templates/rbac.yaml).
var LeaseNames = []string{"cert-manager-controller"}

// WantedLeases returns the namespaces and names of the leases of controllers which run in
// the cluster. cert-manager keeps it in kube-system unless its flag says otherwise.
func WantedLeases(s *Snapshot) []Object {
	var list []Object
	seen := map[string]bool{}
	for _, instance := range s.Running("cert-manager") {
		namespace, _ := instance.Container.Flag("leader-election-namespace")
		if namespace = cmp.Or(namespace, "kube-system"); !seen[namespace] {
			seen[namespace] = true
			list = append(list, Object{Namespace: namespace, Name: LeaseNames[0]})
		}
	}
	return list
}
