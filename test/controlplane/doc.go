// Package controlplane builds and starts a real Kubernetes control plane on
// loopback: etcd, kube-apiserver and, where asked for, cert-manager and pebble,
// an ACME server. The live tests, the benchmarks and the demo read from it.
//
// Each of the four is a Go module of its own, in a folder beside this file. Its
// go.mod states its version, and nothing else does; none of them is a dependency
// of kubevidence. They are built when they are first needed and kept in bin:
// some ten minutes on two cores, and nothing after that.
//
// There is no kubelet, no scheduler and no controller-manager. Nothing runs Pods,
// derives Pods from Deployments, collects garbage or empties a Namespace that is
// being deleted: what such controllers would write, status included, a test
// writes itself with Apply. Webhooks and aggregated APIs can't be reached, for
// no Service has an address that answers.
//
//	cp, err := controlplane.Start(ctx, controlplane.Options{CertManager: true, AuditLog: true})
//	if err != nil { … }
//	defer cp.Stop()
//	err = cp.ApplyFiles(ctx, "testdata/cluster")
//	config := cp.AdminConfig()
//
// Everything listens on 127.0.0.1 only, and ends with Stop or with the process
// that started it.
package controlplane
