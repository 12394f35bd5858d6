// Package netpol says what NetworkPolicies mean for the Pods of a cluster: which are isolated, in which
// direction, by which policies, and which of those isolated are open all the same.
//
// It is pure. It never contacts a cluster, reads a file or a clock, and it never imports package audit. It
// speaks of policy as declared: whether a network plugin enforces it is not its question. A policy that can't
// be understood makes the Pods that it may select indeterminate, never the rest.
//
// Facts of package audit feed it one [Cluster] made from a snapshot; the checks read the [Isolation] that
// [Evaluate] returns.
//
// The work is done on classes of Pods, not on Pods. A class is the Pods of one namespace that no selector and
// no port name of any policy can tell apart, so its cost follows the variety of a cluster and not its size.
// Policies are read once into rules: which addresses, on which ports. What the rules of several policies allow
// together is decided once for each distinct set of policies.
//
// The meaning is that of the Kubernetes API types (k8s.io/api/networking/v1/types.go), of the defaults in
// pkg/apis/networking/v1/defaults.go and of the validation in pkg/apis/networking/validation/validation.go;
// where these leave room, that of the end-to-end tests in test/e2e/network/netpol.
package netpol
