// Package netpol says what NetworkPolicies mean for the Pods of a cluster: which are isolated, in which
// direction, by which policies, and which of those isolated are open all the same; which connections are allowed
// between which Pods, and with the outside, and by which rules.
//
// It is pure. It never contacts a cluster, reads a file or a clock, and it never imports package audit. It
// speaks of policy as declared: whether a network plugin enforces it is not its question. A policy that can't
// be understood makes the Pods that it may select indeterminate, never the rest.
//
// Facts of package audit feed it one [Cluster] made from a snapshot; the checks read the [Isolation] that
// [Evaluate] returns, and ask the [Reachability] of [EvaluateReachability] for what they want to know.
//
// The work is done on classes of Pods, not on Pods. A class is the Pods of one namespace that no selector and
// no port name of any policy can tell apart, so its cost follows the variety of a cluster and not its size.
// Policies are read once into rules: which addresses, on which ports. What the rules of several policies allow
// together is decided once for each distinct set of policies.
//
// Reachability adds gates: all that the policies of some Pods say about one direction, as stages of filters. Two ends
// are connected by what passes both of their gates. A [Matrix] of groups is filled by shapes, so that it costs
// little more than the pairs of groups that name each other.
//
// Policies of administrators (policy.networking.k8s.io), of Cilium and of Calico, with its tiers, are stages of the same
// gates; [Columns] keeps apart what each engine says.
//
// The meaning is that of the Kubernetes API types (k8s.io/api/networking/v1/types.go), of the defaults in
// pkg/apis/networking/v1/defaults.go and of the validation in pkg/apis/networking/validation/validation.go;
// where these leave room, that of the end-to-end tests in test/e2e/network/netpol.
package netpol
